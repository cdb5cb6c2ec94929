import type { RuleEffect, RuleScope } from '../list.ts'
import type { ListSink } from '../list-sink.ts'
import type { RuleFailure } from '../rule-failure.ts'

/** What a parser gives its findings to. */
export interface RuleTaker {
  /** One name with what it covers. A failure means that it was not taken in: the parser then refuses its line. */
  readonly emit: (name: string, scope: RuleScope) => RuleFailure | undefined
  /** A line, counted from 1, that says nothing usable. */
  readonly refuse: (line: number, text: string, reason: string) => void
}

/** Reads one list's text as it comes. Nothing that a list may hold makes it throw or stop. */
export interface ListParser {
  /** The next piece of the text, cut anywhere. */
  readonly write: (chunk: string) => void
  /** After the last piece. */
  readonly end: () => void
}

/** Gives everything a parser finds one effect, and puts it into a list of an index. */
export function takeInto(sink: ListSink, effect: RuleEffect): RuleTaker {
  return {
    emit: (name, scope) => sink.add(name, scope, effect),
    refuse: (line, text, reason) => {
      sink.refuse(line, text, reason)
    },
  }
}
