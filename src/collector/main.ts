/**
 * The collector, put together: boxes deliver signed batches, the store keeps them, people read them.
 * The way of an event: `ingest/ingest-routes` checks who signed, `ingest/take-batch` what it is, `store/take-batch`
 * keeps it exactly once, `http/live-hub` tells open pages, `pages/` and `#console` show it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { makePlainTime } from '#console/present/plain-time.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type Log, makeLog } from '#platform/log.ts'
import type { ServedCertificate } from '#platform/served-certificate.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { makeAccounts } from './accounts/accounts.ts'
import { makeViewerOf } from './accounts/viewer.ts'
import { makeAuditLog } from './audit/audit-log.ts'
import { COLLECTOR_LIMITS, type CollectorLimits } from './config/collector-limits.ts'
import {
  type CollectorOptions,
  DEFAULT_TIME_ZONE,
  type Listen,
  LOCAL_TENANT,
} from './config/collector-options.ts'
import { makeEnrolments } from './enrol/enrolments.ts'
import { type FleetReadings, makeFleetReadings } from './fleet/fleet-readings.ts'
import { type FleetWatch, makeFleetWatch } from './fleet/fleet-watch.ts'
import { startForgetting } from './fleet/forget-devices.ts'
import { type AllowedHosts, makeAllowedHosts } from './http/allowed-hosts.ts'
import { openConsoleCertificate } from './http/console-certificate.ts'
import { type ConsoleDeps, makeConsoleServer } from './http/console-server.ts'
import { startControlSocket } from './http/control-socket.ts'
import { listen } from './http/listen.ts'
import { type LiveHub, makeLiveHub } from './http/live-hub.ts'
import { makeMetricsServer } from './http/metrics-server.ts'
import { makeNonceMemory } from './ingest/nonce-memory.ts'
import { makePages } from './pages/pages.ts'
import { makeSessions } from './sign-in/sessions.ts'
import { makeSignInCodes, type SignInCodes } from './sign-in/sign-in-codes.ts'
import { type Alerting, startAlerting } from './start-alerting.ts'
import { startEvidence } from './start-evidence.ts'
import { startPolicy } from './start-policy.ts'
import { startWaysIn } from './start-ways-in.ts'
import type { CollectorStore } from './store/collector-store.ts'
import { makeSqliteStore, openCollectorFile } from './store/sqlite-store.ts'

export type { CollectorOptions } from './config/collector-options.ts'

/** A running collector. */
export interface Collector {
  readonly consoleUrl: string
  /** Over TLS; undefined where it is not served so. */
  readonly secureUrl: string | undefined
  readonly metricsUrl: string
  /** Makes a code for signing in; the one before is void from now. */
  newSignInCode(): string
  /** Ends open streams and connections, then closes the store. */
  close(): Promise<void>
}

const SILENCE_CHECK_MS = 5000
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])

/**
 * Starts console, ingest, metrics and control socket. Rejects with `CollectorError`, `StoreError` or the system's own
 * error when something cannot start; nothing is left running then.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const clock = options.clock ?? systemClock
  const limits = { ...COLLECTOR_LIMITS, ...options.limits }
  const db = openCollectorFile(join(options.stateDir, 'collector.sqlite'))
  const store = makeSqliteStore(db, limits.faultsKeptMax)
  const hub = makeLiveHub(limits)
  const running: FastifyInstance[] = []
  const ending: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    hub.close()
    await Promise.all([...running.map((server) => server.close()), ...ending.map((end) => end())])
    store.close()
  }
  try {
    return await put(options, { clock, limits, db, store, hub, running, ending, stop })
  } catch (error) {
    await stop()
    throw error
  }
}

interface Parts {
  readonly clock: Clock
  readonly limits: CollectorLimits
  readonly db: Sqlite
  readonly store: CollectorStore
  readonly hub: LiveHub
  readonly running: FastifyInstance[]
  /** What else has to end before the store is closed. */
  readonly ending: (() => Promise<void>)[]
  readonly stop: () => Promise<void>
}

async function put(options: CollectorOptions, parts: Parts): Promise<Collector> {
  const { clock, limits, store, hub, ending } = parts
  const { tenant = LOCAL_TENANT, school = '' } = options
  const log = makeLog('collector', options.logLevel)
  const release = readVersion()
  const hosts = makeAllowedHosts(options.publicHosts)
  const enrolments = makeEnrolments({ enrolledDir: options.enrolledDir, clock, log, limits })
  const watch = makeFleetWatch(clock, limits.silentAfterMs)
  const time = makePlainTime(options.timeZone ?? DEFAULT_TIME_ZONE)
  const codes = makeSignInCodes(clock, limits)
  const accounts = makeAccounts({ db: parts.db, tenant, clock, limits })
  const audit = makeAuditLog({ db: parts.db, tenant, clock, limits })
  const sessions = makeSessions({ store, tenant, clock, limits })
  const readings = makeFleetReadings({ store, tenant, enrolments, watch, clock, limits })
  await recall(store, tenant, watch)
  const fleet = { readings, sessions, accounts, release }
  const alerting = startAlerting(options, { ...parts, ...fleet, tenant, log })
  ending.push(alerting.close)
  const { metrics, notify, reads: alertReads, themeReads, reports, alerts } = alerting
  const policy = startPolicy(parts, tenant, { enrolments, metrics })
  ending.push(policy.close)
  const shown = startEvidence({ ...parts, log }, tenant)
  tellWrongAddress(notify.consoleUrl(), hosts, log)

  const heads = new Set((options.heads ?? []).map((user) => user.toLowerCase()))
  const ways = startWaysIn(options, { db: parts.db, tenant, clock, limits, log })
  const people = { accounts, sessions, audit, ...ways }
  const read = { store, alertReads, themeReads, reports, tenant, enrolments, watch, time, heads }
  const ours = { ...read, ...people, ...shown, policy }
  const pages = makePages({ ...ours, notices: notify, clock, limits, release, school })
  const nonces = makeNonceMemory(limits)
  const { heard } = watch
  const { publish } = hub
  const stored = alerts.wake
  const believed = { enrolments, nonces, policy }
  const ingest = { ...believed, store, clock, metrics, log, heard, publish, stored }
  const { confirmations } = notify
  const viewerOf = makeViewerOf(accounts, isLocalOnly(options))
  const asked = { hosts, pages, alerts, policy, confirmations, notify, hub, clock, time }
  const forPeople = { ...people, ...asked, ...shown, viewerOf, codes }
  const console = { ...forPeople, metrics, limits, ingest }
  return openDoors(options, { ...parts, log, watch, console, alerting, codes, readings, release })
}

interface Doors extends Parts {
  readonly log: Log
  readonly watch: FleetWatch
  readonly console: ConsoleDeps
  readonly alerting: Pick<Alerting, 'metrics' | 'notify'>
  readonly codes: SignInCodes
  readonly readings: FleetReadings
  readonly release: string
}

/** Listens everywhere, and begins what is done at intervals. */
async function openDoors(options: CollectorOptions, doors: Doors): Promise<Collector> {
  const { clock, running, ending, log, console, alerting, codes, readings, release } = doors
  const { metrics, notify } = alerting
  const consoleUrl = await openConsole(console, options.console, running)
  const secureUrl = await openSecure(options, console, doors)
  const metricsServer = makeMetricsServer(metrics, readings.fleetText)
  running.push(metricsServer)
  const metricsUrl = await listen(metricsServer, 'http', options.metrics)
  const startedAt = clock.monotonicMs()
  const status = (): Promise<Record<string, unknown>> =>
    readings.status({
      consoleUrl,
      ...(secureUrl && { secureUrl }),
      release,
      uptimeMs: Math.round(clock.monotonicMs() - startedAt),
      notify: { ...notify.readings(), drill: notify.drill() ?? null, pushKey: notify.pushKey },
    })
  const api = { newSignInCode: codes.issue, status }
  running.push(await startControlSocket(join(options.stateDir, 'collector.sock'), api))
  ending.push(startTurns(doors, doors.watch, log))
  log.info({ consoleUrl, secureUrl, metricsUrl }, 'collector listens')
  return { consoleUrl, secureUrl, metricsUrl, newSignInCode: codes.issue, close: doors.stop }
}

/** What is done at intervals, whoever asks; answers how to end it. */
function startTurns(
  { clock, store, hub }: Parts,
  watch: FleetWatch,
  log: Log,
): () => Promise<void> {
  const silence = setInterval(() => {
    for (const id of watch.fallenSilent()) hub.publish({ kind: 'appliance', id })
  }, SILENCE_CHECK_MS)
  silence.unref()
  const forgetting = startForgetting({ store, clock, log })
  return () => {
    clearInterval(silence)
    forgetting.stop()
    return Promise.resolve()
  }
}

/** What boxes said before a restart still stands until they speak again. */
async function recall(store: CollectorStore, tenant: string, watch: FleetWatch): Promise<void> {
  for (const { appliance, report, receivedAt } of await store.statuses(tenant))
    watch.heard(appliance, report, receivedAt)
}

/** The console can be reached from this machine alone: by loopback, and under no other name. */
function isLocalOnly({ console: { host }, secure, publicHosts }: CollectorOptions): boolean {
  const hosts = [host, ...(secure ? [secure.host] : [])]
  return publicHosts.length === 0 && hosts.every((one) => LOOPBACK.has(one))
}

/** Links of messages that lead nowhere are found by those who need them. */
function tellWrongAddress(url: string | undefined, hosts: AllowedHosts, log: Log): void {
  if (url === undefined || hosts.originOf(new URL(url).host) !== undefined) return
  log.warn(
    { console: url },
    'links in messages lead to a name that this console does not know; give it with --public-host',
  )
}

async function openConsole(
  deps: ConsoleDeps,
  at: Listen,
  running: FastifyInstance[],
  certificate?: ServedCertificate,
): Promise<string> {
  const server = await makeConsoleServer(deps, certificate)
  running.push(server)
  const scheme = certificate ? 'https' : 'http'
  const url = await listen(server, scheme, at)
  // A URL leaves out the port that is its scheme's own.
  const port = Number(new URL(url).port) || (certificate ? 443 : 80)
  deps.hosts.listensAt(scheme, { ...at, port })
  return url
}

async function openSecure(
  options: CollectorOptions,
  deps: ConsoleDeps,
  { running, ending, clock, log }: Pick<Parts, 'running' | 'ending' | 'clock'> & { log: Log },
): Promise<string | undefined> {
  if (options.secure === undefined) return undefined
  const certificate = openConsoleCertificate(options, options.secure, { clock, log })
  ending.push(() => Promise.resolve(certificate.close()))
  return openConsole(deps, options.secure, running, certificate)
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const manifest: { version: string } = JSON.parse(text)
  return manifest.version
}
