import type { DomainName } from '#rules/domain-name.ts'

/** Whom the words are for. Guests read what older pupils read. */
export const AUDIENCES = ['primary', 'secondary', 'staff'] as const
export type Audience = (typeof AUDIENCES)[number]

/** What the words for a block are chosen by: a family of categories, or what else decided. */
export const FAMILIES = [
  'security',
  'bypass',
  'adult',
  'hate',
  'crime',
  'commerce',
  'contact',
  'ai',
  'info',
  'media',
  'search',
  'prod',
  'unlisted',
  'school',
  'address',
  'private',
] as const
export type Family = (typeof FAMILIES)[number]

/** A request to unblock as its asker sees it. */
export interface AskedBefore {
  readonly reference: string
  /** On the school's clocks. */
  readonly at: string
  /** What school IT said; absent while it waits. */
  readonly answer?: string
}

export interface BlockedFacts {
  readonly kind: 'blocked'
  readonly audience: Audience
  readonly name: DomainName
  readonly family: Family
  /** Title of the category, where there is one and the audience is told. */
  readonly category?: string
  /** Title of the list; staff only. */
  readonly list?: string
  /** On the school's clocks. */
  readonly at: string
  readonly canAsk: boolean
  readonly asked?: AskedBefore
}

/**
 * All that the page learns of a block. Of what is locked or may mean that a child is at risk it learns neither name, category nor
 * list, so it cannot show them.
 */
export type PageFacts =
  /** Nobody's client: a foreign address. */
  | { readonly kind: 'stranger' }
  /** Asked by address, or by what is no name. */
  | { readonly kind: 'no-name'; readonly audience: Audience }
  | { readonly kind: 'open'; readonly audience: Audience; readonly name: DomainName }
  | { readonly kind: 'unreachable'; readonly audience: Audience; readonly name: DomainName }
  | { readonly kind: 'locked' }
  /** Blocked in `harm.*`: helplines, and no reason. */
  | { readonly kind: 'care'; readonly audience: Audience }
  | BlockedFacts

/** What somebody wrote into the form; hostile text, cut to the limits. */
export interface AskedFor {
  readonly why: string
  /** Staff only. */
  readonly lesson?: string
  /** Staff only: for how long, in minutes. */
  readonly minutes?: number
}

/** What became of a request to unblock; the facts are those after it. */
export interface AskOutcome {
  readonly kind: 'taken' | 'taken-before' | 'full' | 'not-possible' | 'not-kept'
  readonly facts: PageFacts
}
