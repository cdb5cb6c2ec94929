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
import { FastPath } from '#agent/fastpath/fast-path.ts'
import { tallyDelta } from '#agent/fastpath/shared-tally.ts'
import { listenDns } from '#agent/listen/listen-dns.ts'
import { compose, makeLast, makeStages, type PipelineParts } from '#agent/pipeline.ts'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { readyBlock } from '#agent/policy/ready-block.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { PolicyKeeper } from '#agent/policy-keeper.ts'
import type { BlockedLookup } from '#agent/signals/blocked-lookup.ts'
import { blockReasonOf } from '#agent/stages/observe.ts'
import { UpstreamPool } from '#agent/upstream/upstream-pool.ts'
import { isFailure } from '#domain/failure.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { systemClock } from '#platform/clock.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import type { LockedNames } from '#rules/locked-names.ts'
import type { GroupPolicy } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { freeDnsPort } from './free-port.ts'
import { makePolicy } from './test-rules.ts'

const PLAIN_ANSWERS: AnswerSettings = {
  block: readyBlock({}),
  denyAddresses: [],
  rebinding: { enabled: true, allowZones: [] },
  groups: new Map([['staff', { ech: 'pass' }]]),
}

const CACHE_LIMITS: AnswerCacheLimits = { entriesMax: 1_000, bytesMax: 1_000_000 }

export interface PipelineServerOptions {
  readonly rules: RuleIndex
  readonly upstreamPort: number
  /** Of a second upstream, to be asked after the first. */
  readonly otherUpstreamPort?: number
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
  /** Leaves one stage out of the list. */
  readonly without?: string
}

export interface PipelineServer {
  readonly port: number
  readonly policy: PolicySlot
  readonly cache: AnswerCache
  readonly recorded: BlockedLookup[]
  readonly counted: string[]
  /** Signs of ways round the filter. */
  readonly signals: string[]
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
  /** Ends the worker of the batch listener as a fault would. */
  readonly killWorker: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function startPipelineServer(options: PipelineServerOptions): Promise<PipelineServer> {
  const { networks = { '127.0.0.0/8': 'pupils', '::1/128': 'pupils' } } = options
  const defaults = options.policies ?? [makePolicy('pupils')]
  const recorded: BlockedLookup[] = []
  const counted: string[] = []
  const signals: string[] = []
  const faults: unknown[] = []
  const { cacheLimits = CACHE_LIMITS } = options
  const cache = new AnswerCache(cacheLimits)
  const first = { ...PLAIN_ANSWERS, ...options.answers }
  const config = makeConfig(defaults, networks, first)
  const keeper = new PolicyKeeper(config, options.rules, { clock: systemClock })
  const policy: PolicySlot = options.slot ?? keeper.slot
  const upstreams = new UpstreamPool(
    [options.upstreamPort, options.otherUpstreamPort ?? []].flat().map((port) => ({
      address: '127.0.0.1',
      port,
    })),
    { timeoutMs: options.upstreamTimeoutMs ?? 300, triesMax: 3 },
    systemClock,
  )
  const parts: ServerParts = {
    policy,
    cache,
    cacheLimits,
    renewal: options.renewal,
    coversBelow: options.coversBelow ?? false,
    ask: (question, triesBefore) => upstreams.ask(question, triesBefore),
    count: (query) => {
      const reason = blockReasonOf(query)
      counted.push([query.transport, query.result, ...(reason ? [reason] : [])].join(' '))
      const way = bypassWayOf(query)
      if (way) signals.push(way)
    },
    clock: systemClock,
    inFlightMax: 100,
    record: (lookup) => {
      if (lookup.category === options.throwOn) throw new Error('made to fail')
      recorded.push(lookup)
    },
    hashName: (name) => `hash-of-${name.length}-bytes`,
    onFault: (error) => faults.push(error),
  }
  const gate = options.renewal && new RenewalGate(options.renewal)
  const renew = gate && makeRenew({ ...parts, gate })
  const stages = makeStages({ ...parts, ...(renew && { renew }) }).filter(
    ({ name }) => name !== options.without,
  )
  const resolve = containFaults(compose(stages, makeLast(parts)), parts.onFault)
  const tell = (line: string): number => counted.push(line)
  const fast = options.udp === 'batch' ? makeFastPath(parts, keeper, upstreams, tell) : undefined
  const port = await freeDnsPort()
  const outcome = await listenDns(
    [
      { address: '127.0.0.1', port },
      { address: '::1', port },
    ],
    resolve,
    {
      connectionsMax: 100,
      connectionsPerClientMax: 20,
      idleMs: 2_000,
      queriesPerConnectionMax: 100,
      queryBytesMax: 4_096,
    },
    fast,
  )
  if (isFailure(outcome)) throw new Error(outcome.detail)
  return {
    port,
    policy,
    cache,
    recorded,
    counted,
    signals,
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
    killWorker: () => fast?.killWorker() ?? Promise.resolve(),
    close: async () => {
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

/** The batch listener, as the agent has it; `tell` hears a moment later what its worker has counted. */
function makeFastPath(
  { cache, cacheLimits, renewal, coversBelow, record, onFault, inFlightMax }: ServerParts,
  keeper: PolicyKeeper,
  pool: UpstreamPool,
  tell: (counted: string) => void,
): FastPath {
  const libc = loadLibc()
  if (!libc) throw new Error('koffi is not installed')
  const fast: FastPath = new FastPath({
    libc,
    keeper,
    cache,
    cacheLimits,
    renewal,
    coversBelow,
    upstreams: () => pool.preferred(2),
    learn: (report) => pool.learn(report),
    flightsMax: inFlightMax,
    hashKeyFile: join(mkdtempSync(join(tmpdir(), 'edge-')), 'hash.key'),
    record,
    onGather: () => {
      const now = fast.tally.snapshot()
      tallyDelta(before, now).results((result, count) => {
        for (let i = 0; i < count; i++) tell(`udp ${result}`)
      })
      before = now
    },
    onFault,
  })
  let before = fast.tally.snapshot()
  return fast
}

/** A configuration of nothing but the policies, networks and settings given. */
function makeConfig(
  policies: readonly GroupPolicy[],
  networks: Readonly<Record<string, string>>,
  settings: AnswerSettings,
): ReadyConfig {
  const { block, denyAddresses, rebinding, groups } = settings
  const base = normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] })
  return {
    ...base,
    block,
    denyAddresses,
    rebinding,
    groups: new Map(
      policies.map((policy) => [
        policy.group,
        { ...policy, timed: [], profile: 'ks3', ech: groups.get(policy.group)?.ech ?? 'strip' },
      ]),
    ),
    networks: Object.entries(networks).flatMap(([cidr, group]) => {
      const network = parseCidr(cidr)
      return network ? [{ network, group, name: cidr }] : []
    }),
    strictestGroup: policies[0]?.group ?? '',
  }
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
