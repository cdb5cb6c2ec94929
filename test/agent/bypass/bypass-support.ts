import type { BypassSignal } from '#agent/bypass/bypass-signal.ts'
import { BypassWatch, type BypassWatchOptions } from '#agent/bypass/bypass-watch.ts'
import type { BypassNoticed } from '#domain/bypass-event.ts'
import type { EventDraft } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import { handTime } from '#test/support/hand-time.ts'

export const MINUTE = 60_000
export const HOUR: number = 60 * MINUTE

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
