/**
 * Events that grow for a while: each is told at once when its owner says so, else as a revision a bounded time later, and its last state
 * always, whether its time is over, it makes room for another, or the agent stops. Pure but for what it is given.
 */
import type { EventDraft } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import { type After, after as realAfter } from '#platform/timer.ts'

/** What every event that may still be revised has. */
export interface OpenEvent {
  /** When it ends, on the monotonic clock: the wall clock may jump. */
  readonly endsMs: number
  /** The last revision that was told; 0 before the first. */
  revision: number
}

export interface OpenEventsOptions<E> {
  readonly clock: Clock
  /** How long a change waits at most, so that no event is told twice within that time. */
  readonly revisionEveryMs: number
  /** Events that are open at a time: beyond it the oldest ends early, and is counted. */
  readonly openMax: number
  /** The event as its newest revision. */
  readonly draftOf: (event: E) => EventDraft
  /** Never throws, never blocks. */
  readonly emit: (draft: EventDraft) => void
  /** An event has been told for the last time. */
  readonly onEnd?: (event: E) => void
  readonly after?: After
}

/** Begins with no event open. All last equally long, so that the one opened first ends first. */
export class OpenEvents<E extends OpenEvent> {
  readonly #options: OpenEventsOptions<E>
  /** In the order in which they end. */
  readonly #open: Map<string, E> = new Map()
  /** When each event with something untold is due, in that order. */
  readonly #due: Map<E, number> = new Map()
  #cancel: (() => void) | undefined
  #closedEarly = 0

  constructor(options: OpenEventsOptions<E>) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  /** Events that ended before their time, because there were too many. */
  get closedEarly(): number {
    return this.#closedEarly
  }

  get(key: string): E | undefined {
    return this.#open.get(key)
  }

  values(): IterableIterator<E> {
    return this.#open.values()
  }

  /** Opens an event; nothing is told of it yet. */
  add(key: string, event: E): void {
    const [oldest] = this.#open
    if (oldest && this.#open.size >= this.#options.openMax) {
      this.#end(...oldest)
      this.#closedEarly++
    }
    this.#open.set(key, event)
  }

  /** Goes on with events of the run before, as many as there is room for; call it before the first `add`. Answers which. */
  resume(events: readonly (readonly [key: string, event: E])[]): readonly E[] {
    const resumed: E[] = []
    for (const [key, event] of events.toSorted(([, a], [, b]) => a.endsMs - b.endsMs)) {
      if (this.#open.size >= this.#options.openMax) break
      if (this.#open.has(key)) continue
      this.#open.set(key, event)
      resumed.push(event)
    }
    return resumed
  }

  /** Tells an event as it is now. */
  tell(event: E): void {
    this.#due.delete(event)
    event.revision++
    this.#options.emit(this.#options.draftOf(event))
  }

  /** Tells it a bounded time from now, whatever comes, also where it has ended. */
  tellLater(event: E): void {
    if (this.#due.has(event)) return
    const { clock, revisionEveryMs } = this.#options
    this.#due.set(event, clock.monotonicMs() + revisionEveryMs)
    if (!this.#cancel) this.#arm(revisionEveryMs)
  }

  /** Ends what has had its time. */
  closeEnded(nowMs: number): void {
    for (const [key, event] of this.#open) {
      if (event.endsMs > nowMs) return
      this.#end(key, event)
    }
  }

  /** Tells every last state that has not been, also of what ended and was revised since. */
  close(): void {
    this.#cancel?.()
    for (const [key, event] of this.#open) this.#end(key, event)
    for (const event of this.#due.keys()) this.tell(event)
  }

  #end(key: string, event: E): void {
    if (this.#due.has(event)) this.tell(event)
    this.#open.delete(key)
    this.#options.onEnd?.(event)
  }

  /** There is one timer at a time, and it stays armed while nothing is due before it. */
  #arm(delayMs: number): void {
    const { after = realAfter } = this.#options
    this.#cancel = after(delayMs, () => this.#tellDue())
  }

  #tellDue(): void {
    this.#cancel = undefined
    const nowMs = this.#options.clock.monotonicMs()
    for (const [event, dueMs] of this.#due) {
      if (dueMs > nowMs) return this.#arm(dueMs - nowMs)
      this.tell(event)
    }
  }
}
