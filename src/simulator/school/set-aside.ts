/** What teachers tell the box beforehand of a lesson that will look bad to it. */

import type { ProfileName } from '#agent/policy/profiles.ts'
import { categoryOf } from '#rules/categories.ts'
import type { ThemeId } from '#rules/themes.ts'
import { NEVER_SET_ASIDE } from '#safeguarding/judge.ts'
import { topicOf } from './lessons.ts'
import type { School } from './school.ts'
import { instantOf, isLessonDay, TIMETABLE } from './school-year.ts'

/** A curriculum snooze that a teacher asks for. Times in milliseconds since the epoch. */
export interface Snooze {
  readonly theme: ThemeId
  readonly group: ProfileName
  readonly fromMs: number
  readonly toMs: number
  readonly reason: string
}

/** Lessons run over, and error pages that are left open load themselves again for five minutes. */
const AFTER_MINUTES = 6

/** Of all lessons of a day on subjects that can be set aside, in order of time. */
export function setAsideOn(school: School, day: number): readonly Snooze[] {
  if (!isLessonDay(day)) return []
  const parts = TIMETABLE.week[0] ?? []
  return parts.flatMap((part) =>
    [...school.forms].flatMap(([form, pupils]): Snooze[] => {
      const topic = topicOf(school, day, part, form)
      const theme = topic && categoryOf(topic.category)?.theme
      const group = pupils[0]?.group
      if (!theme || !group || NEVER_SET_ASIDE.includes(theme)) return []
      const fromMs = instantOf(day, part.from)
      const toMs = instantOf(day, part.to + AFTER_MINUTES)
      return [{ theme, group, fromMs, toMs, reason: `${form}: ${topic.title}` }]
    }),
  )
}
