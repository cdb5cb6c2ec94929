import type { CategoryId } from './category-ids.ts'
import type { DomainName } from './domain-name.ts'
import type { LocalRecord } from './local-data.ts'
import type { RuleCondition } from './rule-condition.ts'

/** Where a list comes from and what may be believed of it. */
export interface ListSource {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly licence: string
  readonly version: string
  /** When its content last changed, in milliseconds since the epoch. */
  readonly updatedAt: number
  /** Downloaded lists are not: they may only block, and never by a locked or an always-allowed category. */
  readonly trusted: boolean
  /** Of the list's own rules on a name only the nearest counts, as in response policy zones; otherwise all of them do. */
  readonly isNearestOnly?: true
}

/** How a list wants its blocks said, whatever the policy's own way. */
export const LIST_ANSWERS = ['nxdomain', 'nodata', 'refused'] as const
export type ListAnswer = (typeof LIST_ANSWERS)[number]

export type RewriteService = 'safesearch' | 'youtube-strict' | 'youtube-moderate'
/** The groups a school's own rule is for. */
export type RuleGroups = readonly string[] | 'all'

/** What a rule says of the names it covers. */
export type RuleEffect =
  | {
      readonly kind: 'categorise'
      readonly category: CategoryId
      readonly answer?: ListAnswer
      /** What a block is answered with instead: addresses and texts, no alias. */
      readonly records?: readonly LocalRecord[]
    }
  /** Where the category is blocked, only questions over TCP are answered. */
  | { readonly kind: 'tcp-only'; readonly category: CategoryId }
  /** Lifts every other rule of its own list, and of no other. */
  | { readonly kind: 'except' }
  | { readonly kind: 'rewrite'; readonly service: RewriteService; readonly target: DomainName }
  /** Answered with these records where the rest allows it. */
  | { readonly kind: 'local-data'; readonly records: readonly LocalRecord[] }
  | SchoolEffect

/** What the school itself says of a name: for whom, and until when. */
export interface SchoolEffect {
  readonly kind: 'school-allow' | 'school-deny'
  readonly groups: RuleGroups
  /** Milliseconds since the epoch, at which it goes out of force; absent for ever. */
  readonly until?: number
}

/** Which names a rule covers: this name only, this name and all below, or only those strictly below. */
export const RULE_SCOPES = ['exact', 'subtree', 'below'] as const
export type RuleScope = (typeof RULE_SCOPES)[number]

/** One of the distinct (list, effect, condition) triples of an index; rules that have all three in common share it. */
export interface RuleEntry {
  readonly id: number
  readonly list: string
  readonly effect: RuleEffect
  readonly condition?: RuleCondition
}

/** A line that was not taken in, kept so that somebody can mend the list. */
export interface RefusedLine {
  /** Counted from 1; 0 where the rule came from no line. */
  readonly line: number
  /** Hostile text, cut. */
  readonly text: string
  readonly reason: string
}

/** A list as it was compiled. */
export interface ListManifest extends ListSource {
  /** Rules taken in; a line that repeats another is not counted. */
  readonly names: number
  /** Those of them that have a condition. */
  readonly conditional: number
  readonly refusedLines: number
  /** The first refused lines, up to a limit. */
  readonly refused: readonly RefusedLine[]
  readonly categories: readonly CategoryId[]
  /** Those of `categories` with at least one name that is not a `.test` canary. */
  readonly categoriesWithNames: readonly CategoryId[]
}
