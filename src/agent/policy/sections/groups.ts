import { z } from 'zod'
import { categoryOf, isBypass, isCategoryId } from '#rules/categories.ts'
import { CATEGORY_IDS } from '#rules/category-ids.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import type { RedirectAction } from '#rules/policy-view.ts'
import { isPlainName } from '#rules/rule-condition.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { type Complaint, complaint, keyComplaint } from '../complaint.ts'
import {
  block,
  choice,
  field,
  flag,
  mapOf,
  type Reading,
  SHORT_NAME,
  SHORT_NAME_ALLOWED,
} from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { nearestWord } from '../nearest-word.ts'
import { isDefaultGroup, kindOf, PROFILE_NAMES, type ProfileName } from '../profiles.ts'
import { blockOf, itemsOf } from '../raw-value.ts'
import { stepsOf } from './schedules.ts'

const ACTIONS = ['allow', 'block', 'monitor'] as const
/** A word, or another name that answers instead. */
export type Action = (typeof ACTIONS)[number] | RedirectAction
const STEP_KEYS: readonly string[] = ['in', 'action', 'else']
const YOUTUBE_MODES = ['strict', 'moderate', 'off'] as const
type YoutubeMode = (typeof YOUTUBE_MODES)[number]
const ECH_MODES = ['strip', 'nodata', 'pass'] as const
/** What becomes of keys for encrypted client hellos: taken out, withheld with the whole HTTPS record, or passed on. */
export type EchMode = (typeof ECH_MODES)[number]

/** What holds in a schedule; `else` only in the last step of a category. */
export interface StepSetting {
  readonly in: string
  readonly action: Action
  readonly else?: Action | undefined
}
/** One action for ever, or by the clock: the first step whose schedule is in force, else the last one's `else`. */
export type ActionSetting = Action | readonly StepSetting[]

/** Whether an action goes by the clock. */
export function isTimed(setting: ActionSetting): setting is readonly StepSetting[] {
  return Array.isArray(setting)
}

export interface GroupSection {
  /** May be left out only by a group that bears a profile's name. */
  readonly profile?: ProfileName | undefined
  readonly categories?: Readonly<Record<string, ActionSetting>> | undefined
  readonly 'safe-search'?: boolean | undefined
  readonly youtube?: YoutubeMode | undefined
  readonly ech?: EchMode | undefined
  readonly 'rate-limit'?: boolean | undefined
}
export type GroupsSection = Readonly<Record<string, GroupSection>>

const groupBlock: z.ZodType<GroupSection> = z.preprocess(
  (found) => found ?? {},
  block({
    profile: choice(PROFILE_NAMES).optional(),
    categories: mapOf(
      field(readSetting),
      'categories, each allow, block, monitor, redirect or timed',
    ).optional(),
    'safe-search': flag().optional(),
    youtube: choice(YOUTUBE_MODES).optional(),
    ech: choice(ECH_MODES).optional(),
    'rate-limit': flag().optional(),
  }),
)

/** `groups`: what each group of clients may see. */
export const groupsSection: z.ZodType<GroupsSection> = mapOf(groupBlock, 'groups')

/** What the law, the floor for pupils and the table of categories do not let a school say. Reads the raw section. */
export function checkGroups(groups: unknown): readonly Complaint[] {
  const named = Object.entries(blockOf(groups) ?? {})
  const others = named.filter(([name]) => !isDefaultGroup(name))
  const most = FILE_LIMITS.groups - PROFILE_NAMES.length
  const tooMany = others.length > most ? [complaint(['groups'], `at most ${most} own groups`)] : []
  return [...tooMany, ...named.flatMap(([name, group]) => checkGroup(name, blockOf(group) ?? {}))]
}

/** A group's profile: its own, or the one whose name it bears. */
export function profileOf(name: string, section: GroupSection): ProfileName | undefined {
  return section.profile ?? (isDefaultGroup(name) ? name : undefined)
}

function checkGroup(name: string, group: Readonly<Record<string, unknown>>): readonly Complaint[] {
  const path = ['groups', name]
  const found: Complaint[] = []
  if (!SHORT_NAME.test(name)) found.push(keyComplaint(path, SHORT_NAME_ALLOWED))
  const own = isDefaultGroup(name) ? name : undefined
  if (group['profile'] === undefined && own === undefined)
    found.push(complaint([...path, 'profile'], PROFILE_NAMES.join(', '), 'a group needs a profile'))
  if (group['profile'] !== undefined && own !== undefined && group['profile'] !== own)
    found.push(complaint([...path, 'profile'], own, `group ${own} always has its own profile`))
  const profile = own ?? PROFILE_NAMES.find((one) => one === group['profile'])
  const isPupil = profile !== undefined && kindOf(profile) === 'pupil'
  for (const [id, action] of Object.entries(blockOf(group['categories']) ?? {}))
    found.push(...checkCategory([...path, 'categories', id], id, action, isPupil))
  return found
}

function checkCategory(
  path: readonly string[],
  id: string,
  action: unknown,
  isPupil: boolean,
): readonly Complaint[] {
  if (!isCategoryId(id)) return [keyComplaint(path, 'a known category', unknownHint(id))]
  const tier = categoryOf(id)?.tier
  if (tier === 'locked')
    return [keyComplaint(path, 'nothing', `${id} is locked by law and has no switch`)]
  if (tier === 'allow-locked')
    return [keyComplaint(path, 'nothing', `${id} is always allowed and has no switch`)]
  if (isPupil && isBypass(id) && !isAlwaysBlock(action))
    return [
      complaint(path, 'block', `${id} is always blocked for pupils, it leads round the filter`),
    ]
  return []
}

/** Whether a raw action blocks at every time. */
function isAlwaysBlock(action: unknown): boolean {
  if (action === 'block') return true
  const steps = stepsOf(action)
  return (
    steps.length > 0 &&
    steps.every((step) => step['action'] === 'block' && (step['else'] ?? 'block') === 'block')
  )
}

function readSetting(found: unknown): Reading<ActionSetting> {
  const timed = '{ in: SCHEDULE, action: ACTION, else: ACTION }'
  const allowed = `${ACTIONS.join(', ')}, { redirect: NAME }, or ${timed}`
  const word = readAction(found)
  if (word !== undefined) return { value: word }
  const near = typeof found === 'string' ? nearestWord(found, ACTIONS) : undefined
  if (near !== undefined) return { allowed, hint: `did you mean ${near}?` }
  if (typeof found !== 'object' || found === null) return { allowed }
  const given = Array.isArray(found) ? itemsOf(found) : [found]
  const steps = given.flatMap((step) => readStep(step) ?? [])
  if (steps.length < given.length || steps.length === 0) return { allowed }
  if (steps.length > FILE_LIMITS.timedSteps)
    return { allowed, hint: `at most ${FILE_LIMITS.timedSteps} steps` }
  const isElseLast = steps.every(
    (step, i) => (step.else !== undefined) === (i === steps.length - 1),
  )
  return isElseLast ? { value: steps } : { allowed, hint: 'the last step, and only it, needs else' }
}

function readStep(found: unknown): StepSetting | undefined {
  const step = blockOf(found)
  if (!step || Object.keys(step).some((key) => !STEP_KEYS.includes(key))) return undefined
  const schedule = step['in']
  const action = readAction(step['action'])
  const otherwise = readAction(step['else'])
  if (typeof schedule !== 'string' || action === undefined) return undefined
  if (step['else'] !== undefined && otherwise === undefined) return undefined
  return { in: schedule, action, else: otherwise }
}

function readAction(found: unknown): Action | undefined {
  return ACTIONS.find((one) => one === found) ?? readRedirect(found)
}

function readRedirect(found: unknown): RedirectAction | undefined {
  const given = blockOf(found)
  if (!given || Object.keys(given).join() !== 'redirect') return undefined
  const target = parseDomainName(String(given['redirect']))
  return isRuleFailure(target) || !isPlainName(target) ? undefined : { redirect: target }
}

/** What to say of a category that is not there. */
export function unknownHint(id: string): string {
  const near = nearestWord(id, CATEGORY_IDS)
  return near === undefined ? 'docs/edge.example.yaml lists them' : `did you mean ${near}?`
}
