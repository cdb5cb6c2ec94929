/** RADIUS accounting by the thousand, wrong in every way: nobody logs on by it, it is counted, and who asks for names feels nothing. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import { ask } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { type Attribute, radiusRequest, radiusSender } from '#test/support/radius-request.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { underWitness } from './witness.ts'

const SECRET = 'correct-horse-battery'
const PER_SECOND = 5_000
const FLOOD_MS = 3_000
/** A target for cached names, and how many times the wait without a flood may be instead, where the machine has other work. */
const CACHED_P99_MS_MAX = 20
const SLOWER_TIMES = 4
const ROUNDS_MAX = 5
const NAMES = ['known1.example.org', 'known2.example.org']

const upstream = await startFakeUpstream(({ name, type }) => ({
  answers: type === 'A' ? [a(name, '192.0.2.80')] : [],
}))
const folder = shortFolder(t)
const secretFile = join(folder, 'secret')
writeFileSync(secretFile, `${SECRET}\n`, { mode: 0o600 })
const radiusPort = await freeDnsPort()
const agent = await startAgentProcess({
  folder,
  upstreamPorts: [upstream.port],
  addresses: ['127.0.0.1'],
  untilBlocked: 'chat.test',
  config: {
    networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
    deny: [{ name: 'chat.test', reason: 'a test', groups: ['ks3'] }],
    identity: {
      neighbours: false,
      names: { reverse: false },
      assign: [{ user: 't.eacher', group: 'staff' }],
      radius: {
        listen: [{ address: '127.0.0.1', port: radiusPort }],
        clients: [{ from: '127.0.0.5', 'secret-file': secretFile }],
      },
    },
  },
})
t.teardown(() => Promise.all([agent.stop(), upstream.close()]))

const start = (id: string): readonly Attribute[] => [
  [40, 1],
  [44, id],
  [1, 't.eacher'],
  [8, Uint8Array.of(192, 0, 2, 9)],
]
const good = radiusRequest({ secret: SECRET, attributes: start('good') })
const stop = radiusRequest({
  id: 2,
  secret: SECRET,
  attributes: [[40, 2], ...start('good').slice(1)],
})
/** Each is refused for another reason. */
const WRONG: readonly ((i: number) => Buffer)[] = [
  (i) => radiusRequest({ id: i & 255, secret: 'another', attributes: start(`s${i}`) }),
  () => good,
  (i) => good.subarray(0, i % good.length),
  // An IPv4 address of three bytes.
  (i) =>
    radiusRequest({
      secret: SECRET,
      attributes: [...start(`s${i}`).slice(0, 3), [8, Uint8Array.of(192, 0, 2)]],
    }),
  (i) => radiusRequest({ code: 1, id: i & 255, secret: SECRET, attributes: start(`s${i}`) }),
]

async function flood(): Promise<void> {
  const [client, stranger] = [
    await radiusSender(radiusPort, '127.0.0.5'),
    await radiusSender(radiusPort, '127.0.0.6'),
  ]
  const startedAt = performance.now()
  for (let sent = 0, elapsedMs = 0; elapsedMs < FLOOD_MS; ) {
    for (const due = (elapsedMs / 1000) * PER_SECOND; sent < due; sent++) {
      const packet = WRONG[sent % WRONG.length]?.(sent) ?? good
      const sender = sent % 3 === 0 ? stranger : client
      sender.send(packet)
    }
    await sleep(2)
    elapsedMs = performance.now() - startedAt
  }
  await Promise.all([client.close(), stranger.close()])
}

t.test('packets that are right count, and then are over', async (t) => {
  const client = await radiusSender(radiusPort, '127.0.0.5')
  t.ok(await client.ask(good), 'answered')
  t.match(await metricsOf(agent), /^edge_identity_sessions 1$/m, 'a teacher')
  t.ok(await client.ask(stop))
  t.match(await metricsOf(agent), /^edge_identity_sessions 0$/m, 'nobody')
  await client.close()
})

t.test(`${PER_SECOND} wrong packets a second log nobody on and disturb nobody`, async (t) => {
  for (const name of NAMES) await ask(name, 'A', { port: agent.port })
  const before = await underWitness(agent.port, NAMES, () => sleep(1_000))
  const allowedMs = Math.max(CACHED_P99_MS_MAX, before.p99Ms * SLOWER_TIMES)
  let p99Ms = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS_MAX && p99Ms > allowedMs; round++) {
    const felt = await underWitness(agent.port, NAMES, flood)
    t.match(felt, { unanswered: 0, empty: 0 })
    p99Ms = Math.min(p99Ms, felt.p99Ms)
  }
  t.ok(p99Ms <= allowedMs, `p99 ${before.p99Ms.toFixed(1)} ms before, ${p99Ms.toFixed(1)} ms`)
  const metrics = await metricsOf(agent)
  t.match(metrics, /^edge_identity_sessions 0$/m, 'nobody logged on')
  const counted = [
    ...metrics.matchAll(/^edge_radius_packets_total\{outcome="([^"]+)"\} ([1-9]\d*)$/gm),
  ]
  t.ok(counted.length >= 5, counted.map(([, what, count]) => `${what} ${count}`).join(', '))
})
