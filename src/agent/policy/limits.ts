/** What reads packets and connections: agent/listen. */
interface ListenLimits {
  /** Questions on their way upstream at the same time, over all threads, and queries that wait for them in the main thread; beyond it they fail at once and are counted. */
  readonly queriesInFlight: number
  readonly tcpClients: number
  readonly tcpClientsPerAddress: number
  readonly tcpIdleMs: number
  readonly tcpQueriesPerConnection: number
  /** Of one address, over UDP; and how many may come at once. */
  readonly clientQueriesPerSecond: number
  readonly clientQueryBurst: number
  /** Queries of one address that wait for upstreams. */
  readonly clientQueriesWaiting: number
}

/** What asks upstream: agent/upstream. */
interface ForwardLimits {
  /** One try at one upstream. */
  readonly upstreamTimeoutMs: number
  /** Packets sent upstream for one query, over all upstreams and transports. */
  readonly upstreamTries: number
  /** Of names of one registered zone: questions on their way at once, and questions a second. */
  readonly zoneQuestionsInFlight: number
  readonly zoneMissesPerSecond: number
}

/** agent/cache. */
interface CacheLimits {
  readonly cacheEntries: number
  readonly cacheBytes: number
  /** Shorter TTLs of answers are lengthened to it. */
  readonly cacheTtlMinSeconds: number
  readonly cacheTtlMaxSeconds: number
  /** Of "no such name" and "no such record". */
  readonly cacheNegativeTtlMaxSeconds: number
  /** Of the file that the cache is kept in over a restart. */
  readonly cacheFileBytes: number
  /** How often an answer must have served to be renewed before its time is over. */
  readonly prefetchAsks: number
  readonly prefetchesInFlight: number
  readonly prefetchesPerSecond: number
}

/** agent/supply: the downloading of lists. */
interface SupplyLimits {
  /** Of one list, as it comes over the network. */
  readonly listDownloadBytes: number
  /** The whole download of one list from one address. */
  readonly listDownloadMs: number
  /** Without a byte. */
  readonly listIdleMs: number
}

/** agent/rules and the compiling of lists. */
interface RuleLimits {
  /** Of one list, unpacked. */
  readonly listBytes: number
  /** Names over all lists together. */
  readonly listNames: number
  readonly refusedLinesKept: number
}

/** agent/outbox: the store and the way to the collector. */
interface OutboxLimits {
  readonly outboxMemoryEvents: number
  readonly outboxRows: number
  readonly shipTimeoutMs: number
}

/** agent/signals. */
interface SignalLimits {
  /** Open five-minute windows of lookups in alerting categories. */
  readonly eventWindows: number
  /**
   * Lookups that each thread that answers tells the signal worker in a second: those that nothing is wrong with, those in alerting
   * categories, and of either those of one client.
   */
  readonly signalNamesPerSecond: number
  readonly signalAlertsPerSecond: number
  readonly signalNamesPerClient: number
}

/** agent/queries. */
interface QueryLogLimits {
  /** Of the file; beyond it the oldest go. */
  readonly queryLogBytes: number
}

/** agent/control. */
export interface ControlLimits {
  readonly controlConnections: number
  readonly controlBodyBytes: number
}

/** Every maximum that a school may set. */
export interface Limits
  extends ListenLimits,
    ForwardLimits,
    CacheLimits,
    SupplyLimits,
    RuleLimits,
    OutboxLimits,
    SignalLimits,
    QueryLogLimits,
    ControlLimits {}

/** The default of a limit, and how far it may be moved. */
export interface LimitBound {
  readonly default: number
  readonly min: number
  readonly max: number
}

const MIB = 1_048_576

/** In the file a limit is written in kebab case: `queries-in-flight`. */
export const LIMIT_BOUNDS: Readonly<Record<keyof Limits, LimitBound>> = {
  queriesInFlight: { default: 2048, min: 16, max: 65_536 },
  tcpClients: { default: 500, min: 1, max: 10_000 },
  tcpClientsPerAddress: { default: 20, min: 1, max: 1000 },
  tcpIdleMs: { default: 10_000, min: 500, max: 120_000 },
  tcpQueriesPerConnection: { default: 1000, min: 1, max: 100_000 },
  clientQueriesPerSecond: { default: 1000, min: 1, max: 1_000_000 },
  clientQueryBurst: { default: 5000, min: 1, max: 1_000_000 },
  clientQueriesWaiting: { default: 1000, min: 1, max: 65_536 },
  upstreamTimeoutMs: { default: 1500, min: 100, max: 10_000 },
  upstreamTries: { default: 3, min: 1, max: 3 },
  zoneQuestionsInFlight: { default: 100, min: 1, max: 65_536 },
  zoneMissesPerSecond: { default: 500, min: 1, max: 1_000_000 },
  cacheEntries: { default: 20_000, min: 100, max: 1_000_000 },
  cacheBytes: { default: 32 * MIB, min: MIB, max: 4096 * MIB },
  cacheTtlMinSeconds: { default: 0, min: 0, max: 3600 },
  cacheTtlMaxSeconds: { default: 86_400, min: 1, max: 604_800 },
  cacheNegativeTtlMaxSeconds: { default: 3600, min: 1, max: 10_800 },
  cacheFileBytes: { default: 4 * MIB, min: 4096, max: 64 * MIB },
  prefetchAsks: { default: 3, min: 1, max: 1_000_000 },
  prefetchesInFlight: { default: 32, min: 1, max: 1000 },
  prefetchesPerSecond: { default: 50, min: 1, max: 10_000 },
  listDownloadBytes: { default: 128 * MIB, min: 1024, max: 2048 * MIB },
  listDownloadMs: { default: 600_000, min: 500, max: 3_600_000 },
  listIdleMs: { default: 30_000, min: 100, max: 300_000 },
  listBytes: { default: 256 * MIB, min: 1024, max: 2048 * MIB },
  listNames: { default: 5_000_000, min: 100, max: 20_000_000 },
  refusedLinesKept: { default: 100, min: 0, max: 10_000 },
  outboxMemoryEvents: { default: 10_000, min: 100, max: 1_000_000 },
  outboxRows: { default: 1_000_000, min: 1000, max: 100_000_000 },
  shipTimeoutMs: { default: 10_000, min: 500, max: 120_000 },
  eventWindows: { default: 10_000, min: 100, max: 1_000_000 },
  signalNamesPerSecond: { default: 2_000, min: 10, max: 100_000 },
  signalAlertsPerSecond: { default: 500, min: 10, max: 100_000 },
  signalNamesPerClient: { default: 200, min: 10, max: 100_000 },
  queryLogBytes: { default: 1024 * MIB, min: 4 * MIB, max: 65_536 * MIB },
  controlConnections: { default: 16, min: 2, max: 256 },
  controlBodyBytes: { default: 65_536, min: 1024, max: MIB },
}

/** Limits that the file cannot move, because they guard the reading of it. */
export const FILE_LIMITS = {
  configBytes: 1_048_576,
  listeners: 16,
  groups: 64,
  networks: 4096,
  devices: 20_000,
  assignments: 20_000,
  leaseFiles: 16,
  radiusClients: 64,
  forwarders: 64,
  captureAddresses: 64,
  firewallServers: 64,
  leakResolvers: 4,
  schoolNames: 20_000,
  addressRules: 20_000,
  allowZones: 1000,
  lists: 256,
  mirrors: 8,
  privateHosts: 64,
  upstreams: 16,
  zones: 256,
  linkTargets: 16,
  /** Terms, closed days, exams: so many of each. */
  dayRanges: 512,
  periodsPerDay: 32,
  schedules: 64,
  scheduleTimes: 16,
  /** Schedules that one category follows. */
  timedSteps: 8,
} as const

/** The name of every limit, in the order of the table. */
export const LIMIT_NAMES: readonly (keyof Limits)[] = [
  'queriesInFlight',
  'tcpClients',
  'tcpClientsPerAddress',
  'tcpIdleMs',
  'tcpQueriesPerConnection',
  'clientQueriesPerSecond',
  'clientQueryBurst',
  'clientQueriesWaiting',
  'upstreamTimeoutMs',
  'upstreamTries',
  'zoneQuestionsInFlight',
  'zoneMissesPerSecond',
  'cacheEntries',
  'cacheBytes',
  'cacheTtlMinSeconds',
  'cacheTtlMaxSeconds',
  'cacheNegativeTtlMaxSeconds',
  'cacheFileBytes',
  'prefetchAsks',
  'prefetchesInFlight',
  'prefetchesPerSecond',
  'listDownloadBytes',
  'listDownloadMs',
  'listIdleMs',
  'listBytes',
  'listNames',
  'refusedLinesKept',
  'outboxMemoryEvents',
  'outboxRows',
  'shipTimeoutMs',
  'eventWindows',
  'signalNamesPerSecond',
  'signalAlertsPerSecond',
  'signalNamesPerClient',
  'queryLogBytes',
  'controlConnections',
  'controlBodyBytes',
]

/** A limit's key in the file. */
export function limitKey(name: keyof Limits): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Every limit, from the values that a file gives (by their keys in the file) or else the default. */
export function limitsFrom(given: Readonly<Record<string, number | undefined>>): Limits {
  const pick = (name: keyof Limits): number => given[limitKey(name)] ?? LIMIT_BOUNDS[name].default
  return {
    queriesInFlight: pick('queriesInFlight'),
    tcpClients: pick('tcpClients'),
    tcpClientsPerAddress: pick('tcpClientsPerAddress'),
    tcpIdleMs: pick('tcpIdleMs'),
    tcpQueriesPerConnection: pick('tcpQueriesPerConnection'),
    clientQueriesPerSecond: pick('clientQueriesPerSecond'),
    clientQueryBurst: pick('clientQueryBurst'),
    clientQueriesWaiting: pick('clientQueriesWaiting'),
    upstreamTimeoutMs: pick('upstreamTimeoutMs'),
    upstreamTries: pick('upstreamTries'),
    zoneQuestionsInFlight: pick('zoneQuestionsInFlight'),
    zoneMissesPerSecond: pick('zoneMissesPerSecond'),
    cacheEntries: pick('cacheEntries'),
    cacheBytes: pick('cacheBytes'),
    cacheTtlMinSeconds: pick('cacheTtlMinSeconds'),
    cacheTtlMaxSeconds: pick('cacheTtlMaxSeconds'),
    cacheNegativeTtlMaxSeconds: pick('cacheNegativeTtlMaxSeconds'),
    cacheFileBytes: pick('cacheFileBytes'),
    prefetchAsks: pick('prefetchAsks'),
    prefetchesInFlight: pick('prefetchesInFlight'),
    prefetchesPerSecond: pick('prefetchesPerSecond'),
    listDownloadBytes: pick('listDownloadBytes'),
    listDownloadMs: pick('listDownloadMs'),
    listIdleMs: pick('listIdleMs'),
    listBytes: pick('listBytes'),
    listNames: pick('listNames'),
    refusedLinesKept: pick('refusedLinesKept'),
    outboxMemoryEvents: pick('outboxMemoryEvents'),
    outboxRows: pick('outboxRows'),
    shipTimeoutMs: pick('shipTimeoutMs'),
    eventWindows: pick('eventWindows'),
    signalNamesPerSecond: pick('signalNamesPerSecond'),
    signalAlertsPerSecond: pick('signalAlertsPerSecond'),
    signalNamesPerClient: pick('signalNamesPerClient'),
    queryLogBytes: pick('queryLogBytes'),
    controlConnections: pick('controlConnections'),
    controlBodyBytes: pick('controlBodyBytes'),
  }
}
