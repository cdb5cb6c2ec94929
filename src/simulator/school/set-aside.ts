/** What teachers tell the box beforehand of a lesson that will look bad to it. */

import type { ProfileName } from '#agent/policy/profiles.ts'
import { categoryOf } from '#rules/categories.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { DayPart } from '#rules/timetable.ts'
import { NEVER_SET_ASIDE } from '#safeguarding/judge.ts'
import { seatsOf, topicOf } from './lessons.ts'
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
    [...school.forms.keys()].flatMap((form): Snooze[] => {
      const topic = topicOf(school, day, part, form)
      const theme = topic && categoryOf(topic.category)?.theme
      if (!theme || NEVER_SET_ASIDE.includes(theme)) return []
      const fromMs = instantOf(day, part.from)
      const toMs = instantOf(day, part.to + AFTER_MINUTES)
      const reason = `${form}: ${topic.title}`
      return [...groupsOf(school, day, part, form)].map((group) => {
        return { theme, group, fromMs, toMs, reason }
      })
    }),
  )
}

/** The class's own group, and that of the computers that it sits at: those of a room may be in another. */
function groupsOf(
  school: School,
  day: number,
  part: DayPart,
  form: string,
): ReadonlySet<ProfileName> {
  const groups = new Set((school.forms.get(form) ?? []).map(({ group }) => group))
  for (const [index, person] of seatsOf(school, day, part)) {
    const computer = school.devices[index]
    if (person.form === form && computer) groups.add(computer.group)
  }
  return groups
}
