/** A school whose lookups are written down, played through everything that makes events and signals of them. */
import { makeSignalling } from '#agent/signals/make-signalling.ts'
import { SIGNAL_DESK_LIMITS, type SignalFound } from '#agent/signals/signal-desk.ts'
import type { EventDraft } from '#domain/event.ts'
import type { Moment } from '#domain/signal.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { Observation } from '#safeguarding/judge.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import type { Weights } from '#safeguarding/weights.ts'
import { handTime } from './hand-time.ts'
import { observationOf } from './observation-of.ts'

/** One lookup: when (seconds after the beginning), what, and how it was decided; by `pupil` where nobody is named. */
export interface Step {
  readonly at: number
  readonly name: string
  readonly category?: CategoryId
  readonly verdict?: 'allowed' | 'monitored' | 'blocked'
  readonly client?: string
}

export interface School {
  readonly weights?: Weights
  readonly moment?: Moment
  readonly confidence?: number
  readonly clients?: number
}

/** What came of the lookups: the newest state of each event, and every signal in the order in which it was told. */
export interface Played {
  readonly events: readonly EventDraft[]
  readonly signals: readonly (SignalFound & { readonly atSeconds: number })[]
  readonly observations: readonly Observation[]
  readonly endsAtMs: number
  readonly clientsEvicted: number
}

export const SCHOOL_STARTS: number = Date.UTC(2026, 10, 24, 10)

/** A blocked lookup, a watched one, and one that nothing is wrong with. */
export const blocked = (at: number, name: string, category: CategoryId): Step => ({
  at,
  name,
  category,
  verdict: 'blocked',
})
export const monitored = (at: number, name: string, category: CategoryId): Step => ({
  at,
  name,
  category,
  verdict: 'monitored',
})
export const allowed = (at: number, name: string, category?: CategoryId): Step => ({
  at,
  name,
  verdict: 'allowed',
  ...(category && { category }),
})

/** A page, its own assets and what it embeds, within a second. */
export function page(at: number, site: string, embeds: readonly string[] = []): readonly Step[] {
  return [
    allowed(at, `www.${site}`),
    allowed(at + 0.3, `static.${site}`),
    ...embeds.map((name, i) => allowed(at + 0.4 + i * 0.05, name)),
  ]
}

/** Plays the steps, and then ten minutes of silence. The desk is asked each second, as a worker does. */
export function playSchool(steps: readonly Step[], school: School = {}): Played {
  const { weights = SHIPPED_WEIGHTS, moment = 'lesson', confidence = 95, clients } = school
  const { clock, after, advance } = handTime(SCHOOL_STARTS)
  const newest = new Map<string, EventDraft>()
  const signals: (SignalFound & { readonly atSeconds: number })[] = []
  const signalling = makeSignalling({
    clock,
    after,
    weights,
    emit: (draft) => newest.set(draft.id, draft),
    describe: (address) => ({ address, confidence }),
    momentAt: () => moment,
    limits: { ...SIGNAL_DESK_LIMITS, windows: 1_000, clients: clients ?? 1_000 },
    onFound: (one) => signals.push({ ...one, atSeconds: clock.monotonicMs() / 1_000 }),
  })
  const goTo = (seconds: number): void => {
    for (;;) {
      const leftMs = seconds * 1_000 - clock.monotonicMs()
      if (leftMs <= 0) return
      advance(Math.min(leftMs, 1_000))
      signalling.look()
    }
  }
  for (const step of steps.toSorted((a, b) => a.at - b.at)) {
    goTo(step.at)
    const { name, category, verdict = 'allowed', client = 'pupil' } = step
    const decided = { client, group: 'ks3', name, type: 1, verdict, atMs: clock.wallMs() }
    signalling.lookup(category ? { ...decided, category } : decided)
  }
  goTo(clock.monotonicMs() / 1_000 + 660)
  signalling.close()
  const events = [...newest.values()]
  return {
    events,
    signals,
    observations: events.flatMap((event) => observationOf(event, false) ?? []),
    endsAtMs: clock.wallMs(),
    clientsEvicted: signalling.counters().clientsEvicted,
  }
}
