import { CATEGORIES, type CategoryId } from '#rules/categories.ts'
import { type Schedule, wordSchedule } from '#rules/schedule.ts'
import { strictestOf, type TimedCategory } from '#rules/timed-policy.ts'
import { defaultsOf, kindOf, PROFILE_NAMES, type ProfileName, youtubeOf } from './profiles.ts'
import type { ReadyGroup } from './ready-config.ts'
import {
  type Action,
  type GroupSection,
  type GroupsSection,
  isTimed,
  profileOf,
} from './sections/groups.ts'

const LESSONS = wordSchedule('lessons')

/** All groups: those of the file and the seven that always exist. */
export function groupPolicies(
  groups: GroupsSection,
  schedules: ReadonlyMap<string, Schedule>,
  hasLessons: boolean,
): ReadonlyMap<string, ReadyGroup> {
  const names = new Set<string>([...PROFILE_NAMES, ...Object.keys(groups)])
  const ready = new Map<string, ReadyGroup>()
  for (const name of names) {
    const section = groups[name] ?? {}
    const profile = profileOf(name, section)
    if (profile !== undefined)
      ready.set(
        name,
        groupPolicy(name, profile, timedOf(profile, section, schedules, hasLessons), section),
      )
  }
  return ready
}

/**
 * The group that a local address in no network gets: youngest profile first, then most categories blocked, then by name
 * so that the choice never depends on the order of the file.
 */
export function strictestGroup(groups: ReadonlyMap<string, ReadyGroup>): string {
  const pupils = [...groups.values()].filter(({ kind }) => kind === 'pupil')
  const [strictest] = pupils.toSorted(
    (a, b) =>
      PROFILE_NAMES.indexOf(a.profile) - PROFILE_NAMES.indexOf(b.profile) ||
      blockedCount(b) - blockedCount(a) ||
      (a.group < b.group ? -1 : 1),
  )
  return strictest?.group ?? PROFILE_NAMES[0]
}

/** Which of a group's categories follow the timetable by default, and are blocked where there is none. */
export function timetabledCategories(
  profile: ProfileName,
  section: GroupSection,
): readonly CategoryId[] {
  return CATEGORIES.filter(
    ({ id, defaults }) =>
      defaults[defaultsOf(profile)] === 'timetable' && section.categories?.[id] === undefined,
  ).map(({ id }) => id)
}

/** The categories of a group that go by the clock: those of the file, and by default those of its profile. */
function timedOf(
  profile: ProfileName,
  section: GroupSection,
  schedules: ReadonlyMap<string, Schedule>,
  hasLessons: boolean,
): readonly TimedCategory[] {
  const byDefault = new Set(hasLessons ? timetabledCategories(profile, section) : [])
  return CATEGORIES.flatMap(({ id }): readonly TimedCategory[] => {
    const setting = section.categories?.[id]
    if (byDefault.has(id))
      return [{ category: id, steps: [{ schedule: LESSONS, action: 'block' }], otherwise: 'allow' }]
    if (setting === undefined || !isTimed(setting)) return []
    const steps = setting.flatMap(({ in: name, action }) => {
      const schedule = schedules.get(name)
      return schedule ? [{ schedule, action }] : []
    })
    return [{ category: id, steps, otherwise: setting.at(-1)?.else ?? 'block' }]
  })
}

function groupPolicy(
  name: string,
  profile: ProfileName,
  timed: readonly TimedCategory[],
  section: GroupSection,
): ReadyGroup {
  const strictest = new Map(timed.map((one) => [one.category, strictestOf(one)]))
  const actions = new Map<CategoryId, Action>(
    CATEGORIES.map(({ id, defaults }) => {
      const byDefault = defaults[defaultsOf(profile)]
      const setting = section.categories?.[id]
      const own = setting === undefined || isTimed(setting) ? strictest.get(id) : setting
      // Without a timetable nobody knows when lessons are: so it is blocked always.
      return [id, own ?? (byDefault === 'timetable' ? 'block' : byDefault)]
    }),
  )
  return {
    group: name,
    profile,
    kind: kindOf(profile),
    actions,
    timed,
    safeSearch: section['safe-search'] ?? true,
    youtube: section.youtube ?? youtubeOf(profile),
    isRateLimited: section['rate-limit'] ?? true,
    ech: section.ech ?? (kindOf(profile) === 'staff' ? 'pass' : 'strip'),
  }
}

function blockedCount({ actions }: ReadyGroup): number {
  return [...actions.values()].filter((action) => action === 'block').length
}
