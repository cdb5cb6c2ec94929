import { shownState } from '#console/present/appliance-view.ts'
import type { ShownState } from '#console/present/link-words.ts'
import type { StatusReport } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'

interface Heard {
  readonly at: number
  readonly report: StatusReport
}

/** Who was heard when, in memory: for metrics, and to notice that somebody fell silent. */
export interface FleetWatch {
  readonly heard: (appliance: string, report: StatusReport, atMs: number) => void
  readonly lastHeard: (appliance: string) => Heard | undefined
  readonly isSilent: (atMs: number) => boolean
  readonly stateOf: (appliance: string) => ShownState
  /** Appliances that fell silent since the last call. */
  readonly fallenSilent: () => readonly string[]
}

/** Bounded by the enrolments: only enrolled appliances may be given to `heard`. */
export function makeFleetWatch(clock: Clock, silentAfterMs: number): FleetWatch {
  const known = new Map<string, Heard>()
  const silent = new Set<string>()
  const isSilent = (atMs: number): boolean => clock.wallMs() - atMs > silentAfterMs
  return {
    heard: (appliance, report, at) => {
      known.set(appliance, { at, report })
      silent.delete(appliance)
    },
    lastHeard: (appliance) => known.get(appliance),
    isSilent,
    stateOf: (appliance) => {
      const heard = known.get(appliance)
      if (heard === undefined) return 'never'
      return shownState({ heard, isSilent: isSilent(heard.at) })
    },
    fallenSilent: () => {
      const fallen = [...known].filter(([one, { at }]) => isSilent(at) && !silent.has(one))
      for (const [one] of fallen) silent.add(one)
      return fallen.map(([one]) => one)
    },
  }
}
