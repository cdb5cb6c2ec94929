import type { BypassSignal } from '#agent/bypass/bypass-signal.ts'
import { BypassWatch, type BypassWatchOptions } from '#agent/bypass/bypass-watch.ts'
import type { BypassNoticed } from '#domain/bypass-event.ts'
import type { EventDraft } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import type { After } from '#platform/timer.ts'

export const WALL_START: number = Date.UTC(2026, 10, 20, 9)
export const MINUTE = 60_000
export const HOUR: number = 60 * MINUTE

/** A clock and timers that move only when they are told to. */
export function handTime(): { clock: Clock; after: After; advance: (ms: number) => void } {
  let nowMs = 0
  let timers: { atMs: number; run: () => void }[] = []
  const after: After = (delayMs, run) => {
    const timer = { atMs: nowMs + delayMs, run }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  const advance = (ms: number): void => {
    const endMs = nowMs + ms
    for (;;) {
      const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0]
      if (!next || next.atMs > endMs) break
      timers = timers.filter((other) => other !== next)
      nowMs = Math.max(nowMs, next.atMs)
      next.run()
    }
    nowMs = endMs
  }
  const clock: Clock = { wallMs: () => WALL_START + Math.floor(nowMs), monotonicMs: () => nowMs }
  return { clock, after, advance }
}

export interface WatchLab {
  readonly watch: BypassWatch
  readonly drafts: EventDraft[]
  readonly advance: (ms: number) => void
  readonly clock: Clock
  /** The newest revision of each event, in the order in which they began. */
  readonly events: () => readonly BypassNoticed[]
}

/** A watch whose devices are their addresses, in group ks3. */
export function makeWatch(change: Partial<BypassWatchOptions> = {}): WatchLab {
  const { clock, after, advance } = handTime()
  const drafts: EventDraft[] = []
  const watch = new BypassWatch({
    clock,
    after,
    emit: (draft) => drafts.push(draft),
    who: ({ address, mac }) => ({ id: mac ?? address, group: 'ks3', mac }),
    asksHere: () => false,
    ...change,
  })
  const events = (): readonly BypassNoticed[] => {
    const newest = new Map(drafts.map((draft) => [draft.id, draft.body]))
    return [...newest.values()].filter((body) => body.kind === 'bypass-noticed')
  }
  return { watch, drafts, advance, clock, events }
}

export const DEVICE = '192.0.2.10'

export function signal(change: Partial<BypassSignal> & Pick<BypassSignal, 'sign'>): BypassSignal {
  return { address: DEVICE, count: 1, sample: 'sample.example.org', ...change }
}
