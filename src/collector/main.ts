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
import { makeLog } from '#platform/log.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { judge } from '#safeguarding/judge.ts'
import { makeAlertDesk } from './alerts/alert-desk.ts'
import { makeAlertReads } from './alerts/alert-reads.ts'
import type { AlertSettings } from './alerts/alert-settings.ts'
import { startAlertDesk } from './alerts/start-alert-desk.ts'
import { COLLECTOR_LIMITS, type CollectorLimits } from './config/collector-limits.ts'
import {
  type CollectorOptions,
  DEFAULT_TIME_ZONE,
  type Listen,
  LOCAL_TENANT,
} from './config/collector-options.ts'
import { makeEnrolments } from './enrol/enrolments.ts'
import { makeFleetReadings } from './fleet/fleet-readings.ts'
import { type FleetWatch, makeFleetWatch } from './fleet/fleet-watch.ts'
import { startForgetting } from './fleet/forget-devices.ts'
import { makeAllowedHosts } from './http/allowed-hosts.ts'
import { makeConsoleServer } from './http/console-server.ts'
import { startControlSocket } from './http/control-socket.ts'
import { type LiveHub, makeLiveHub } from './http/live-hub.ts'
import { makeMetricsServer } from './http/metrics-server.ts'
import { makeNonceMemory } from './ingest/nonce-memory.ts'
import { makeCollectorMetrics } from './metrics/collector-metrics.ts'
import { makePages } from './pages/pages.ts'
import { makeSessions } from './sign-in/sessions.ts'
import { makeSignInCodes } from './sign-in/sign-in-codes.ts'
import type { CollectorStore } from './store/collector-store.ts'
import { makeSqliteStore, openCollectorFile } from './store/sqlite-store.ts'

export type { CollectorOptions } from './config/collector-options.ts'

/** A running collector. */
export interface Collector {
  readonly consoleUrl: string
  readonly metricsUrl: string
  /** Makes a code for signing in; the one before is void from now. */
  newSignInCode(): string
  /** Ends open streams and connections, then closes the store. */
  close(): Promise<void>
}

const SILENCE_CHECK_MS = 5000

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
  const stop = async (): Promise<void> => {
    hub.close()
    await Promise.all(running.map((server) => server.close()))
    store.close()
  }
  try {
    return await put(options, { clock, limits, db, store, hub, running, stop })
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
  readonly stop: () => Promise<void>
}

async function put(options: CollectorOptions, parts: Parts): Promise<Collector> {
  const { clock, limits, db, store, hub, running, stop } = parts
  const tenant = options.tenant ?? LOCAL_TENANT
  const log = makeLog('collector', options.logLevel)
  const release = readVersion()
  const hosts = makeAllowedHosts(options.console, options.publicHosts)
  const enrolments = makeEnrolments({ enrolledDir: options.enrolledDir, clock, log, limits })
  const watch = makeFleetWatch(clock, limits.silentAfterMs)
  const time = makePlainTime(options.timeZone ?? DEFAULT_TIME_ZONE)
  const codes = makeSignInCodes(clock, limits)
  const sessions = makeSessions({ store, tenant, clock, limits })
  const readings = makeFleetReadings({ store, tenant, enrolments, watch, clock, limits })
  const desk = makeAlertDesk(db, { judge, settings: alertSettings(options, limits) })
  const alertReads = makeAlertReads(db)
  const metrics = makeCollectorMetrics({
    missingEvents: readings.missingEvents,
    states: readings.states,
    sessions: sessions.count,
    liveClients: hub.size,
    alerts: () => ({ ...desk.counters(), open: alertReads.openCounts(tenant) }),
    version: release,
  })
  await recall(store, tenant, watch)

  const pages = makePages({
    store,
    alertReads,
    tenant,
    enrolments,
    watch,
    clock,
    limits,
    time,
    release,
  })
  const nonces = makeNonceMemory(limits)
  const { heard } = watch
  const { publish } = hub
  const alertDesk = startAlertDesk({ desk, clock, log, metrics, publish })
  const ingest = {
    store,
    enrolments,
    nonces,
    clock,
    metrics,
    log,
    heard,
    publish,
    stored: alertDesk.wake,
  }
  const alerts = { desk, wake: alertDesk.wake, tenant, clock, limits: limits.alerts }
  const consoleDeps = { codes, sessions, hosts, pages, metrics, limits, hub, ingest, alerts }
  const consoleServer = await makeConsoleServer(consoleDeps)
  running.push(consoleServer)
  const consoleUrl = await listen(consoleServer, options.console)
  hosts.setPort(Number(new URL(consoleUrl).port))
  const metricsServer = makeMetricsServer(metrics, readings.fleetText)
  running.push(metricsServer)
  const metricsUrl = await listen(metricsServer, options.metrics)
  const startedAt = clock.monotonicMs()
  const status = (): Promise<Record<string, unknown>> =>
    readings.status({ consoleUrl, release, uptimeMs: Math.round(clock.monotonicMs() - startedAt) })
  const api = { newSignInCode: codes.issue, status }
  running.push(await startControlSocket(join(options.stateDir, 'collector.sock'), api))

  const silence = setInterval(() => {
    for (const id of watch.fallenSilent()) publish({ kind: 'appliance', id })
  }, SILENCE_CHECK_MS)
  silence.unref()
  const forgetting = startForgetting({ store, clock, log })
  log.info({ consoleUrl, metricsUrl }, 'collector listens')
  return {
    consoleUrl,
    metricsUrl,
    newSignInCode: codes.issue,
    close: async () => {
      clearInterval(silence)
      forgetting.stop()
      alertDesk.stop()
      await stop()
    },
  }
}

function alertSettings(options: CollectorOptions, limits: CollectorLimits): AlertSettings {
  const { heads = [], isSimulated = false } = options
  return { limits: limits.alerts, heads, isSimulated }
}

/** What boxes said before a restart still stands until they speak again. */
async function recall(store: CollectorStore, tenant: string, watch: FleetWatch): Promise<void> {
  for (const { appliance, report, receivedAt } of await store.statuses(tenant))
    watch.heard(appliance, report, receivedAt)
}

async function listen(server: FastifyInstance, { host, port }: Listen): Promise<string> {
  await server.listen({ host, port })
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const inUrl = shown.includes(':') ? `[${shown}]` : shown
  const bound = server.server.address()
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port
  return `http://${inUrl}:${boundPort}`
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const manifest: { version: string } = JSON.parse(text)
  return manifest.version
}
