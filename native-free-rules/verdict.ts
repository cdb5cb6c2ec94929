import type { CategoryId } from './category-ids.ts'
import type { DomainName } from './domain-name.ts'
import type { ListAnswer, RewriteService } from './list.ts'

/** `list` and `entry` of a verdict that no list is behind. */
export const NO_LIST = ''
export const NO_ENTRY = -1

/**
 * Why a query is blocked. The last four say something of the answer and not of the name: a rewrite whose target cannot
 * be had, one that would break a signed zone, an address that the school denies, and a private one of a public name.
 */
export const BLOCK_REASONS = [
  'locked',
  'bypass-floor',
  'school-deny',
  'category',
  'uncategorised',
  'rewrite-unavailable',
  'rewrite-signed',
  'address',
  'rebinding',
] as const
export type BlockReason = (typeof BLOCK_REASONS)[number]

interface Origin {
  /** What the name was taken for; absent for a school's own rules and for rewrites. */
  readonly category: CategoryId | undefined
  /** The list that decided, or NO_LIST. */
  readonly list: string
  /** The number of the entry that decided, or NO_ENTRY. */
  readonly entry: number
}

export interface BlockVerdict extends Origin {
  readonly kind: 'block'
  readonly reason: BlockReason
  /** How the list that decided wants it said; absent where it leaves that to the policy. */
  readonly answer?: ListAnswer
  /** What it wants it answered with instead: RDATA by record type. */
  readonly data?: ReadonlyMap<number, readonly Uint8Array[]>
}

export interface AllowVerdict extends Origin {
  readonly kind: 'allow'
  readonly reason:
    | 'protected'
    | 'core'
    | 'school-allow'
    | 'teacher-release'
    | 'category'
    | 'default'
    | 'special-use'
}

/** Allowed, and counted. */
export interface MonitorVerdict extends Origin {
  readonly kind: 'monitor'
  readonly reason: 'category' | 'uncategorised'
}

/**
 * Answered by another name's addresses: an allowed search engine by its safe name, or a category (which is then there)
 * by a name of the school's choice.
 */
export interface RewriteVerdict extends Origin {
  readonly kind: 'rewrite'
  readonly reason: 'safe-search' | 'redirect'
  readonly service: RewriteService | 'redirect'
  readonly target: DomainName
  /** Whether the name itself is monitored. */
  readonly isMonitored: boolean
}

/** Allowed, and answered with what a trusted list says. */
export interface LocalDataVerdict extends Origin {
  readonly kind: 'local-data'
  readonly reason: 'local-data'
  /** Answered by this name's addresses; then there is no data. */
  readonly target: DomainName | undefined
  /** RDATA by record type. */
  readonly data: ReadonlyMap<number, readonly Uint8Array[]>
}

/** What is done with a query. Every verdict of a view is made once and frozen. */
export type Verdict =
  | BlockVerdict
  | AllowVerdict
  | MonitorVerdict
  | RewriteVerdict
  | LocalDataVerdict

/** Every kind, in an order that counters may rely on while a program runs. */
export const VERDICT_KINDS: readonly Verdict['kind'][] = [
  'allow',
  'block',
  'monitor',
  'rewrite',
  'local-data',
]

/**
 * What is done instead when the target of a rewrite cannot be reached, or when a client that checks signatures would find the rewrite
 * of a signed zone forged: never the name as it is. Allocates; not for the fast path.
 */
export function blockInstead(
  { category, list, entry }: RewriteVerdict,
  reason: 'rewrite-unavailable' | 'rewrite-signed' = 'rewrite-unavailable',
): BlockVerdict {
  return Object.freeze({ kind: 'block', reason, category, list, entry })
}
