/** The first half: hostile clients, and an upstream of another make that is what it should be. */
import { isFailure } from '#domain/failure.ts'
import type { AgentProcess } from '#test/support/agent-process.ts'
import { a, cname, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { controlCases, safeSearch } from './control-client.ts'
import { hostilePacket } from './hostile-packet.ts'
import { FUZZ_CONFIG, FUZZ_LIMITS, type PhaseResult, runPhase } from './phase.ts'
import { makeRandom } from './random.ts'
import type { Tally } from './tally.ts'
import { stormTcp } from './tcp-storm.ts'
import { stormUdp } from './udp-storm.ts'

const ADDRESS = '192.0.2.1'
const LARGE_NAME = 'large.test'
/** Strings of the one record of LARGE_NAME, 250 bytes each: about 20 KB. */
const LARGE_STRINGS = 80
const TCP_SHARE = 0.1
const WARM_UP_SHARE = 0.1
/** Each a client of its own, the last ones in other groups. */
const UDP_CLIENTS = ['127.0.0.2', '127.0.0.9', '127.0.0.17']
const TCP_CLIENTS = ['127.0.0.3', '127.0.0.10', '127.0.0.18']

export interface FuzzClientsOptions {
  readonly folder: string
  readonly packets: number
  readonly seed: number
}

export async function fuzzClients({
  folder,
  packets,
  seed,
}: FuzzClientsOptions): Promise<PhaseResult> {
  const upstream = await startUpstream()
  const storm = (share: number, stream: number) => (agent: AgentProcess, tally: Tally) =>
    attack(agent, tally, Math.ceil(packets * share), { seed, stream })
  try {
    return await runPhase({
      title: `hostile clients, upstream ${upstream.name}`,
      folder,
      upstreamPort: upstream.port,
      config: { ...FUZZ_CONFIG, limits: { ...NO_CLIENT_LIMITS, ...FUZZ_LIMITS } },
      cases: controlCases(ADDRESS),
      warmUp: storm(WARM_UP_SHARE, 100),
      attack: storm(1 - WARM_UP_SHARE, 0),
    })
  } finally {
    await upstream.stop()
  }
}

/** Packets depend on the seed alone, whatever the order in which the clients come to send. */
async function attack(
  agent: AgentProcess,
  tally: Tally,
  packets: number,
  { seed, stream }: { readonly seed: number; readonly stream: number },
): Promise<void> {
  const names: readonly [string, ...string[]] = [
    safeSearch().name,
    'blocked.test',
    'open.test',
    'localhost',
    'canary-harm-selfharm.test',
    'example.org',
    'a.b.c.d.e.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    'host.invalid',
    '.',
    LARGE_NAME,
  ]
  const tcpPackets = tally.packetsTcp + Math.ceil(packets * TCP_SHARE)
  const udpPackets = Math.ceil((packets * (1 - TCP_SHARE)) / UDP_CLIENTS.length)
  const common = { port: agent.port, tally, isRunning: agent.isRunning, largeName: LARGE_NAME }
  await Promise.all([
    ...UDP_CLIENTS.map((from, i) => {
      const random = makeRandom(seed, stream + i)
      const nextPacket = (): Buffer => hostilePacket(random, names)
      return stormUdp({ ...common, from, packets: udpPackets, nextPacket })
    }),
    ...TCP_CLIENTS.map((from, i) => {
      const random = makeRandom(seed, stream + 50 + i)
      const nextPacket = (): Buffer => hostilePacket(random, names)
      return stormTcp({ ...common, from, packets: tcpPackets, random, nextPacket })
    }),
  ])
}

interface Upstream {
  readonly name: string
  readonly port: number
  readonly stop: () => Promise<void>
}

/** A resolver of another make where there is one, else the scripted one, with the same data. */
async function startUpstream(): Promise<Upstream> {
  const large = Array.from({ length: LARGE_STRINGS }, () => 'x'.repeat(250))
  const real = await startRealUpstream({
    everyName: ADDRESS,
    records: [
      'cloaked.example.org. 300 IN CNAME tracker.listed.test.',
      `${LARGE_NAME}. 300 IN TXT ${large.map((text) => `"${text}"`).join(' ')}`,
    ],
  })
  if (!isFailure(real)) return real
  const fake = await startFakeUpstream(({ name, type, transport }) => {
    if (name === 'cloaked.example.org')
      return { answers: [cname(name, 'tracker.listed.test'), a('tracker.listed.test', ADDRESS)] }
    if (name === LARGE_NAME && type === 'TXT')
      return transport === 'udp'
        ? { flags: 0x0380 }
        : { answers: [{ type: 'TXT', name, ttl: 300, data: large }] }
    return { answers: type === 'A' ? [a(name, ADDRESS)] : [] }
  })
  return { name: `scripted (${real.detail})`, port: fake.port, stop: () => fake.close() }
}
