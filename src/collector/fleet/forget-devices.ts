import { DEVICE_DAYS_MAX } from '#domain/device-report.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { DeviceStore } from '../store/collector-store.ts'

const FORGET_EVERY_MS = 3_600_000
const DAY_MS = 86_400_000

/** Deletes devices that were not seen for DEVICE_DAYS_MAX: now, and every hour. */
export function startForgetting(parts: {
  readonly store: Pick<DeviceStore, 'dropUnseen'>
  readonly clock: Clock
  readonly log: Log
}): { readonly stop: () => void } {
  const { store, clock, log } = parts
  const forget = (): void => {
    store.dropUnseen(clock.wallMs() - DEVICE_DAYS_MAX * DAY_MS).then(
      (devices) => {
        if (devices > 0) log.info({ devices }, 'devices that were not seen for long are deleted')
      },
      (error: unknown) => log.error({ err: error }, 'old devices could not be deleted'),
    )
  }
  forget()
  const timer = setInterval(forget, FORGET_EVERY_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
