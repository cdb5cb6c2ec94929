import { type LocalRecord, whyNotRecords } from '../local-data.ts'
import { type RuleFailure, ruleFailure } from '../rule-failure.ts'
import type { ActionTaker, ListAction, ListRule } from './rule-taker.ts'

/** Triggers of one list that are held back until its end, because each of their records is a line of its own. */
export const HELD_NAMES_MAX = 8_192

/** A line of a list, counted from 1. */
export interface ListLine {
  readonly line: number
  readonly text: string
}

interface Held<Trigger> {
  readonly trigger: Trigger
  readonly records: LocalRecord[]
  readonly lines: ListLine[]
}

/** Collects a list's local data, so that the records of one trigger become one rule. */
export interface LocalDataBook<Trigger = Omit<ListRule, 'action'>> {
  readonly hold: (trigger: Trigger, record: LocalRecord, at: ListLine) => RuleFailure | undefined
  /** Gives all that was held to the taker; what it does not take is a refused line. */
  readonly end: () => void
}

/** How a book tells triggers apart, and where it puts their rules. */
interface BookTaker<Trigger> extends Pick<ActionTaker, 'refuse'> {
  readonly keyOf: (trigger: Trigger) => string
  readonly take: (
    trigger: Trigger,
    action: Extract<ListAction, { readonly kind: 'local-data' }>,
  ) => RuleFailure | undefined
}

/** A book for the names of one list. */
export function makeLocalDataBook(taker: ActionTaker): LocalDataBook {
  return makeBook({
    keyOf: ({ name, scope, condition }) => JSON.stringify([name.toLowerCase(), scope, condition]),
    take: (rule, action) => taker.take({ ...rule, action }),
    refuse: taker.refuse,
  })
}

/** A book for any kind of trigger. */
export function makeBook<Trigger>({
  keyOf,
  take,
  refuse,
}: BookTaker<Trigger>): LocalDataBook<Trigger> {
  const held = new Map<string, Held<Trigger>>()
  return {
    hold: (trigger, record, at) => {
      const key = keyOf(trigger)
      const known = held.get(key)
      const why = whyNotRecords([...(known?.records ?? []), record])
      if (why !== undefined) return ruleFailure('bad-data', why)
      const { line, text } = at
      if (known) {
        known.records.push(record)
        known.lines.push({ line, text })
      } else if (held.size >= HELD_NAMES_MAX)
        return ruleFailure('too-much-data', 'too many names with data in one list')
      else held.set(key, { trigger, records: [record], lines: [{ line, text }] })
      return undefined
    },
    end: () => {
      for (const { trigger, records, lines } of held.values()) {
        const failure = take(trigger, { kind: 'local-data', records })
        if (failure) for (const { line, text } of lines) refuse(line, text, failure.detail)
      }
      held.clear()
    },
  }
}
