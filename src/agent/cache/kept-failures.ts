/** Failures are remembered, so that a question that fails is not asked again at once (RFC 9520). */

/** `loop`: the upstreams lead back here. `handed-on`: another thread goes on with it, and whoever asks now goes there too. */
export type FailureKind = 'silent' | 'faulty' | 'refused' | 'loop' | 'handed-on'

export interface KeptFailure {
  readonly kind: FailureKind
  readonly notedAtMs: number
  /** No upstream is asked before; monotonic. */
  untilMs: number
  /** How long that was, for the next time to be longer; 0: the next is as the first. */
  windowMs: number
  /** Nothing at all had been heard for some time, so it says nothing of the name. */
  readonly isOutage: boolean
}

/** Failures kept at once; the oldest give way. */
const FAILURES_MAX = 4_096
const FIRST_WINDOW_MS = 2_000
/** RFC 9520 section 3.2: at least a second, at most five minutes. */
const LEAST_MS = 1_000
const WINDOW_MS_MAX = 300_000
/** While the line is out names are tried again soon, so that everything is back when it is. */
const OUTAGE_WINDOW_MS_MAX = 4_000
/** Without any good answer for so long, a failure is laid at the line's door. */
const OUTAGE_AFTER_MS = 10_000
/** A failure this long after the last window is a new one. */
const FORGET_AFTER_MS = 600_000

type OnNote = (key: string, failure: KeptFailure) => void

/** Failures by the cache's key: one name and type does not speak for another. */
export class KeptFailures {
  readonly #failures = new Map<string, KeptFailure>()
  #answeredAtMs = Number.NEGATIVE_INFINITY
  /** When a failure was first laid at the line's door; undefined while upstreams answer. */
  #outSinceMs: number | undefined
  #onNote: OnNote | undefined
  /** How many have been noted. */
  noted = 0

  /** The failure that stands for a key. */
  find(key: string, nowMs: number): KeptFailure | undefined {
    if (this.#failures.size === 0) return undefined
    const failure = this.#failures.get(key)
    return failure && nowMs < failure.untilMs ? failure : undefined
  }

  /** Keeps a failure: longer each time, but never for long where nothing is heard of anything. */
  note(key: string, kind: Exclude<FailureKind, 'handed-on'>, nowMs: number): void {
    const isOutage = nowMs - this.#answeredAtMs > OUTAGE_AFTER_MS
    const before = this.#failures.get(key)
    const isNew = !before || nowMs - before.untilMs > FORGET_AFTER_MS
    const grown = isNew ? FIRST_WINDOW_MS : Math.max(FIRST_WINDOW_MS, before.windowMs * 2)
    const windowMs = Math.min(grown, isOutage ? OUTAGE_WINDOW_MS_MAX : WINDOW_MS_MAX)
    const failure = { kind, notedAtMs: nowMs, untilMs: nowMs + windowMs, windowMs, isOutage }
    this.take(key, failure)
    this.noted += 1
    this.#onNote?.(key, failure)
  }

  /** Keeps one that another thread has noted. */
  take(key: string, failure: KeptFailure): void {
    if (failure.isOutage) this.#outSinceMs ??= failure.notedAtMs
    // Behind all others: the first one is the oldest.
    this.#failures.delete(key)
    const [oldest] = this.#failures.size < FAILURES_MAX ? [] : this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
    this.#failures.set(key, failure)
  }

  /** Another thread goes on with a question for so long at most. */
  handOn(key: string, nowMs: number, forMs: number): void {
    const untilMs = nowMs + forMs
    this.take(key, { kind: 'handed-on', notedAtMs: nowMs, untilMs, windowMs: 0, isOutage: false })
  }

  /** A good answer has come: its own failure is over, and where the line was out, so is that. */
  noteAnswer(key: string, atMs: number): void {
    this.#answeredAtMs = Math.max(this.#answeredAtMs, atMs)
    if (this.#failures.size === 0) return
    this.#failures.delete(key)
    if (this.#outSinceMs === undefined || atMs < this.#outSinceMs) return
    this.#outSinceMs = undefined
    for (const failure of this.#failures.values()) {
      failure.untilMs = Math.min(failure.untilMs, failure.notedAtMs + LEAST_MS)
      failure.windowMs = 0
    }
  }

  /** Forgets those whose key is meant. */
  flush(isMeant: (key: string) => boolean): void {
    for (const key of this.#failures.keys()) if (isMeant(key)) this.#failures.delete(key)
  }

  /** Tells of every failure that is noted here from now on. */
  onNote(listener: OnNote): void {
    this.#onNote = listener
  }

  /** How many stand. */
  countAt(nowMs: number): number {
    let count = 0
    for (const { untilMs } of this.#failures.values()) if (nowMs < untilMs) count += 1
    return count
  }
}
