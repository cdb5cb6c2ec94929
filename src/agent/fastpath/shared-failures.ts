import { machineOffsetMs } from '#platform/clock.ts'
import type { KeptFailure, KeptFailures } from '../cache/kept-failures.ts'

/** A failure on its way to another thread: its times are on the machine's monotonic clock. */
export interface SharedFailure {
  readonly key: string
  readonly failure: KeptFailure
}

/** Told at once at most; in a storm of failures the worker learns of the others when it asks. */
const TOLD_MAX = 1_000

/** What has failed on the main thread, on its way to the worker: those of a turn of the event loop go together. */
export class SharedFailures {
  readonly #tell: (failures: readonly SharedFailure[]) => void
  #gathered: SharedFailure[] = []

  constructor(tell: (failures: readonly SharedFailure[]) => void) {
    this.#tell = tell
  }

  share(key: string, failure: KeptFailure): void {
    if (this.#gathered.length >= TOLD_MAX) return
    if (this.#gathered.length === 0)
      setImmediate(() => {
        this.#tell(this.#gathered)
        this.#gathered = []
      })
    this.#gathered.push({ key, failure: moved(failure, machineOffsetMs) })
  }
}

/** Takes up what another thread has told. */
export function takeFailures(told: readonly SharedFailure[], failures: KeptFailures): void {
  for (const { key, failure } of told) failures.take(key, moved(failure, -machineOffsetMs))
}

function moved(failure: KeptFailure, byMs: number): KeptFailure {
  const { notedAtMs, untilMs } = failure
  return { ...failure, notedAtMs: notedAtMs + byMs, untilMs: untilMs + byMs }
}
