import type { CategoryId } from '#rules/category-ids.ts'
import type { DomainName } from '#rules/domain-name.ts'

/** What is released: a category, or a name with everything below it. */
export type ReleaseTarget =
  | { readonly kind: 'category'; readonly category: CategoryId }
  | { readonly kind: 'name'; readonly name: DomainName }

/** A teacher's release for one group, from its granting to its end. */
export interface Release {
  readonly id: string
  readonly group: string
  readonly target: ReleaseTarget
  readonly reason: string
  readonly who: string
  /** Milliseconds since the epoch. */
  readonly grantedAt: number
  readonly endsAt: number
}

/** The name or category, as it is written. */
export function targetText(target: ReleaseTarget): string {
  return target.kind === 'category' ? target.category : target.name
}
