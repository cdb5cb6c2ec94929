import { type LocalRecord, whyNotRecords } from '../local-data.ts'
import { type RuleFailure, ruleFailure } from '../rule-failure.ts'
import type { ActionTaker, ListRule } from './rule-taker.ts'

/** Names of one list that are held back until its end, because each of their records is a line of its own. */
export const HELD_NAMES_MAX = 8_192

/** A line of a list, counted from 1. */
export interface ListLine {
  readonly line: number
  readonly text: string
}

interface Held {
  readonly rule: Omit<ListRule, 'action'>
  readonly records: LocalRecord[]
  readonly lines: ListLine[]
}

/** Collects a list's local data, so that the records of one name become one rule. */
export interface LocalDataBook {
  readonly hold: (
    rule: Omit<ListRule, 'action'>,
    record: LocalRecord,
    at: ListLine,
  ) => RuleFailure | undefined
  /** Gives all that was held to the taker; what it does not take is a refused line. */
  readonly end: () => void
}

/** A book for one list. */
export function makeLocalDataBook(taker: ActionTaker): LocalDataBook {
  const held = new Map<string, Held>()
  return {
    hold: (rule, record, at) => {
      const key = JSON.stringify([rule.name.toLowerCase(), rule.scope, rule.condition])
      const known = held.get(key)
      const why = whyNotRecords([...(known?.records ?? []), record])
      if (why !== undefined) return ruleFailure('bad-data', why)
      const { line, text } = at
      if (known) {
        known.records.push(record)
        known.lines.push({ line, text })
      } else if (held.size >= HELD_NAMES_MAX)
        return ruleFailure('too-much-data', 'too many names with data in one list')
      else held.set(key, { rule, records: [record], lines: [{ line, text }] })
      return undefined
    },
    end: () => {
      for (const { rule, records, lines } of held.values()) {
        const failure = taker.take({ ...rule, action: { kind: 'local-data', records } })
        if (failure) for (const { line, text } of lines) taker.refuse(line, text, failure.detail)
      }
      held.clear()
    },
  }
}
