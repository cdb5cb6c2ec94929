/** Several workers on one port: all answer by the same policy, tell each other what they learn, are counted together, and are replaced. */

import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import { rawQuery } from '#test/fuzz/raw-query.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { openBoundSocket } from '#test/support/bound-sockets.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const skip = loadLibc() ? false : 'needs Linux on x64 or arm64 and the optional package koffi'
const WORKERS = 3
/** Each from a port of its own, by which the kernel chooses the worker: that one gets none has a chance of 3 x (2/3)^40. */
const CLIENTS = 40
const NXDOMAIN = 3

const blocked = (name: string) => makeRules([[name, 'harm.selfharm']])

async function openClients(t: Test, port: number): Promise<readonly Socket[]> {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const socket = createSocket('udp4')
      await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve))
      return socket
    }),
  )
  t.teardown(() => {
    for (const client of clients) client.close()
  })
  return clients
}

/** The rcode that each client gets, -1 for silence. */
function askAll(clients: readonly Socket[], name: string): Promise<readonly number[]> {
  return Promise.all(
    clients.map(
      (client) =>
        new Promise<number>((resolve) => {
          const timer = setTimeout(() => resolve(-1), 3_000)
          client.removeAllListeners('message')
          client.once('message', (answer) => {
            clearTimeout(timer)
            resolve(answer.readUInt16BE(2) & 0xf)
          })
          client.send(Buffer.from(rawQuery(wireName(name), 1).bytes))
        }),
    ),
  )
}

const all = (rcode: number): readonly number[] => Array.from({ length: CLIENTS }, () => rcode)

async function metricsOf({ metricsUrl }: AgentProcess): Promise<string> {
  return (await fetch(metricsUrl)).text()
}

t.test('policy and answers reach every worker', { skip }, async (t) => {
  const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const server = await startPipelineServer({
    rules: blocked('first.test'),
    upstreamPort: fake.port,
    udp: 'batch',
    workers: WORKERS,
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  await server.workerUp()
  const clients = await openClients(t, server.port)
  t.strictSame(await askAll(clients, 'x.first.test'), all(NXDOMAIN))
  server.use(blocked('second.test'))
  await sleep(300)
  t.strictSame(await askAll(clients, 'x.second.test'), all(NXDOMAIN))
  t.strictSame(await askAll(clients, 'x.first.test'), all(0))
  // Only what is asked again is worth telling.
  for (const _ of [1, 2]) t.strictSame(await askAll(clients.slice(0, 1), 'www.open.test'), [0])
  await sleep(500)
  t.strictSame(await askAll(clients, 'www.open.test'), all(0))
  const asked = fake.asked.filter(({ name }) => name === 'www.open.test').length
  t.equal(asked, 1, 'what one has learnt the others know')
  await sleep(200)
  const counted = server.counted.filter((line) => line === 'udp blocked').length
  t.equal(counted, 2 * CLIENTS, 'what each has counted is added up')
  for (let number = 0; number < WORKERS; number++) {
    await server.killWorker(number)
    t.strictSame(await askAll(clients, 'x.second.test'), all(NXDOMAIN), 'the main thread answers')
    await server.workerUp()
    t.strictSame(await askAll(clients, 'x.second.test'), all(NXDOMAIN), 'and the next worker')
  }
  t.same(server.faults, [])
})

t.test('so many sockets as workers, told in metrics and the log', { skip }, async (t) => {
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [],
    workers: WORKERS,
    addresses: ['127.0.0.1'],
  })
  t.teardown(() => agent.stop())
  const clients = await openClients(t, agent.port)
  t.strictSame(await askAll(clients, 'localhost'), all(0))
  for (let tries = 0; !agent.log().includes('workers answer UDP') && tries < 200; tries++)
    await sleep(100)
  const line = /\{[^\n]*"workers":3,"heapBytes":\[(\d+),(\d+),(\d+)\][^\n]*/.exec(agent.log())
  t.ok(line, agent.log())
  for (const bytes of line?.slice(1) ?? []) t.ok(Number(bytes) > 1_000_000, `${bytes} bytes`)
  const metrics = await metricsOf(agent)
  t.match(metrics, /^edge_fast_path_workers 3$/m)
  t.match(metrics, /^edge_fast_path_up 1$/m)
})

t.test('passed sockets are dealt out: one worker where one is passed', { skip }, async (t) => {
  const port = await freeDnsPort()
  for (const count of [1, 2]) {
    const sockets = Array.from({ length: count }, () =>
      openBoundSocket({ kind: 'udp', address: '127.0.0.1', port, isShared: true }),
    )
    t.teardown(() => sockets.forEach((socket) => socket.close()))
    const agent = await startAgentProcess({
      folder: shortFolder(t),
      upstreamPorts: [],
      workers: 2,
      port,
      addresses: ['127.0.0.1'],
      passed: sockets.map(({ fd }) => fd),
    })
    t.teardown(() => agent.stop())
    const clients = await openClients(t, port)
    t.strictSame(await askAll(clients, 'localhost'), all(0))
    for (let tries = 0; !agent.log().includes('workers answer UDP') && tries < 200; tries++)
      await sleep(100)
    t.match(await metricsOf(agent), new RegExp(`^edge_fast_path_workers ${count}$`, 'm'))
    const why = `listen.workers is 2, and 1 UDP sockets were passed for 127.0.0.1 port ${port}`
    t.equal(agent.log().includes(why), count === 1)
    await agent.stop()
    for (const socket of sockets) socket.close()
  }
})
