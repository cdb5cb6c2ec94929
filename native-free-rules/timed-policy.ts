import type { CategoryId } from './category-ids.ts'
import type { LocalTime } from './local-time.ts'
import type { GroupPolicy, PolicyAction } from './policy-view.ts'
import { isInForce, type Schedule } from './schedule.ts'
import { freezeAt, type Timetable } from './timetable.ts'

/** What holds while a schedule is in force. */
export interface TimedStep {
  readonly schedule: Schedule
  readonly action: PolicyAction
}

/** A category whose action follows schedules: the first step that is in force, else `otherwise`. */
export interface TimedCategory {
  readonly category: CategoryId
  readonly steps: readonly TimedStep[]
  readonly otherwise: PolicyAction
}

/** A group's policy with what changes by the clock. In `actions` timed categories have their strictest action. */
export interface TimedPolicy extends GroupPolicy {
  readonly timed: readonly TimedCategory[]
}

/** How the clock leaves a group's policy: the same `key`, the same policy. */
export interface TimeState {
  readonly key: string
  /** Exams: what is timed has its strictest action, and no teacher release counts. */
  readonly isFrozen: boolean
  /** One for each timed category. */
  readonly chosen: readonly PolicyAction[]
}

const WORDS_STRICTEST_LAST: readonly PolicyAction[] = ['allow', 'monitor', 'block']
/** Between `monitor` and `block`. */
const REDIRECT_STRICTNESS = 1.5

/** What the clock says to a group. Never throws. */
export function timeStateOf(policy: TimedPolicy, timetable: Timetable, time: LocalTime): TimeState {
  const isFrozen = freezeAt(timetable, time, policy.group) !== undefined
  const chosen = policy.timed.map((one) =>
    isFrozen
      ? strictestOf(one)
      : (stepInForce(one, policy.group, timetable, time)?.action ?? one.otherwise),
  )
  return {
    key: `${isFrozen ? 'frozen' : 'open'} ${chosen.map(actionText).join(' ')}`,
    isFrozen,
    chosen,
  }
}

/** The step of a timed category that is in force, or undefined. */
export function stepInForce(
  { steps }: TimedCategory,
  group: string,
  timetable: Timetable,
  time: LocalTime,
): TimedStep | undefined {
  return steps.find(({ schedule }) => isInForce(schedule, timetable, time, group))
}

/** The policy of a group as the clock leaves it. */
export function policyIn(policy: TimedPolicy, { chosen }: TimeState): GroupPolicy {
  const actions = new Map(policy.actions)
  for (const [i, { category }] of policy.timed.entries())
    actions.set(category, chosen[i] ?? 'block')
  return { ...policy, actions }
}

/** The strictest action that a timed category can have. */
export function strictestOf({ steps, otherwise }: Omit<TimedCategory, 'category'>): PolicyAction {
  return steps
    .map(({ action }) => action)
    .reduce((a, b) => (strictness(b) > strictness(a) ? b : a), otherwise)
}

function strictness(action: PolicyAction): number {
  return typeof action === 'object' ? REDIRECT_STRICTNESS : WORDS_STRICTEST_LAST.indexOf(action)
}

/** An action in words. A redirect's target is a name of the school's own configuration. */
export function actionText(action: PolicyAction): string {
  return typeof action === 'object' ? `redirect to ${action.redirect}` : action
}
