import { CATEGORIES, type CategoryId } from '#rules/categories.ts'
import { defaultsOf, kindOf, PROFILE_NAMES, type ProfileName, youtubeOf } from './profiles.ts'
import type { ReadyGroup } from './ready-config.ts'
import { type Action, type GroupSection, type GroupsSection, profileOf } from './sections/groups.ts'

/** All groups: those of the file and the seven that always exist. */
export function groupPolicies(groups: GroupsSection): ReadonlyMap<string, ReadyGroup> {
  const names = new Set<string>([...PROFILE_NAMES, ...Object.keys(groups)])
  const ready = new Map<string, ReadyGroup>()
  for (const name of names) {
    const section = groups[name] ?? {}
    const profile = profileOf(name, section)
    if (profile !== undefined) ready.set(name, groupPolicy(name, profile, section))
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

/** Which of a group's categories would follow a timetable by default and are blocked instead, for want of timetables. */
export function timetabledCategories(
  profile: ProfileName,
  section: GroupSection,
): readonly CategoryId[] {
  return CATEGORIES.filter(
    ({ id, defaults }) =>
      defaults[defaultsOf(profile)] === 'timetable' && section.categories?.[id] === undefined,
  ).map(({ id }) => id)
}

function groupPolicy(name: string, profile: ProfileName, section: GroupSection): ReadyGroup {
  const actions = new Map<CategoryId, Action>(
    CATEGORIES.map(({ id, defaults }) => {
      const byDefault = defaults[defaultsOf(profile)]
      // There are no timetables yet, and outside lesson time a timetable blocks: so it blocks always.
      const action = byDefault === 'timetable' ? 'block' : byDefault
      return [id, section.categories?.[id] ?? action]
    }),
  )
  return {
    group: name,
    profile,
    kind: kindOf(profile),
    actions,
    safeSearch: section['safe-search'] ?? true,
    youtube: section.youtube ?? youtubeOf(profile),
    ech: section.ech ?? (kindOf(profile) === 'staff' ? 'pass' : 'strip'),
  }
}

function blockedCount({ actions }: ReadyGroup): number {
  return [...actions.values()].filter((action) => action === 'block').length
}
