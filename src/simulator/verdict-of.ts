/** What the box does with a name of a category, as its default policy for the group says. */

import { defaultsOf, PROFILE_NAMES, type ProfileName } from '#agent/policy/profiles.ts'
import { categoryOf, type DefaultAction } from '#rules/categories.ts'
import { CATEGORY_IDS, type CategoryId } from '#rules/category-ids.ts'

export type SimulatedVerdict = 'allowed' | 'monitored' | 'blocked'

type Row = ReadonlyMap<CategoryId, SimulatedVerdict>

/** A lookup of a name that is in no list. */
const UNLISTED: CategoryId = 'uncategorised'

/**
 * What stands in the category table for a group; where that goes by the timetable, closed in lessons. A redirect or rewrite is no
 * block, so search engines made safe count as allowed.
 */
export function verdictOf(
  category: CategoryId | undefined,
  group: ProfileName,
  isLesson: boolean,
): SimulatedVerdict {
  const rows = isLesson ? IN_LESSONS : OUTSIDE
  return rows.get(group)?.get(category ?? UNLISTED) ?? 'blocked'
}

const IN_LESSONS = table(true)
const OUTSIDE = table(false)

function table(isLesson: boolean): ReadonlyMap<ProfileName, Row> {
  return new Map(
    PROFILE_NAMES.map((group) => {
      const profile = defaultsOf(group)
      const row = CATEGORY_IDS.map((id): [CategoryId, SimulatedVerdict] => {
        return [id, ofAction(categoryOf(id)?.defaults[profile] ?? 'allow', isLesson)]
      })
      return [group, new Map(row)]
    }),
  )
}

function ofAction(action: DefaultAction, isLesson: boolean): SimulatedVerdict {
  if (action === 'block') return 'blocked'
  if (action === 'monitor') return 'monitored'
  return action === 'timetable' && isLesson ? 'blocked' : 'allowed'
}
