import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Change } from '../http/live-hub.ts'
import type { CollectorMetrics } from '../metrics/collector-metrics.ts'
import type { AlertDesk } from './alert-desk.ts'
import type { AlertChange } from './raise-alert.ts'

export interface RunningDesk {
  /** Judges what has come; call it after each batch and each act of a person. It gives way to requests between transactions. */
  readonly wake: () => void
  readonly stop: () => void
}

/** Runs the desk: at once, whenever it is woken, and every few seconds for what time brings. */
export function startAlertDesk(parts: {
  readonly desk: AlertDesk
  readonly clock: Clock
  readonly log: Log
  readonly lookEveryMs: number
  readonly metrics: Pick<CollectorMetrics, 'alertChanged'>
  readonly publish: (change: Change) => void
}): RunningDesk {
  const { desk, clock, log, lookEveryMs, metrics, publish } = parts
  let soon: NodeJS.Immediate | undefined

  const tell = (changes: readonly AlertChange[]): void => {
    for (const one of changes) {
      metrics.alertChanged(one)
      publish({ kind: 'alert', id: one.alert })
    }
  }
  const safely = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      log.error({ err: error }, 'alerts could not be judged; what waits is kept')
    }
  }
  const work = (): void => {
    soon = undefined
    safely(() => {
      tell(desk.takeActs())
      const before = desk.counters().waiting
      tell(desk.takeInbox(clock.wallMs()))
      const { waiting } = desk.counters()
      if (waiting > 0 && waiting < before) wake()
    })
  }
  const wake = (): void => {
    soon ??= setImmediate(work)
  }

  work()
  const timer = setInterval(() => {
    safely(() => tell(desk.look(clock.wallMs())))
    wake()
  }, lookEveryMs)
  timer.unref()
  return {
    wake,
    stop: () => {
      clearInterval(timer)
      clearImmediate(soon)
    },
  }
}
