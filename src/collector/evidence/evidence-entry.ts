/** What stands in the rows of checks and decisions: for ever, so words are added here and never changed. Texts are of people and hostile. */
import type { Role } from '../accounts/role.ts'
import type { DeviceKind, Expected, Finding, Seen } from './check-words.ts'

/** A check of the filter that a person made on a real device. */
export interface CheckFacts {
  readonly device: string
  readonly deviceKind: DeviceKind
  readonly room: string
  readonly network: string
  readonly group: string
  /** The id of what was tried, and the name that was asked for; empty where the person chose one. */
  readonly tried: string
  readonly name: string
  readonly expected: Expected
  readonly seen: Seen
  /** Groups in which boxes told of it meanwhile. */
  readonly toldIn: readonly string[]
  readonly finding: Finding
  readonly note: string
}

/** What was done of a check that did not show what was expected. */
export interface FollowUpFacts {
  readonly text: string
  /** Nothing is left to do. */
  readonly isSettled: boolean
}

export const DECISION_AREAS = [
  'blocked',
  'allowed',
  'monitoring',
  'people',
  'devices',
  'other',
] as const
export type DecisionArea = (typeof DECISION_AREAS)[number]

/** What the school decided, and why; days as `YYYY-MM-DD`. */
export interface DecisionFacts {
  readonly area: DecisionArea
  readonly title: string
  readonly reason: string
  readonly decidedBy: string
  readonly decidedOn: string
  readonly reviewOn: string
}

export const AMENDMENT_KINDS = ['kept', 'changed', 'ended'] as const
export type AmendmentKind = (typeof AMENDMENT_KINDS)[number]

/** What a review of a decision came to. */
export interface AmendmentFacts {
  readonly outcome: AmendmentKind
  readonly text: string
  readonly decidedBy: string
  /** Empty where it ended. */
  readonly reviewOn: string
}

/** A part of the yearly review as it was signed. */
export interface SignedPart {
  readonly heading: string
  /** SHA-256 of all that stood under it, in hexadecimal. */
  readonly hash: string
}

/** A leader signed the yearly review. */
export interface SignOffFacts {
  readonly name: string
  readonly role: Role
  /** What they said to its limits, and what is to be done. */
  readonly text: string
  readonly parts: readonly SignedPart[]
}

/** A row to be kept. */
export type EvidenceEntry =
  | { readonly kind: 'check-made'; readonly facts: CheckFacts }
  | { readonly kind: 'check-followed-up'; readonly facts: FollowUpFacts }
  | { readonly kind: 'decision-made'; readonly facts: DecisionFacts }
  | { readonly kind: 'decision-amended'; readonly facts: AmendmentFacts }
  | { readonly kind: 'review-signed'; readonly facts: SignOffFacts }

/** A row as it is kept. */
export interface Kept<Facts> {
  readonly sequence: number
  /** Of the check or decision that it is, or belongs to. */
  readonly id: string
  readonly at: number
  /** Name and address of the account. */
  readonly who: string
  readonly facts: Facts
}
