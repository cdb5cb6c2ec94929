import type { NetworkTrigger } from '../address-rule-book.ts'
import type { RuleEffect, RuleScope } from '../list.ts'
import type { ListSink } from '../list-sink.ts'
import type { RuleCondition } from '../rule-condition.ts'
import type { RuleFailure } from '../rule-failure.ts'

/** What a parser gives its findings to. */
export interface RuleTaker {
  /** One name with what it covers. A failure means that it was not taken in: the parser then refuses its line. */
  readonly emit: (name: string, scope: RuleScope) => RuleFailure | undefined
  /** A line, counted from 1, that says nothing usable. */
  readonly refuse: (line: number, text: string, reason: string) => void
}

/** What a rule of a list that says more than names does; `block` is by the list's category. */
export type ListAction =
  | { readonly kind: 'block'; readonly answer?: 'nxdomain' | 'nodata' | 'refused' }
  | { readonly kind: 'tcp-only' }
  | Extract<RuleEffect, { readonly kind: 'except' | 'local-data' }>

/** A rule of such a list. */
export interface ListRule {
  readonly name: string
  readonly scope: RuleScope
  readonly action: ListAction
  readonly condition?: RuleCondition
}

/** A rule on a network. */
export interface NetworkRule {
  readonly network: NetworkTrigger
  readonly action: ListAction
}

/** What a parser of such lists gives its findings to. */
export interface ActionTaker {
  /** Whether the list may do more than block. What is not asked here is refused where it is taken in. */
  readonly isTrusted: boolean
  readonly take: (rule: ListRule) => RuleFailure | undefined
  readonly takeNetwork: (rule: NetworkRule) => RuleFailure | undefined
  /** Takes back a rule of this list that means the same; false when there is none. */
  readonly takeBack: (rule: ListRule) => boolean
  readonly refuse: (line: number, text: string, reason: string) => void
}

/** Reads one list's text as it comes. Nothing that a list may hold makes it throw or stop. */
export interface ListParser {
  /** The next piece of the text, cut anywhere. */
  readonly write: (chunk: string) => void
  /** After the last piece. */
  readonly end: () => void
}

type Categorise = Extract<RuleEffect, { readonly kind: 'categorise' }>

/** Gives everything a parser finds one effect, and puts it into a list of an index. */
export function takeInto(sink: ListSink, effect: RuleEffect): RuleTaker {
  return {
    emit: (name, scope) => sink.add(name, scope, effect),
    refuse: (line, text, reason) => {
      sink.refuse(line, text, reason)
    },
  }
}

/** The same for lists whose rules say what they do. */
export function takeActionsInto(
  sink: ListSink,
  effect: Categorise,
  isTrusted: boolean,
): ActionTaker {
  // One object an answer, because equal effects are recognised fastest by identity.
  const answering = {
    nxdomain: { ...effect, answer: 'nxdomain' },
    nodata: { ...effect, answer: 'nodata' },
    refused: { ...effect, answer: 'refused' },
  } as const
  const tcpOnly = { kind: 'tcp-only', category: effect.category } as const
  const effectOf = (action: ListAction): RuleEffect => {
    if (action.kind === 'tcp-only') return tcpOnly
    if (action.kind !== 'block') return action
    return action.answer === undefined ? effect : answering[action.answer]
  }
  return {
    isTrusted,
    take: ({ name, scope, action, condition }) =>
      sink.add(name, scope, effectOf(action), condition),
    takeNetwork: ({ network, action }) =>
      sink.addNetwork(
        network,
        // Blocked by its category all the same: the records are how that is said.
        action.kind === 'local-data' ? { ...effect, records: action.records } : effectOf(action),
      ),
    takeBack: ({ name, scope, action, condition }) =>
      sink.remove(name, scope, effectOf(action), condition),
    refuse: (line, text, reason) => {
      sink.refuse(line, text, reason)
    },
  }
}
