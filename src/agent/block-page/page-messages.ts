import type { AskedFor, AskOutcome, PageFacts } from './page-facts.ts'
import type { PageLanguage } from './wording/languages.ts'

/** Where the page is served. */
export interface PageEndpoint {
  readonly address: string
  readonly port: number
}

/** What may change while the page is served. */
export interface PageWords {
  readonly language: PageLanguage
  /** Shown to everybody; empty where the configuration names none. */
  readonly school: string
  /** Whom to ask; empty likewise. */
  readonly contact: string
}

/** What the worker serves, and in whose name. */
export interface PageSettings extends PageWords {
  readonly listen: readonly PageEndpoint[]
  readonly tls:
    | {
        readonly listen: readonly PageEndpoint[]
        readonly certificate: string
        readonly key: string
      }
    | undefined
}

/** How one listener or the certificate is. */
export interface PagePart {
  /** `http 192.0.2.80:80`, `https ...` or `certificate`. */
  readonly part: string
  readonly isWell: boolean
  readonly detail: string
}

/** A question of the worker's; the answer bears the same number. */
export type PageQuestion =
  | {
      readonly kind: 'look'
      readonly number: number
      readonly address: string
      readonly host: string
    }
  | {
      readonly kind: 'ask'
      readonly number: number
      readonly address: string
      readonly host: string
      readonly form: AskedFor
    }

export type FromPage =
  | PageQuestion
  | { readonly kind: 'state'; readonly parts: readonly PagePart[] }
  /** Since the last such message, by outcome. */
  | { readonly kind: 'counts'; readonly counts: Readonly<Record<PageOutcome, number>> }

export type ToPage =
  | { readonly kind: 'facts'; readonly number: number; readonly facts: PageFacts }
  | { readonly kind: 'outcome'; readonly number: number; readonly outcome: AskOutcome }
  | ({ readonly kind: 'words' } & PageWords)

/** What became of one connection or request on the page: a metric label, so the set is closed. */
export const PAGE_OUTCOMES = [
  'page',
  'embedded',
  'asked',
  'bad-request',
  'too-many-connections',
  'too-many-requests',
  'busy',
] as const
export type PageOutcome = (typeof PAGE_OUTCOMES)[number]

/** Nothing has come of anything yet. */
export function noPageCounts(): Record<PageOutcome, number> {
  return {
    page: 0,
    embedded: 0,
    asked: 0,
    'bad-request': 0,
    'too-many-connections': 0,
    'too-many-requests': 0,
    busy: 0,
  }
}
