/** The real pipeline behind real sockets, with rules and upstream of the test's choice. */

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PolicySlot } from '#agent/active-policy.ts'
import type { AnswerSettings } from '#agent/answer-policy.ts'
import { bypassWayOf } from '#agent/bypass-way.ts'
import { AnswerCache, type AnswerCacheLimits } from '#agent/cache/answer-cache.ts'
import type { FlushTarget } from '#agent/cache/flush-target.ts'
import { makeRenew, RenewalGate, type RenewalLimits } from '#agent/cache/renewal.ts'
import { containFaults } from '#agent/contain-faults.ts'
import { FastPath, type FastPathParts } from '#agent/fastpath/fast-path.ts'
import type { CookieSettings } from '#agent/fastpath/fast-task.ts'
import { type SharedTally, tallyDelta } from '#agent/fastpath/shared-tally.ts'
import { type ClientLimitValues, makeClientLimits } from '#agent/limits/client-limits.ts'
import { MAIN_SIDE, makeZoneMemory } from '#agent/limits/zone-limits.ts'
import { ConnectionGate } from '#agent/listen/connection-gate.ts'
import { listenDns } from '#agent/listen/listen-dns.ts'
import { listenEncrypted } from '#agent/listen/listen-encrypted.ts'
import { makeQueryPool } from '#agent/listen/query-pool.ts'
import { makeLast, type PipelineParts } from '#agent/pipeline.ts'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { readyBlock } from '#agent/policy/ready-block.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import type { CookieMode } from '#agent/policy/sections/listen.ts'
import { PolicyKeeper } from '#agent/policy-keeper.ts'
import type { Transport } from '#agent/query.ts'
import type { BlockedLookup } from '#agent/signals/blocked-lookup.ts'
import type { ObservedRecord } from '#agent/signals/observed-reader.ts'
import type { Resolve } from '#agent/stage.ts'
import { compose, makeStages } from '#agent/stage-list.ts'
import { blockReasonOf } from '#agent/stages/observe.ts'
import { UpstreamPool } from '#agent/upstream/upstream-pool.ts'
import { isFailure } from '#domain/failure.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { systemClock } from '#platform/clock.ts'
import { makeCookieSecret, newCookieKey } from '#platform/cookie-secret.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ServedCertificate } from '#platform/served-certificate.ts'
import type { LockedNames } from '#rules/locked-names.ts'
import type { GroupPolicy } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { isLooping } from '#wire/loop-mark.ts'
import { freeDnsPort } from './free-port.ts'
import { Observing } from './observing.ts'
import { plainUpstream } from './plain-upstream.ts'
import { makePolicy } from './test-rules.ts'

const PLAIN_ANSWERS: AnswerSettings = {
  block: readyBlock({}),
  denyAddresses: [],
  rebinding: { enabled: true, allowZones: [] },
  groups: new Map([['staff', { ech: 'pass' }]]),
  zones: [],
}

const MARK = new Uint8Array(8)
const GATE_LIMITS = { connectionsMax: 100, connectionsPerClientMax: 20 }
const CONNECTION_LIMITS = { idleMs: 2_000, queriesPerConnectionMax: 100, queryBytesMax: 4_096 }
const CACHE_LIMITS: AnswerCacheLimits = { entriesMax: 1_000, bytesMax: 1_000_000 }

export interface PipelineServerOptions {
  readonly rules: RuleIndex
  readonly upstreamPort: number
  /** Of a second upstream, to be asked after the first. */
  readonly otherUpstreamPort?: number
  /** Queries that may wait for upstreams at once; 100 unless told otherwise. */
  readonly inFlightMax?: number
  /** One try; 300 unless told otherwise. */
  readonly upstreamTimeoutMs?: number
  readonly policies?: readonly GroupPolicy[]
  /** How blocks are told, and what else is said of answers; the defaults of the product unless told otherwise. */
  readonly answers?: Partial<AnswerSettings>
  /** A policy that somebody else keeps, in place of `policies` and `networks`. */
  readonly slot?: PolicySlot
  /** CIDR to group; loopback is in `pupils` unless told otherwise. */
  readonly networks?: Readonly<Record<string, string>>
  /** A category whose recording throws, as a broken stage would. */
  readonly throwOn?: string
  /** What the caches may hold, and which TTLs. */
  readonly cacheLimits?: AnswerCacheLimits
  /** Which answers are renewed before their time is over; none unless told. */
  readonly renewal?: RenewalLimits
  /** Whether "no such name" answers for all names below it; not unless told. */
  readonly coversBelow?: boolean
  /** How UDP is received; by node:dgram unless told otherwise. */
  readonly udp?: 'batch' | 'node'
  /** What one client or zone may ask; the product's defaults unless told otherwise. */
  readonly limits?: Partial<ClientLimitValues>
  /** Given to who asks, unless told otherwise. */
  readonly cookies?: CookieMode
  /** Threads of the batch listener; one unless told otherwise. */
  readonly workers?: number
  /** Leaves one stage out of the list. */
  readonly without?: string
  /** Over TLS and HTTPS as well, with a certificate of its own. */
  readonly encrypted?: boolean
}

export interface PipelineServer {
  readonly port: number
  /** By transport, of both 127.0.0.1 and ::1; the encrypted ones 0 where it is not `encrypted`. */
  readonly ports: Readonly<Record<Transport, number>>
  readonly policy: PolicySlot
  readonly cache: AnswerCache
  /** Whom it asks. */
  readonly upstreams: UpstreamPool
  readonly recorded: BlockedLookup[]
  readonly counted: string[]
  /** Signs of ways round the filter. */
  readonly signals: string[]
  /** Every lookup that the signal worker would have been told of until now. */
  readonly observed: () => readonly ObservedRecord[]
  readonly faults: unknown[]
  /** Puts other rules or policies in force, as a reload does. */
  readonly use: (
    rules: RuleIndex,
    policies?: readonly GroupPolicy[],
    answers?: Partial<AnswerSettings>,
  ) => void
  /** Takes up a locked bundle, as an agent does while it runs. */
  readonly useLocked: (locked: LockedNames) => void
  /** Resolves once the worker of the batch listener answers. */
  readonly workerUp: () => Promise<void>
  /** Drops answers from the worker's cache and says how many. */
  readonly flushWorker: (target: FlushTarget) => Promise<number | undefined>
  /** Ends a worker of the batch listener as a fault would, the first unless told otherwise. */
  readonly killWorker: (number?: number) => Promise<void>
  readonly close: () => Promise<void>
}

export async function startPipelineServer(options: PipelineServerOptions): Promise<PipelineServer> {
  const { networks = { '127.0.0.0/8': 'pupils', '::1/128': 'pupils' } } = options
  const defaults = options.policies ?? [makePolicy('pupils')]
  const recorded: BlockedLookup[] = []
  const counted: string[] = []
  const signals: string[] = []
  const faults: unknown[] = []
  const hashName = (name: Uint8Array): string => `hash-of-${name.length}-bytes`
  const observing = new Observing(hashName)
  const { cacheLimits = CACHE_LIMITS } = options
  const cache = new AnswerCache(cacheLimits)
  const first = { ...PLAIN_ANSWERS, ...options.answers }
  const config = makeConfig(defaults, networks, first)
  const keeper = new PolicyKeeper(config, options.rules, { clock: systemClock })
  const policy: PolicySlot = options.slot ?? keeper.slot
  const upstreams = new UpstreamPool(
    [options.upstreamPort, options.otherUpstreamPort ?? []].flat().map(plainUpstream),
    {
      timeoutMs: options.upstreamTimeoutMs ?? 300,
      triesMax: 3,
      strategy: 'in-order',
      mark: MARK,
    },
    systemClock,
  )
  const limits = { ...config.limits, ...options.limits }
  const own = makeClientLimits(limits, makeZoneMemory(1 + (options.workers ?? 1)), MAIN_SIDE)
  const cookies: CookieSettings = { mode: options.cookies ?? 'answer', key: newCookieKey() }
  const parts: ServerParts = {
    ...own,
    cookies: { mode: cookies.mode, secretOf: makeCookieSecret(cookies.key) },
    policy,
    cache,
    cacheLimits,
    renewal: options.renewal,
    coversBelow: options.coversBelow ?? false,
    ask: (question, spent) => upstreams.ask(question, spent),
    isLooping: (marks) => isLooping(marks, MARK),
    count: (query) => {
      observing.note(query)
      const reason = blockReasonOf(query)
      if (query.limited) counted.push(`${query.transport} limited ${query.limited}`)
      counted.push([query.transport, query.result, ...(reason ? [reason] : [])].join(' '))
      const way = bypassWayOf(query)
      if (way) signals.push(way)
    },
    clock: systemClock,
    inFlightMax: options.inFlightMax ?? 100,
    record: (lookup) => {
      if (lookup.category === options.throwOn) throw new Error('made to fail')
      recorded.push(lookup)
    },
    hashName,
    onFault: (error) => faults.push(error),
  }
  const gate = options.renewal && new RenewalGate(options.renewal)
  const renew = gate && makeRenew({ ...parts, gate })
  const stages = makeStages({ ...parts, ...(renew && { renew }) }).filter(
    ({ name }) => name !== options.without,
  )
  const resolve = containFaults(compose(stages, makeLast(parts)), parts.onFault)
  const tell = (line: string): number => counted.push(line)
  const fast =
    options.udp === 'batch'
      ? makeFastPath(parts, {
          keeper,
          upstreams,
          tell,
          limits,
          cookies,
          zones: own.zones,
          workers: options.workers ?? 1,
        })
      : undefined
  for (const ring of fast?.observed ?? []) observing.follow(ring)
  const port = await freeDnsPort()
  const outcome = await listenDns(
    [
      { address: '127.0.0.1', port },
      { address: '::1', port },
    ],
    resolve,
    { limits: CONNECTION_LIMITS, gate: new ConnectionGate('tcp', GATE_LIMITS) },
    fast,
  )
  if (isFailure(outcome)) throw new Error(outcome.detail)
  const encrypted = options.encrypted ? await startEncrypted(resolve) : undefined
  return {
    port,
    ports: { udp: port, tcp: port, dot: encrypted?.dotPort ?? 0, doh: encrypted?.dohPort ?? 0 },
    policy,
    cache,
    upstreams,
    recorded,
    counted,
    signals,
    observed: () => observing.read(),
    faults,
    use: (rules, policies = defaults, answers = {}) => {
      keeper.useConfig(makeConfig(policies, networks, { ...first, ...answers }))
      keeper.useRulesAtOnce(rules)
    },
    useLocked: (locked) => keeper.useLocked(locked),
    workerUp: async () => {
      const isUp = (): boolean => fast?.isUp ?? true
      while (!isUp()) await sleep(10)
    },
    flushWorker: (target) => fast?.flush(target) ?? Promise.resolve(undefined),
    killWorker: (number) => fast?.killWorker(number) ?? Promise.resolve(),
    close: async () => {
      await Promise.all(outcome.listeners.map((listener) => listener.close()))
      await encrypted?.close()
    },
  }
}

interface Encrypted {
  readonly dotPort: number
  readonly dohPort: number
  readonly close: () => Promise<void>
}

/** Both transports on both families of loopback. */
async function startEncrypted(resolve: Resolve): Promise<Encrypted> {
  const [dotPort, dohPort] = [await freeDnsPort(), await freeDnsPort()]
  const both = (port: number) => ['127.0.0.1', '::1'].map((address) => ({ address, port }))
  const certificate = new ServedCertificate({
    names: { names: [], addresses: [] },
    files: undefined,
    stateDir: mkdtempSync(join(tmpdir(), 'edge-')),
    ownFile: 'dns-tls.pem',
    clock: systemClock,
    onFault: (text) => {
      throw new Error(text)
    },
  })
  const outcome = await listenEncrypted({
    settings: { dot: both(dotPort), doh: both(dohPort) },
    resolve,
    queries: makeQueryPool(),
    limits: CONNECTION_LIMITS,
    gates: {
      dot: new ConnectionGate('dot', GATE_LIMITS),
      doh: new ConnectionGate('doh', GATE_LIMITS),
    },
    certificate,
    // The client of the tests shakes hands anew for each question.
    mayShakeHands: () => true,
  })
  if (isFailure(outcome)) throw new Error(outcome.detail)
  return {
    dotPort,
    dohPort,
    close: async () => {
      certificate.close()
      await Promise.all(outcome.listeners.map((listener) => listener.close()))
    },
  }
}

interface ServerParts extends PipelineParts {
  readonly cache: AnswerCache
  readonly cacheLimits: AnswerCacheLimits
  readonly renewal: RenewalLimits | undefined
  readonly coversBelow: boolean
}

interface FastParts
  extends Pick<FastPathParts, 'keeper' | 'limits' | 'cookies' | 'zones' | 'workers'> {
  readonly upstreams: UpstreamPool
  /** Hears a moment later what the worker has counted. */
  readonly tell: (counted: string) => void
}

/** The batch listener, as the agent has it. */
function makeFastPath(
  { cache, cacheLimits, renewal, coversBelow, record, onFault, inFlightMax }: ServerParts,
  { upstreams: pool, tell, ...shared }: FastParts,
): FastPath {
  const libc = loadLibc()
  if (!libc) throw new Error('koffi is not installed')
  const fast: FastPath = new FastPath({
    ...shared,
    libc,
    cache,
    cacheLimits,
    renewal,
    coversBelow,
    upstreams: () => pool.preferred(),
    learn: (report) => pool.learn(report),
    flightsMax: inFlightMax,
    hashKeyFile: join(mkdtempSync(join(tmpdir(), 'edge-')), 'hash.key'),
    record,
    onAsked: () => undefined,
    onGather: () => undefined,
    onFault,
  })
  for (const tally of fast.tallies) followTally(tally, tell)
  return fast
}

/** Tells of each query that the worker has counted, a moment later. */
function followTally(tally: SharedTally, tell: FastParts['tell']): void {
  let before = tally.snapshot()
  const look = (): void => {
    const now = tally.snapshot()
    const { results, limits } = tallyDelta(before, now)
    before = now
    limits((limit, count) => {
      for (let i = 0; i < count; i++) tell(`udp limited ${limit}`)
    })
    results((result, count) => {
      for (let i = 0; i < count; i++) tell(`udp ${result}`)
    })
  }
  setInterval(look, 50).unref()
}

/** A configuration of nothing but the policies, networks and settings given. */
function makeConfig(
  policies: readonly GroupPolicy[],
  networks: Readonly<Record<string, string>>,
  settings: AnswerSettings,
): ReadyConfig {
  const { block, denyAddresses, rebinding, groups, zones } = settings
  const base = normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] })
  return {
    ...base,
    block,
    denyAddresses,
    rebinding,
    zones,
    groups: new Map(
      policies.map((policy) => [
        policy.group,
        {
          ...policy,
          timed: [],
          profile: 'ks3',
          ech: groups.get(policy.group)?.ech ?? 'strip',
          isRateLimited: groups.get(policy.group)?.isRateLimited ?? true,
        },
      ]),
    ),
    networks: Object.entries(networks).flatMap(([cidr, group]) => {
      const network = parseCidr(cidr)
      return network ? [{ network, group, name: cidr }] : []
    }),
    strictestGroup: policies[0]?.group ?? '',
  }
}

/** Where a server is asked over a transport. */
export function over(
  { ports }: Pick<PipelineServer, 'ports'>,
  transport: Transport,
): { readonly port: number; readonly transport: Transport } {
  return { port: ports[transport], transport }
}

/** A port that was free on loopback a moment ago. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const bound = server.address()
      const port = typeof bound === 'object' && bound ? bound.port : 0
      server.close(() => resolve(port))
    })
  })
}
