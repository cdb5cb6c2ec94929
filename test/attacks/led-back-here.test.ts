/** Forwarders that lead back here. Two whole agents that ask each other are in `test/agent/upstream/loops.test.ts`. */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  OPTION,
  optionIn,
  optOf,
  queryOf,
  type RawReply,
  RCODE,
  readName,
  readReply,
} from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { wireName } from '#test/support/wire-name.ts'
import { cannotTry, PATHS, startPath } from './both-paths.ts'

const MESSAGES_MAX = 3
const ANSWER_MS = 8_000

/** An upstream that asks the box itself: as it was asked, or with everything behind the question cut off. */
async function startRelay(strips: boolean) {
  const front = createSocket('udp4')
  const back = createSocket('udp4')
  const state = { target: 0, relayed: 0 }
  const clients = new Map<number, number>()
  front.on('message', (message, { port }) => {
    state.relayed += 1
    clients.set(message.readUInt16BE(0), port)
    const bare = Buffer.from(message.subarray(0, readName(message, 12).next + 4))
    if (strips) bare.writeUInt16BE(0, 10)
    back.send(strips ? bare : message, state.target, '127.0.0.1')
  })
  back.on('message', (message) => {
    const port = clients.get(message.readUInt16BE(0))
    if (port !== undefined) front.send(message, port, '127.0.0.1')
  })
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', () => resolve()))
  return {
    port: front.address().port,
    state,
    close: () =>
      Promise.all([front, back].map((one) => new Promise<void>((done) => one.close(() => done())))),
  }
}

function textOf(reply: RawReply): string {
  const error = optionIn(reply, OPTION.ede)
  return error ? error.toString('utf8', 2) : ''
}

for (const { path, udp } of PATHS)
  for (const strips of [false, true])
    t.test(
      `${path}: an upstream that asks back here ${strips ? 'without our mark' : 'as it was asked'}`,
      { skip: cannotTry(udp) },
      async (t) => {
        const relay = await startRelay(strips)
        t.teardown(() => relay.close())
        const server = await startPath(t, udp, { upstreamPort: relay.port })
        relay.state.target = server.port
        const query = queryOf({ name: wireName('www.example.org'), opt: optOf() })
        const startedMs = performance.now()
        const reply = readReply(
          (await askRaw(query, { port: server.port, timeoutMs: ANSWER_MS })) ?? query,
        )
        t.equal(reply.rcode, RCODE.SERVFAIL)
        t.not(textOf(reply), '', 'and says why')
        if (!strips) t.equal(textOf(reply), 'the upstreams lead back here')
        t.ok(performance.now() - startedMs < 4_000)
        await sleep(500)
        t.ok(relay.state.relayed <= MESSAGES_MAX, `${relay.state.relayed} messages`)
      },
    )
