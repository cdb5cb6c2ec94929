/** What becomes of queries that wait while a listener for UDP closes, and of those that come meanwhile, by both ways of listening. */

import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import {
  AT_QUESTION,
  queryOf,
  RCODE,
  readReply,
  recordOf,
  replyTo,
  TYPE,
} from '#test/rfc/raw-message.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { openBoundSocket } from '#test/support/bound-sockets.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const skip = loadLibc() ? false : 'needs Linux on x64 or arm64 and the optional package koffi'
const WAYS = ['batch', 'node'] as const
const QUERIES = 50
/** The grace time is a second; this is well within it, and well after the closing began. */
const ANSWER_MS = 400
const ADDRESS = Buffer.of(192, 0, 2, 1)

const answerOf = (message: Buffer): Buffer =>
  replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, ADDRESS)] })

/** Waits for something, some seconds at most. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !isSo(); i++) await sleep(10)
}

for (const udp of WAYS) {
  t.test(`${udp}: what waits when it closes is answered`, { skip }, async (t) => {
    const upstream = await startRawUpstream(({ message, reply }) => {
      setTimeout(() => reply(answerOf(message)), ANSWER_MS)
    })
    t.teardown(() => upstream.close())
    const rules = makeRules([['blocked.test', 'harm.gore']])
    const options = { rules, upstreamPort: upstream.port, upstreamTimeoutMs: 1_500, udp }
    const server = await startPipelineServer(options)
    await server.workerUp()
    const client = await startFloodClient({ port: server.port, from: '127.0.0.1' })
    t.teardown(() => client.close())
    client.send(
      Array.from({ length: QUERIES }, (_, i) => queryOf({ name: wireName(`n${i}.test`) })),
    )
    await until(() => upstream.asked.length >= QUERIES)
    const closing = server.close()
    await sleep(ANSWER_MS / 4)
    // One who asks now has no other to ask; only a listener that cannot stop reading may answer.
    client.send([queryOf({ name: wireName('blocked.test') })])
    await closing
    await until(() => client.replies.length >= QUERIES)
    const rcodes = client.replies.map(({ bytes }) => readReply(bytes).rcode)
    t.equal(rcodes.filter((rcode) => rcode === RCODE.NOERROR).length, QUERIES)
    const late = rcodes.filter((rcode) => rcode === RCODE.NXDOMAIN).length
    t.equal(late, udp === 'node' ? 1 : 0, 'and what came meanwhile')
  })

  t.test(`${udp}: it waits no longer than its grace time`, { skip }, async (t) => {
    const upstream = await startRawUpstream(() => undefined)
    t.teardown(() => upstream.close())
    const rules = makeRules([])
    const options = { rules, upstreamPort: upstream.port, upstreamTimeoutMs: 10_000, udp }
    const server = await startPipelineServer(options)
    await server.workerUp()
    const client = await startFloodClient({ port: server.port, from: '127.0.0.1' })
    t.teardown(() => client.close())
    client.send([queryOf({ name: wireName('silent.test') })])
    await until(() => upstream.asked.length > 0)
    const startedAt = performance.now()
    await server.close()
    // Against what the upstream may take, twelve times as long.
    t.ok(performance.now() - startedAt < 6_000)
  })

  t.test(`${udp}: a restart on a passed socket loses no query`, { skip }, async (t) => {
    const upstream = await startRawUpstream(({ message, reply }) => {
      setTimeout(() => reply(answerOf(message)), ANSWER_MS)
    })
    t.teardown(() => upstream.close())
    const port = await freeDnsPort()
    const sockets = (['udp', 'tcp'] as const).map((kind) =>
      openBoundSocket({ kind, address: '127.0.0.1', port, isNonBlocking: true }),
    )
    t.teardown(() => sockets.map((socket) => socket.close()))
    const folder = shortFolder(t)
    const start = () =>
      startAgentProcess({
        folder,
        upstreamPorts: [upstream.port],
        udp,
        port,
        addresses: ['127.0.0.1'],
        passed: sockets.map(({ fd }) => fd),
      })
    const first = await start()
    const client = await startFloodClient({ port, from: '127.0.0.1' })
    t.teardown(() => client.close())
    let sent = 0
    const send = (): void => client.send([queryOf({ name: wireName(`local${sent++}.invalid`) })])
    const sending = setInterval(send, 5)
    t.teardown(() => clearInterval(sending))
    // Without one that waits there is nothing to close for.
    client.send([queryOf({ name: wireName('slow.test') })])
    await until(() => upstream.asked.length > 0)
    await first.stop()
    const second = await start()
    t.teardown(() => second.stop())
    clearInterval(sending)
    await until(() => client.replies.length > sent)
    t.ok(sent > 50, `${sent} queries`)
    t.equal(client.replies.length, sent + 1, 'all of them, and the one that waited')
  })
}
