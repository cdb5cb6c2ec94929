/**
 * Watches the line and the upstreams: rounds of probes, an assessment of each round, and events when it changes. The path
 * of one round: probe all at once -> records -> `assess` -> `LinkHysteresis` -> `link-changed`; every five minutes `link-sampled`.
 */
import type { EventDraft } from '#domain/event.ts'
import type { LinkStatus } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { ProbedUpstream } from './endpoint.ts'
import type { LinkLimits } from './link-limits.ts'
import { LinkWatch } from './link-watch.ts'
import type { LinkTarget } from './target-addresses.ts'

export interface LinkMonitorOptions {
  readonly upstreams: readonly ProbedUpstream[]
  readonly targets: readonly LinkTarget[]
  /** Between rounds while nothing changes. */
  readonly intervalMs: number
  /** Whose NS records the upstreams are asked for; `.` is right nearly everywhere. */
  readonly probeName: string
  /** How the run before ended, as the outbox knows it. */
  readonly previousRun: PreviousEnd | undefined
  /** Never throws, never blocks. */
  readonly emit: (draft: EventDraft) => void
  /** Told after each change. */
  readonly onChange?: (status: LinkStatus) => void
  readonly clock: Clock
  readonly limits: LinkLimits
  readonly log: Log
}

export interface PreviousEnd {
  readonly stop: 'first-start' | 'clean' | 'unclean'
  readonly lastAliveAt?: number
}

/** One upstream or target in figures, for metrics. */
export interface LinkReading {
  readonly target: string
  readonly probe: 'dns' | 'tcp'
  /** Probes since the start, and those of them that were lost. */
  readonly sent: number
  readonly lost: number
  /** Over the last five minutes; the mean round trip is undefined when nothing came back. */
  readonly lossRatio: number
  readonly meanRttMs: number | undefined
}

export interface LinkMonitor {
  readonly status: () => LinkStatus
  readonly readings: () => readonly LinkReading[]
  /** A live query found an upstream failing: the next round comes at once, not in ten seconds. */
  readonly observe: (isReached: boolean) => void
  /** Ends the probing, tells the sample that was being gathered. */
  readonly close: () => Promise<void>
}

/** Starts probing after a short random wait. Throws `ProbeNameError` for a name that cannot be asked for. */
export function startLinkMonitor(options: LinkMonitorOptions): LinkMonitor {
  const watch = new LinkWatch(options)
  watch.start()
  return {
    status: () => watch.status(),
    readings: () => watch.readings(),
    observe: (isReached) => watch.observe(isReached),
    close: () => watch.close(),
  }
}
