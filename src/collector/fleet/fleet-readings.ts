import type { ShownState } from '#console/present/link-words.ts'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import type { Enrolments } from '../enrol/enrolments.ts'
import { fleetMetricsText } from '../metrics/fleet-metrics.ts'
import type { CollectorStore } from '../store/collector-store.ts'
import type { FleetWatch } from './fleet-watch.ts'

const DAY_MS = 86_400_000

/** Readings over all boxes, for metrics and for the control socket. */
export interface FleetReadings {
  readonly missingEvents: () => Promise<number>
  readonly states: () => ReadonlyMap<ShownState, number>
  readonly fleetText: () => string
  readonly status: (own: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>>
}

export function makeFleetReadings(deps: {
  readonly store: CollectorStore
  readonly tenant: string
  readonly enrolments: Enrolments
  readonly watch: FleetWatch
  readonly clock: Clock
  readonly limits: CollectorLimits
}): FleetReadings {
  const { store, tenant, enrolments, watch, clock, limits } = deps
  const missingEvents = async (): Promise<number> =>
    (await store.gaps(tenant)).reduce((sum, { missing }) => sum + missing, 0)

  const states = (): ReadonlyMap<ShownState, number> => {
    const counts = new Map<ShownState, number>()
    for (const { appliance } of enrolments.all()) {
      const state = watch.stateOf(appliance)
      counts.set(state, (counts.get(state) ?? 0) + 1)
    }
    return counts
  }

  const fleetText = (): string =>
    fleetMetricsText(
      enrolments.all().flatMap(({ appliance }) => {
        const heard = watch.lastHeard(appliance)
        return heard === undefined ? [] : [{ appliance, heardAt: heard.at, report: heard.report }]
      }),
      {
        nowMs: clock.wallMs(),
        staleAfterMs: limits.fleetStaleAfterMs,
        seriesPerApplianceMax: limits.fleetSeriesPerApplianceMax,
      },
    )

  const status: FleetReadings['status'] = async (own) => ({
    ...own,
    missingEvents: await missingEvents(),
    eventsLastDay: Object.fromEntries(await store.severityCounts(tenant, clock.wallMs() - DAY_MS)),
    appliances: enrolments.all().map(({ appliance, name }) => ({
      appliance,
      name,
      state: watch.stateOf(appliance),
      lastHeardAt: watch.lastHeard(appliance)?.at ?? null,
    })),
  })

  return { missingEvents, states, fleetText, status }
}
