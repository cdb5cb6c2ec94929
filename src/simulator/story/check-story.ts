/** What no field can tell by itself: words that name something elsewhere in the same story. */

import {
  type Complaint,
  type ConfigPath,
  complaint,
  keyComplaint,
} from '#agent/policy/complaint.ts'
import { SHORT_NAME, SHORT_NAME_ALLOWED } from '#agent/policy/fields.ts'
import { nearestWord } from '#agent/policy/nearest-word.ts'
import { SITE_ALLOWED, siteName } from './story-fields.ts'
import { STORY_LIMITS, type StepSection, type StorySection } from './story-schema.ts'

export function checkStory(story: StorySection): readonly Complaint[] {
  const cast = Object.keys(story.cast)
  const sites = Object.keys(story.sites ?? {})
  const steps = story.steps.map(({ id }) => id)
  return [
    ...checkKeys(story, cast, sites),
    ...story.steps.flatMap((step, i) => [
      ...checkStep(step, i, sites),
      ...peopleOf(step).flatMap((who) => checkWord(['steps', i, 'who'], who, cast, 'of the cast')),
      ...(steps.indexOf(step.id) < i
        ? [complaint(['steps', i, 'id'], 'an id that no other step has')]
        : []),
    ]),
    ...story.expect.flatMap((one, i) => [
      ...checkWord(['expect', i, 'who'], one.who, cast, 'of the cast'),
      ...checkDecided(story, i),
    ]),
    ...(story.snoozes ?? []).flatMap(({ from, to }, i) =>
      from < to ? [] : [complaint(['snoozes', i, 'to'], 'a time after from')],
    ),
    ...checkSize(story),
  ]
}

/** Who does a step, always as a list. */
export function peopleOf({ who }: Pick<StepSection, 'who'>): readonly string[] {
  return typeof who === 'string' ? [who] : who
}

function checkKeys(
  { cast: members }: StorySection,
  cast: readonly string[],
  sites: readonly string[],
): readonly Complaint[] {
  const tooMany = cast.length > STORY_LIMITS.cast || sites.length > STORY_LIMITS.sites
  return [
    ...(tooMany
      ? [complaint([], `at most ${STORY_LIMITS.cast} entries of cast, ${STORY_LIMITS.sites} sites`)]
      : []),
    ...cast.flatMap((name) => checkMember(name, members[name])),
    ...sites.flatMap((name) =>
      siteName(name) === undefined
        ? [keyComplaint(['sites', name], SITE_ALLOWED, 'stories name no real site')]
        : [],
    ),
  ]
}

function checkMember(
  name: string,
  member: StorySection['cast'][string] | undefined,
): readonly Complaint[] {
  const path: ConfigPath = ['cast', name]
  if (!SHORT_NAME.test(name)) return [keyComplaint(path, SHORT_NAME_ALLOWED)]
  const needsGroup = member?.device === 'own-laptop' || member?.device === 'trolley'
  if (needsGroup && member.group !== 'ks3' && member.group !== 'ks4' && member.year === undefined)
    return [complaint(path, 'a group (ks3, ks4) or a year (7 to 11)', 'whose device it is')]
  if (member?.['is-head'] === true && member.device !== 'staff-laptop')
    return [complaint([...path, 'is-head'], 'only with device: staff-laptop')]
  return []
}

function checkStep(
  { does, site, times = 1, every }: StepSection,
  at: number,
  sites: readonly string[],
): readonly Complaint[] {
  const path: ConfigPath = ['steps', at]
  if (does === 'browse')
    return site === undefined ? [] : [complaint([...path, 'site'], 'nothing with does: browse')]
  if (site === undefined)
    return [complaint(path, 'a site', `does: ${does} needs one, out of sites`)]
  return [
    ...checkWord([...path, 'site'], site, sites, 'a key of sites'),
    ...(times > 1 && every === undefined
      ? [complaint(path, 'every, beside times', 'for example every: 40s')]
      : []),
  ]
}

function checkDecided({ steps, expect }: StorySection, at: number): readonly Complaint[] {
  const decided = expect[at]?.['decided-by']
  if (!decided) return []
  const path: ConfigPath = ['expect', at, 'decided-by']
  const step = steps.find(({ id }) => id === decided.step)
  const ids = steps.map(({ id }) => id)
  if (!step) return checkWord(path, decided.step, ids, 'the id of a step')
  if ((decided.time ?? 1) >= 1 && (decided.time ?? 1) <= (step.times ?? 1)) return []
  return [complaint(path, `a number from 1 to ${step.times ?? 1}`, 'as often as the step happens')]
}

function checkWord(
  path: ConfigPath,
  word: string,
  known: readonly string[],
  what: string,
): readonly Complaint[] {
  if (known.includes(word)) return []
  const near = nearestWord(word, known)
  const allowed = known.length > 0 ? `${what}: ${known.slice(0, 12).join(', ')}` : what
  return [complaint(path, allowed, near === undefined ? '' : `did you mean ${near}?`)]
}

function checkSize({ cast, steps }: StorySection): readonly Complaint[] {
  const deeds = steps.reduce((sum, step) => {
    const people = peopleOf(step).reduce((all, who) => all + (cast[who]?.count ?? 1), 0)
    return sum + people * (step.times ?? 1)
  }, 0)
  if (deeds <= STORY_LIMITS.deeds) return []
  return [complaint(['steps'], `at most ${STORY_LIMITS.deeds} deeds in all`, `these are ${deeds}`)]
}
