import type { CategoryId } from './category-ids.ts'
import type { DomainName } from './domain-name.ts'
import type { RewriteService } from './list.ts'

/** `list` and `entry` of a verdict that no list is behind. */
export const NO_LIST = ''
export const NO_ENTRY = -1

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
  readonly reason:
    | 'locked'
    | 'bypass-floor'
    | 'school-deny'
    | 'category'
    | 'uncategorised'
    | 'rewrite-unavailable'
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
}

/** Allowed, and counted. */
export interface MonitorVerdict extends Origin {
  readonly kind: 'monitor'
  readonly reason: 'category' | 'uncategorised'
}

/** Allowed, by another name's addresses. */
export interface RewriteVerdict extends Origin {
  readonly kind: 'rewrite'
  readonly reason: 'safe-search'
  readonly service: RewriteService
  readonly target: DomainName
  /** Whether the name itself is monitored. */
  readonly isMonitored: boolean
}

/** What is done with a query. Every verdict of a view is made once and frozen. */
export type Verdict = BlockVerdict | AllowVerdict | MonitorVerdict | RewriteVerdict

/**
 * What is done instead when the target of a rewrite cannot be reached: never the name as it is. Allocates; not for the fast path.
 */
export function blockInstead({ category, list, entry }: RewriteVerdict): BlockVerdict {
  return Object.freeze({ kind: 'block', reason: 'rewrite-unavailable', category, list, entry })
}
