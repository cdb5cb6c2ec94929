import type { EventDraft } from '#domain/event.ts'
import { isSafeguarding } from '#domain/event.ts'
import type { Signal } from '#domain/signal.ts'
import { isCategoryId } from '#rules/category-ids.ts'
import type { Observation } from '#safeguarding/judge.ts'

/**
 * An event without a signal was seen a moment ago, or comes from a box that scores nothing: a single lookup, of which
 * nothing tells whether a person chose it.
 */
const UNSCORED = { intent: 50, moment: 'unknown', isNew: false, distinctNames: 1 } as const

/** A safeguarding event's newest revision as judging takes it; undefined for any other, or for a category that is not known here. */
export function observationOf(
  { id, body }: Pick<EventDraft, 'id' | 'body'>,
  isSnoozed: boolean,
): Observation | undefined {
  if (!isSafeguarding(body) || !isCategoryId(body.category)) return undefined
  const { category, client, count, firstAt, name, profile, signal } = body
  const { intent, moment, isNew, distinctNames } = signal ?? UNSCORED
  const burst = signal?.parts.find(({ part }) => part === 'burst')?.value
  return {
    event: id,
    at: firstAt,
    category,
    site: signal?.site ?? (name.form === 'clear' ? name.name : name.hash),
    isBlocked: body.kind === 'lookup-blocked',
    lookups: count,
    distinctNames,
    intent,
    moment,
    isNew,
    ...wayRoundOf(signal),
    ...(burst !== undefined && { burst }),
    confidence: client.confidence ?? 0,
    isSnoozed,
    ...(profile && { profile }),
  }
}

function wayRoundOf(signal: Signal | undefined): Pick<Observation, 'wayRoundAfterSeconds'> {
  const seconds = signal?.wayRoundAfterSeconds
  return seconds === undefined ? {} : { wayRoundAfterSeconds: seconds }
}
