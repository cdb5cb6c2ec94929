/** The composition root of the agent: configuration -> parts -> listeners. Nothing else builds parts. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isFailure } from '#domain/failure.ts'
import { makeCookieSecret, newCookieKey } from '#platform/cookie-secret.ts'
import { readApplianceKey } from '#platform/http-signing.ts'
import { startMetricsServer } from '#platform/metrics-server.ts'
import { productVersion } from '#platform/product-version.ts'
import { newSelfMark } from '#platform/random.ts'
import { makeKeyedHash } from '#platform/secret-file.ts'
import {
  type AgentBase,
  type AgentOptions,
  AgentStartError,
  prepareAgent,
  readKey,
} from './agent-base.ts'
import { type AgentBypass, prepareBypass } from './bypass/bypass-of-agent.ts'
import { AnswerCache } from './cache/answer-cache.ts'
import { renewalLimitsFrom } from './cache/cache-settings.ts'
import type { FlushTarget } from './cache/flush-target.ts'
import { forgetChangedZones } from './cache/forget-zones.ts'
import { makeRenew, RenewalGate } from './cache/renewal.ts'
import type { AnswerSaver } from './cache-file/answer-saver.ts'
import { startAnswerSaver } from './cache-file/start-answer-saver.ts'
import { startConsoleRules } from './console-rules/start-console-rules.ts'
import { startControlServer } from './control/control-server.ts'
import { makeControlApi } from './control-api.ts'
import type { FastPath } from './fastpath/fast-path.ts'
import { fastReadings } from './fastpath/fast-readings.ts'
import type { CookieSettings } from './fastpath/fast-task.ts'
import { gatherFrom } from './fastpath/gather-tally.ts'
import { mainCacheLimits, makeFastPath } from './fastpath/make-fast-path.ts'
import { type FlushedAnswers, flushAnswers } from './flush-answers.ts'
import { followClock } from './follow-clock.ts'
import { followFile } from './follow-file.ts'
import { makeClientLimits } from './limits/client-limits.ts'
import { MAIN_SIDE, makeZoneMemory } from './limits/zone-limits.ts'
import { LinkSlot } from './link-slot.ts'
import type { Listener } from './listen/listener.ts'
import { registerBuildInfo, registerReadings } from './metrics/agent-metrics.ts'
import { registerPartMetrics } from './metrics/part-metrics.ts'
import { makeQueryMetrics } from './metrics/query-metrics.ts'
import { openOutbox } from './open-outbox.ts'
import type { Outbox } from './outbox/outbox-contract.ts'
import { preparePageAndSelftest } from './page-and-selftest.ts'
import { makePipeline } from './pipeline.ts'
import { type CookieMode, endpointText } from './policy/sections/listen.ts'
import { hashKeyFileOf, prepareSignals, profileOf } from './prepare-signals.ts'
import { Recursor, UNBOUND } from './recursor/recursor.ts'
import type { RehearsalParts } from './rehearse/rehearsal.ts'
import { type Reporting, startReporting } from './reporting.ts'
import type { AgentSignals } from './signals/agent-signals.ts'
import { startListeners } from './start-listeners.ts'
import { type PolicyParts, startPolicy } from './start-policy.ts'
import { TeacherReleases } from './teacher-releases.ts'
import { UpstreamSlot } from './upstream-slot.ts'
import { watchNetwork } from './watch-network.ts'

export interface Agent {
  readonly close: () => Promise<void>
}

/** How long answering waits for the outbox to open. */
const OUTBOX_HEAD_START_MS = 1_000

/** How long answering waits for the recursor: what it is asked too early fails, and then rests for seconds. */
const RECURSOR_HEAD_START_MS = 1_000

/** Questions of the block page and of the self-test that wait for upstreams at once; clients' own come first. */
const REHEARSED_MAX = 64

interface WatchedPolicy extends PolicyParts {
  readonly bypass: AgentBypass
  readonly signals: AgentSignals
}

interface Dns extends WatchedPolicy {
  readonly recursor: Recursor
  readonly upstreams: UpstreamSlot
  readonly cache: AnswerCache
  readonly gate: RenewalGate | undefined
  readonly saver: AnswerSaver
  readonly flush: (target: FlushTarget) => Promise<FlushedAnswers>
  readonly listeners: readonly Listener[]
  readonly rehearsal: RehearsalParts
  /** By which the stages know the self-test. */
  readonly selfMark: Uint8Array
  readonly closeListeners: () => Promise<unknown>
}

/**
 * Runs an agent. The outbox opens while the rules load, and queries are answered once both are there, so that what is
 * noticed from the first query on is soon durable; but DNS waits for no disk longer than OUTBOX_HEAD_START_MS. Throws
 * AgentStartError, or another coded error of a part, when it cannot start.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const base = prepareAgent(options)
  const keyPem = readKey(options.stateDir)
  const recursor = new Recursor({ ...base, program: UNBOUND })
  recursor.use(base.first)
  const bypass = prepareBypass(
    base,
    () => policy.keeper,
    (address) => base.identities.table.isSeen(address),
  )
  const signals = prepareSignals(base)
  const opening = openOutbox(base, keyPem, {
    bypass,
    signals,
    profileOf: (group) => profileOf(group, policy.keeper),
  })
  const policy = startPolicy(base)
  // Before anybody is answered: what the configuration says of a device holds from its first query on.
  base.identities.assignTo((rows) => policy.keeper.useAssignments(rows))
  await Promise.race([opening, sleep(OUTBOX_HEAD_START_MS)])
  const dns = await startDns(base, { ...policy, bypass, signals }, recursor)
  const { keeper, book } = dns
  const releases = new TeacherReleases({ book, keeper, clock: base.clock, tell: base.bodies.push })
  const stopClock = followClock(base.clock, () => {
    releases.endDue()
    keeper.followClock()
  })
  const { outbox, blocked } = await opening
  const { appliance } = readApplianceKey(keyPem)
  const watching = await startWatching(base, { ...dns, releases }, outbox, appliance)
  return {
    close: async () => {
      stopClock()
      dns.locked.close()
      await Promise.all([watching.close(), dns.closeListeners()])
      dns.upstreams.close()
      await dns.recursor.close()
      await dns.saver.close()
      await signals.close()
      blocked.close()
      bypass.close()
      await Promise.all([dns.supply.close(), dns.rules.close(), book.close(), outbox.close()])
    },
  }
}

/** Lets those who look at all lookups look at what the workers answer, too. */
function followLookups({ registry }: AgentBase, policy: WatchedPolicy, fast?: FastPath): void {
  const { bypass, signals } = policy
  if (fast) registerReadings(registry, fastReadings(fast))
  bypass.follow(fast?.tallies.map(({ asked }) => asked) ?? [])
  signals.start(fast?.observed ?? [])
  for (const { readings } of [bypass, signals]) registerReadings(registry, readings())
}

function newCookies(mode: CookieMode, selfMark: Uint8Array) {
  return { mode, key: newCookieKey(), selfMark } satisfies CookieSettings
}

async function startDns(base: AgentBase, policy: WatchedPolicy, recursor: Recursor): Promise<Dns> {
  const { first, clock, stateDir, registry } = base
  const upstreams = new UpstreamSlot(first, clock)
  const cache = new AnswerCache(mainCacheLimits(first))
  const hashKeyFile = hashKeyFileOf(stateDir)
  const metrics = makeQueryMetrics(registry, () => gather())
  const onGather = (): void => gather()
  const cookies = newCookies(first.listen.cookies, newSelfMark())
  const own = makeClientLimits(first.limits, makeZoneMemory(1 + first.listen.workers), MAIN_SIDE)
  const { keeper } = policy
  const told = { keeper, cache, hashKeyFile, onGather, cookies, zones: own.zones }
  const fast = makeFastPath(base, upstreams, told)
  const gather = fast ? gatherFrom(fast.tallies, metrics) : () => undefined
  followLookups(base, policy, fast)
  const shared: RehearsalParts = {
    policy: policy.keeper.slot,
    cache,
    ask: upstreams.ask,
    clock,
    inFlightMax: first.limits.queriesInFlight,
    hashName: makeKeyedHash(hashKeyFile),
    onFault: (error) => {
      base.faults.add('pipeline', 'a query could not be worked on; it was answered SERVFAIL')
      base.log.error({ err: error }, 'a stage threw')
    },
  }
  const renewal = renewalLimitsFrom(first)
  const gate = renewal && new RenewalGate(renewal)
  const resolve = makePipeline({
    ...shared,
    ...own,
    isLooping: upstreams.isLooping,
    cookies: { ...cookies, secretOf: makeCookieSecret(cookies.key) },
    coversBelow: first.cache.nxdomainBelow,
    ...(gate && { renew: makeRenew({ gate, ask: upstreams.ask, cache, clock }) }),
    count: policy.signals.alsoCounting(policy.bypass.alsoCounting(metrics.count)),
    record: base.lookups.push,
  })
  await Promise.race([recursor.settled, sleep(RECURSOR_HEAD_START_MS)])
  const listening = await startListeners(base, resolve, fast)
  if (isFailure(listening)) {
    const parts = [policy.supply, policy.rules, policy.signals, recursor]
    await Promise.all(parts.map((part) => part.close()))
    throw new AgentStartError(listening.detail)
  }
  const saver = startAnswerSaver(base, cache, policy.keeper)
  return {
    ...policy,
    ...listening,
    recursor,
    upstreams,
    cache,
    gate,
    saver,
    flush: (target) => flushAnswers({ cache, fast, saver }, target),
    rehearsal: { ...shared, inFlightMax: REHEARSED_MAX },
    selfMark: cookies.selfMark,
  }
}

/** Everything beside the way of a query: link, reports, metrics, control socket, configuration. */
async function startWatching(
  base: AgentBase,
  dns: Dns & { readonly releases: TeacherReleases },
  outbox: Outbox,
  appliance: string,
): Promise<{ readonly close: () => Promise<void> }> {
  const { clock, log, first, registry, stateDir, changed } = base
  const { locked, keeper, cache, upstreams, supply, saver } = dns
  const slot = new LinkSlot(first, outbox.previousRun(), {
    emit: (draft) => outbox.emit(draft),
    onChange: () => changed.tell(),
    clock,
    log,
  })
  const link = (): LinkSlot['monitor'] => slot.monitor
  const { hiddenSchool } = dns.bypass
  const report = { ...base, appliance, keeper, link, outbox, locked, hiddenSchool }
  const network = watchNetwork(base, dns)
  const aside = preparePageAndSelftest(base, { ...dns, outbox, link })
  registerBuildInfo(registry, productVersion)
  registerPartMetrics(registry, { ...report, ...dns, ...network, pools: () => upstreams.pools })
  const metrics = await startMetrics(base)
  const known = { ...report, ...dns, ...aside, ...network }
  const api = makeControlApi({ ...known, ask: upstreams.ask, metricsUrl: metrics.url })
  const control = await startControlServer({
    path: join(stateDir, 'agent.sock'),
    api,
    limits: first.limits,
    onFault: (detail) => log.warn({ detail }, 'control socket'),
  })
  aside.start()
  const reporting: Reporting = startReporting(known, registry, log)
  changed.tell = reporting.soon
  let { zones } = first
  const follow = followFile(base, keeper, (config) => {
    for (const part of [supply, network, dns.recursor, upstreams, dns.signals]) part.use(config)
    forgetChangedZones(zones, config.zones, cache)
    zones = config.zones
    slot.use(config)
    aside.page.use(config.block.page)
    saver.follow()
    reporting.soon()
  })
  const { queries } = dns.signals
  const ofConsole = startConsoleRules(base, { ...dns, queries, api, reload: follow.reload })
  return {
    close: async () => {
      follow.close()
      reporting.stop()
      const parts = [metrics, control, slot.monitor, aside, network, ofConsole]
      await Promise.all(parts.map((part) => part.close()))
    },
  }
}

async function startMetrics({ first, registry }: AgentBase) {
  const { address, port } = first.listen.metrics
  const server = await startMetricsServer(address, port, registry)
  return { ...server, url: `http://${endpointText({ address, port: server.port })}/metrics` }
}
