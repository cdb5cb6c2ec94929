/** The composition root of the agent: configuration -> parts -> listeners. Nothing else builds parts. */
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { isFailure } from '#domain/failure.ts'
import { readApplianceKey } from '#platform/http-signing.ts'
import { startMetricsServer } from '#platform/metrics-server.ts'
import { productVersion } from '#platform/product-version.ts'
import { makeKeyedHash } from '#platform/secret-file.ts'
import {
  type AgentBase,
  type AgentOptions,
  AgentStartError,
  prepareAgent,
  readKey,
} from './agent-base.ts'
import { AnswerCache } from './cache/answer-cache.ts'
import { startControlServer } from './control/control-server.ts'
import { makeControlApi } from './control-api.ts'
import { followClock } from './follow-clock.ts'
import { followConfig } from './follow-config.ts'
import { LinkSlot } from './link-slot.ts'
import { type DnsListeners, listenDns } from './listen/listen-dns.ts'
import { registerBuildInfo } from './metrics/agent-metrics.ts'
import { registerPartMetrics } from './metrics/part-metrics.ts'
import { makeQueryMetrics } from './metrics/query-metrics.ts'
import { makeVerdictMetric } from './metrics/verdict-metric.ts'
import { startOutbox } from './outbox/outbox.ts'
import type { Outbox } from './outbox/outbox-contract.ts'
import { outboxLimitsFrom } from './outbox-limits-from.ts'
import { makePipeline } from './pipeline.ts'
import { PolicyKeeper } from './policy-keeper.ts'
import { openReleases } from './releases/open-releases.ts'
import type { ReleaseBook } from './releases/release-book.ts'
import { type Reporting, startReporting } from './reporting.ts'
import { RuleStore } from './rules/rule-store.ts'
import { type BlockedLookups, makeBlockedLookups, WINDOW_MS } from './signals/blocked-lookups.ts'
import { TeacherReleases } from './teacher-releases.ts'
import { UpstreamSlot } from './upstream-slot.ts'

export interface Agent {
  readonly close: () => Promise<void>
}

/** How long answering waits for the outbox to open. */
const OUTBOX_HEAD_START_MS = 1_000
/** Longest query that is taken over TCP; real ones are a few hundred bytes. */
const TCP_QUERY_BYTES_MAX = 4_096

interface Noticing {
  readonly outbox: Outbox
  readonly blocked: BlockedLookups
}

interface Dns {
  readonly keeper: PolicyKeeper
  readonly rules: RuleStore
  readonly book: ReleaseBook
  readonly upstreams: UpstreamSlot
  readonly cache: AnswerCache
  readonly listeners: DnsListeners['listeners']
}

/**
 * Runs an agent. The outbox opens while the rules load, and queries are answered once both are there, so that what is
 * noticed from the first query on is soon durable; but DNS waits for no disk longer than OUTBOX_HEAD_START_MS. Throws
 * AgentStartError, or another coded error of a part, when it cannot start.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const base = prepareAgent(options)
  const keyPem = readKey(options.stateDir)
  const opening = openOutbox(base, keyPem)
  const policy = startRules(base)
  await Promise.race([opening, sleep(OUTBOX_HEAD_START_MS)])
  const dns = await startDns(base, policy)
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
      await Promise.all([watching.close(), ...dns.listeners.map((one) => one.close())])
      blocked.close()
      await Promise.all([dns.rules.close(), book.close(), outbox.close()])
    },
  }
}

/** Opens the outbox, goes on with the events of the run before, and lets through what has been waiting for it. */
async function openOutbox(base: AgentBase, keyPem: string): Promise<Noticing> {
  const { stateDir, first, clock, logLevel, bodies, lookups } = base
  const outbox = await startOutbox({
    stateDir,
    keyPem,
    collectorUrl: first.collector.url,
    version: productVersion,
    clock,
    limits: outboxLimitsFrom(first.limits),
    logLevel,
  })
  bodies.open((body) => outbox.tell(body))
  const blocked = makeBlockedLookups({
    clock,
    emit: (draft) => outbox.emit(draft),
    limits: { windowsMax: first.limits.eventWindows },
  })
  blocked.resume(await outbox.openEvents(WINDOW_MS))
  lookups.open((lookup) => blocked.record(lookup))
  return { outbox, blocked }
}

async function startDns(
  base: AgentBase,
  policy: Pick<Dns, 'keeper' | 'rules' | 'book'>,
): Promise<Dns> {
  const { first, clock, stateDir, registry } = base
  const { limits } = first
  const upstreams = new UpstreamSlot(first, clock)
  const cache = new AnswerCache({
    entriesMax: limits.cacheEntries,
    bytesMax: limits.cacheBytes,
  })
  const resolve = makePipeline({
    policy: policy.keeper.slot,
    cache,
    ask: upstreams.ask,
    count: makeQueryMetrics(registry),
    countVerdict: makeVerdictMetric(registry),
    clock,
    inFlightMax: limits.queriesInFlight,
    record: base.lookups.push,
    hashName: makeKeyedHash(join(stateDir, 'name-hash.key')),
    onFault: (error) => {
      base.faults.add('pipeline', 'a query could not be worked on; it was answered SERVFAIL')
      base.log.error({ err: error }, 'a stage threw')
    },
  })
  const outcome = await listenDns(first.listen.dns, resolve, {
    connectionsMax: limits.tcpClients,
    connectionsPerClientMax: limits.tcpClientsPerAddress,
    idleMs: limits.tcpIdleMs,
    queriesPerConnectionMax: limits.tcpQueriesPerConnection,
    queryBytesMax: TCP_QUERY_BYTES_MAX,
  })
  if (isFailure(outcome)) {
    await policy.rules.close()
    throw new AgentStartError(outcome.detail)
  }
  for (const absent of outcome.absent) base.faults.add('listen', absent)
  return { ...policy, upstreams, cache, listeners: outcome.listeners }
}

function startRules(base: AgentBase): Pick<Dns, 'keeper' | 'rules' | 'book'> {
  const { first, clock, stateDir, log, faults, bodies, changed } = base
  const rules = new RuleStore({
    stateDir,
    product: productVersion,
    clock,
    log,
    onRules: (index, durationMs) => {
      keeper
        .useRules(index, () => nextTurn())
        .then(
          (isInForce) => {
            if (!isInForce) return
            bodies.push({
              kind: 'lists-compiled',
              names: index.names,
              lists: index.lists.length,
              refusedLines: index.lists.reduce((sum, { refusedLines }) => sum + refusedLines, 0),
              durationMs: Math.round(durationMs),
            })
            changed.tell()
          },
          (error: unknown) => {
            faults.add('rules', 'compiled rules could not be put in force; the old ones stay')
            log.error({ err: error }, 'rules not put in force')
          },
        )
    },
    onFault: (text) => {
      faults.add('rules', text)
      log.warn(text)
    },
  })
  const book = openReleases(join(stateDir, 'releases.json'), clock, (text) =>
    faults.add('releases', text),
  )
  const keeper = new PolicyKeeper(first, rules.start(first), { clock, releases: book.all() })
  return { keeper, rules, book }
}

/** Everything beside the way of a query: link, reports, metrics, control socket, configuration. */
async function startWatching(
  base: AgentBase,
  dns: Dns & { readonly releases: TeacherReleases },
  outbox: Outbox,
  appliance: string,
): Promise<{ readonly close: () => Promise<void> }> {
  const { clock, log, first, registry, faults, startedAt, stateDir, changed } = base
  const { keeper, cache, upstreams, rules, releases, listeners } = dns
  const slot = new LinkSlot(first, outbox.previousRun(), {
    emit: (draft) => outbox.emit(draft),
    onChange: () => changed.tell(),
    clock,
    log,
  })
  const link = (): LinkSlot['monitor'] => slot.monitor
  const report = { appliance, startedAt, clock, keeper, link, outbox, faults }
  registerBuildInfo(registry, productVersion)
  registerPartMetrics(registry, { ...report, cache, pool: () => upstreams.pool })
  const { address, port } = first.listen.metrics
  const metrics = await startMetricsServer(address, port, registry)
  const control = await startControlServer({
    path: join(stateDir, 'agent.sock'),
    api: makeControlApi({
      ...report,
      cache,
      ask: upstreams.ask,
      releases,
      listeners,
      metricsUrl: `http://${address.includes(':') ? `[${address}]` : address}:${metrics.port}/metrics`,
      capture: base.capture ?? { state: 'off', detail: 'not part of this process' },
    }),
    limits: first.limits,
    onFault: (detail) => log.warn({ detail }, 'control socket'),
  })
  const reporting: Reporting = startReporting(report, registry, log)
  changed.tell = reporting.soon
  const follow = followConfig({
    source: base.config,
    keeper,
    faults,
    log,
    tell: base.bodies.push,
    use: (config) => {
      rules.use(config)
      upstreams.use(config)
      slot.use(config)
      reporting.soon()
    },
  })
  const hangUp = (): void => follow.reload()
  process.on('SIGHUP', hangUp)
  return {
    close: async () => {
      process.off('SIGHUP', hangUp)
      follow.close()
      reporting.stop()
      await Promise.all([metrics.close(), control.close(), slot.monitor.close()])
    },
  }
}
