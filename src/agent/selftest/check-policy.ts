import { CATEGORIES, isAlerting, isAllowLocked, isBypass, isLocked } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { localTimeAt } from '#rules/local-time.ts'
import { BYPASS_CANARIES_LIST } from '#rules/sets/bypass-canaries.ts'
import { canaryOf } from '#rules/sets/canaries.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { policyIn, timeStateOf } from '#rules/timed-policy.ts'
import { RCODE, TYPE } from '#wire/constants.ts'
import type { ReadyGroup } from '../policy/ready-config.ts'
import type { GroupCheck, Lab, Seen } from './lab.ts'
import { checkResult, failed, type Outcome, PASSED, unknown } from './selftest-report.ts'

/** In no list; `.test` can be nobody's (RFC 6761 section 6.2). */
const IN_NO_LIST = 'canary-in-no-list.test'
const DESIGNATED_RESOLVERS = '_dns.resolver.arpa'
/** A service that must answer whatever happens. */
const HELP = 'childline.org.uk'

/** Each category's made-up name is blocked or not, as the group's policy says now; and what alerts would be recorded. */
export const checkCategories: GroupCheck = async (group, lab) => {
  const outcomes: Outcome[] = []
  const actions = expectedBlocks(group, lab)
  for (const { id } of CATEGORIES) {
    const seen = await lab.ask(group.group, canaryName(id), TYPE.A)
    outcomes.push(judgeCanary(id, { seen, isExpected: actions.has(id), group, lab }))
  }
  return [checkResult('categories', group.group, outcomes)]
}

/** A made-up name that is in a category and in nothing else. */
export function canaryName(id: CategoryId): string {
  return id === 'uncategorised' ? IN_NO_LIST : canaryOf(id)
}

interface Judged {
  readonly seen: Seen
  readonly isExpected: boolean
  readonly group: ReadyGroup
  readonly lab: Lab
}

function judgeCanary(id: CategoryId, { seen, isExpected, group, lab }: Judged): Outcome {
  const { verdict } = seen
  if (verdict?.reason === 'school-deny' || verdict?.reason === 'school-allow') return PASSED
  const isBlocked = verdict?.kind === 'block'
  if (isBlocked !== isExpected)
    return failed(`${id} is ${isBlocked ? 'blocked' : 'not blocked'}, against the policy`)
  if (!isBlocked) return PASSED
  const style = lab.policy.block.styleFor(group.group, verdict)
  if (seen.rcode !== style.rcode)
    return failed(`${id} is answered with rcode ${seen.rcode} in place of ${style.answer}`)
  if (isAlerting(id) && seen.recorded.length === 0)
    return failed(`${id} is blocked, and nobody would hear of it`)
  return PASSED
}

/** What is blocked for a group by its policy at the moment; worked out from the configuration, not from the rules. */
export function expectedBlocks(group: ReadyGroup, lab: Lab): ReadonlySet<CategoryId> {
  const { timetable } = lab.config
  const state = timeStateOf(group, timetable, localTimeAt(timetable.zone, lab.wallMs))
  const { actions } = policyIn(group, state)
  const released = new Set(
    lab.releases.flatMap(({ group: of, target }) =>
      of === group.group && target.kind === 'category' && !state.isFrozen ? [target.category] : [],
    ),
  )
  const isBlocked = (id: CategoryId): boolean => {
    if (isLocked(id)) return true
    if (isAllowLocked(id)) return false
    if (isBypass(id) && group.kind === 'pupil') return true
    return actions.get(id) === 'block' && !released.has(id)
  }
  return new Set(CATEGORIES.map(({ id }) => id).filter(isBlocked))
}

/** The questions by which devices ask whether they may go round the filter are answered "no". */
export const checkWaysRound: GroupCheck = async (group, lab) => {
  const { group: name } = group
  const outcomes: Outcome[] = []
  const ours = lab.policy.own?.designations.length ?? 0
  outcomes.push(judgeResolvers(await lab.ask(name, DESIGNATED_RESOLVERS, TYPE.SVCB), ours))
  if (!expectedBlocks(group, lab).has('bypass.doh'))
    return [checkResult('ways round', name, outcomes)]
  const canaries = CURATED_SETS.find(({ id }) => id === BYPASS_CANARIES_LIST)?.names ?? []
  for (const canary of canaries)
    for (const type of [TYPE.A, TYPE.AAAA]) {
      const { rcode, verdict } = await lab.ask(name, canary.name, type)
      const isRight = rcode === RCODE.NXDOMAIN && verdict?.kind === 'block'
      outcomes.push(isRight ? PASSED : failed(`${canary.name} is not answered NXDOMAIN`))
    }
  return [checkResult('ways round', name, outcomes)]
}

/** That we name `ours` as designated resolvers, or none, which is NODATA (RFC 9462); unless a list or the school blocks the name itself. */
function judgeResolvers({ verdict, rcode, answers }: Seen, ours: number): Outcome {
  if (answers > ours) return failed(`${DESIGNATED_RESOLVERS} names other resolvers`)
  if (verdict?.kind === 'block' && verdict.reason !== 'uncategorised') return PASSED
  if (answers < ours) return failed(`${DESIGNATED_RESOLVERS} does not name this box`)
  return rcode === RCODE.NOERROR
    ? PASSED
    : failed(`${DESIGNATED_RESOLVERS} is answered with rcode ${rcode} in place of NODATA`)
}

/** Help is answered and leaves no trace. */
export const checkHelp: GroupCheck = async ({ group }, lab) => {
  const outcomes: Outcome[] = []
  for (const name of [HELP, canaryOf('protected.help')]) {
    const { verdict, recorded, rcode, result } = await lab.ask(group, name, TYPE.A)
    if (verdict?.reason !== 'protected') outcomes.push(failed(`${name} is not protected`))
    else if (recorded.length > 0) outcomes.push(failed(`${name} would be recorded`))
    else if (name !== HELP || rcode === RCODE.NOERROR) outcomes.push(PASSED)
    else if (lab.hasInternet) outcomes.push(failed(`${name} is not answered (${result})`))
    else outcomes.push(unknown(`${name}: no upstream answers`))
  }
  return [checkResult('help', group, outcomes)]
}
