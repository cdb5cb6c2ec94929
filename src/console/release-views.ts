import type { FieldView } from './policy-views.ts'
import type { Choice } from './views.ts'

/** A release in words. */
export interface ReleaseItem {
  /** The site or the category. */
  readonly what: string
  /** For whom and when. */
  readonly text: string
  readonly reason: string
  readonly who: string
  /** Empty where there is one box alone. */
  readonly box: string
  /** Undefined for whom that is not, and where it is over. */
  readonly endHref: string | undefined
  readonly endLabel: string
}

/** What teachers are let open for a lesson, and the form by which that begins. */
export interface ReleasesView {
  readonly view: 'releases'
  readonly inForce: readonly ReleaseItem[]
  readonly over: readonly ReleaseItem[]
  /** Empty where no box has told of groups. */
  readonly groups: readonly Choice[]
  readonly categories: readonly Choice[]
  readonly form: Readonly<Record<'group' | 'category' | 'name' | 'minutes' | 'reason', FieldView>>
  /** What was done, and not everywhere; empty where nothing is to be said. */
  readonly notice: string
  readonly problems: readonly { readonly text: string; readonly href: string }[]
}
