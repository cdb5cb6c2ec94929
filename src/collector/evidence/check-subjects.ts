import { check } from '#console/words/check.ts'
import { CATEGORIES, isAlerting } from '#rules/categories.ts'
import type { CategorySeverity } from '#rules/category-table.ts'
import { canaryOf } from '#rules/sets/canaries.ts'

/** Something that can be tried on a device. */
export interface CheckSubject {
  readonly id: string
  readonly title: string
  /** The made-up name to open; empty where the person chooses a site that lessons need. */
  readonly name: string
  /** Of the alert that it raises; `none` where it raises none. */
  readonly severity: CategorySeverity
}

/** The counter-check: that lessons are not kept from what they need. */
export const LESSON_SITE = 'lesson-site'

/**
 * What boxes tell of, by its canary: what they see is then known too, which tells a block from a name that opens nowhere.
 * And a site that has to open.
 */
export const CHECK_SUBJECTS: readonly CheckSubject[] = [
  ...CATEGORIES.filter(({ id }) => isAlerting(id)).map(({ id, title, severity }) => ({
    id,
    title,
    name: canaryOf(id),
    severity,
  })),
  { id: LESSON_SITE, title: check.lessonSite, name: '', severity: 'none' },
]

const byId: ReadonlyMap<string, CheckSubject> = new Map(CHECK_SUBJECTS.map((one) => [one.id, one]))

export function checkSubject(id: string): CheckSubject | undefined {
  return byId.get(id)
}
