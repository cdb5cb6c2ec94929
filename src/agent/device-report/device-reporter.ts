import type { Clock } from '#platform/clock.ts'
import { DeviceSeries, type DevicesNow, type PostSigned } from './send-series.ts'

/** Once a minute at most; the first when the sources have had time to tell. */
const TELL_EVERY_MS = 60_000
const FIRST_AFTER_MS = 15_000
/** Where the collector takes nothing, the wait doubles up to this many times the interval. */
const WAITS_MAX = 16

export interface DeviceReporterParts extends NowReaders {
  readonly appliance: string
  readonly post: PostSigned
  readonly clock: Clock
  /** Told why the collector refused; without anybody's name. */
  readonly onFault: (text: string) => void
  readonly everyMs?: number
  readonly firstAfterMs?: number
}

interface NowReaders {
  readonly devices: () => Promise<DevicesNow['devices']>
  readonly networks: () => DevicesNow['networks']
  readonly bypass: () => DevicesNow['bypass']
}

/** Counts since the start, but for those of the last turn. */
export interface DeviceReporterReadings {
  readonly partsTaken: number
  readonly rowsTaken: number
  readonly refused: number
  readonly away: number
  readonly startedOver: number
  readonly leftOut: number
  readonly unknownBypass: number
}

export interface DeviceReporter {
  readonly readings: () => DeviceReporterReadings
  /** No more turns; a request that is under way is its sender's to break off. */
  readonly close: () => void
}

/**
 * Tells the collector of devices and networks: a snapshot, and then what changed. Nothing here waits for the collector, and a
 * collector that is away or refuses costs a wait.
 */
export function makeDeviceReporter(parts: DeviceReporterParts): DeviceReporter {
  const { clock, onFault, everyMs = TELL_EVERY_MS, firstAfterMs = FIRST_AFTER_MS } = parts
  const series = new DeviceSeries(parts.appliance, parts.post)
  const counts = { refused: 0, away: 0, startedOver: 0 }
  let failures = 0
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const later = (delayMs: number): void => {
    if (isClosed) return
    timer = setTimeout(run, delayMs)
  }
  const tell = async (): Promise<boolean> => {
    const devices = await parts.devices()
    const now = { devices, networks: parts.networks(), bypass: parts.bypass() }
    let outcome = await series.tell(now, clock.wallMs())
    if (outcome.kind === 'conflict') {
      counts.startedOver += 1
      series.startOver()
      outcome = await series.tell(now, clock.wallMs())
    }
    if (outcome.kind === 'refused' || outcome.kind === 'conflict') {
      counts.refused += 1
      series.startOver()
      onFault(
        `devices: ${outcome.kind === 'refused' ? outcome.text : 'the collector asks for them again and again'}`,
      )
    }
    if (outcome.kind === 'away') counts.away += 1
    return outcome.kind === 'taken'
  }
  const run = (): void => {
    tell().then(
      (isTaken) => {
        failures = isTaken ? 0 : failures + 1
        later(everyMs * Math.min(WAITS_MAX, 2 ** failures))
      },
      () => {
        failures += 1
        onFault('devices: a part of the agent failed while they were told')
        later(everyMs * Math.min(WAITS_MAX, 2 ** failures))
      },
    )
  }
  later(firstAfterMs)
  return {
    readings: () => ({ ...series.tally, ...counts }),
    close: () => {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
