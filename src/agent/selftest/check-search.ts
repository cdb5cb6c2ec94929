import type { RewriteService } from '#rules/list.ts'
import type { CuratedName } from '#rules/sets/curated-set.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { RCODE, TYPE } from '#wire/constants.ts'
import type { ReadyGroup } from '../policy/ready-config.ts'
import type { GroupCheck, Lab, Seen } from './lab.ts'
import {
  type CheckResult,
  checkResult,
  failed,
  type Outcome,
  PASSED,
  unknown,
} from './selftest-report.ts'

/** Every mapping that is in force for the group: the right alias and addresses for A and AAAA, nothing for HTTPS. */
export const checkSafeSearch: GroupCheck = (group, lab) =>
  group.safeSearch ? checkService('safe search', 'safesearch', group, lab) : none()

export const checkYoutube: GroupCheck = (group, lab) =>
  group.youtube === 'off' ? none() : checkService('youtube', `youtube-${group.youtube}`, group, lab)

/** Engines that cannot be made safe are blocked for pupils, unless the school says otherwise. */
export const checkUnsafeSearch: GroupCheck = async ({ group, kind }, lab) => {
  if (kind !== 'pupil') return []
  const set = CURATED_SETS.find(
    ({ purpose }) => purpose.kind === 'category' && purpose.category === 'search.nosafe',
  )
  const isBlocked = lab.config.groups.get(group)?.actions.get('search.nosafe') === 'block'
  if (!set || !isBlocked) return []
  const outcomes: Outcome[] = []
  for (const { name } of set.names) {
    const { verdict } = await lab.ask(group, name, TYPE.A)
    const isChosen = verdict?.reason === 'school-allow' || verdict?.reason === 'teacher-release'
    const isSafe = verdict?.kind === 'block' || verdict?.kind === 'rewrite' || isChosen
    outcomes.push(isSafe ? PASSED : failed(`${name} has no safe search and is not blocked`))
  }
  return [checkResult('search without a lock', group, outcomes)]
}

function none(): Promise<readonly CheckResult[]> {
  return Promise.resolve([])
}

async function checkService(
  check: string,
  service: RewriteService,
  { group }: ReadyGroup,
  lab: Lab,
): Promise<readonly CheckResult[]> {
  const outcomes: Outcome[] = []
  for (const { purpose, names } of CURATED_SETS) {
    if (purpose.kind !== 'service' || purpose.service !== service) continue
    for (const one of names) outcomes.push(await checkMapping(group, one, lab))
  }
  return [checkResult(check, group, outcomes)]
}

export async function checkMapping(
  group: string,
  { name, target = name }: CuratedName,
  lab: Lab,
): Promise<Outcome> {
  const alias = await lab.ask(group, name, TYPE.CNAME)
  // Blocked outright is safe as well, whoever decided it.
  if (alias.verdict?.kind === 'block') return PASSED
  if (alias.alias !== target) return failed(`${name} is not led to ${target}`)
  const https = await lab.ask(group, name, TYPE.HTTPS)
  if (https.rcode !== RCODE.NOERROR || https.answers > 0)
    return failed(`${name}: HTTPS records are not withheld`)
  const state = lab.targets.get(target)
  if (!state || state.kind === 'not-reached')
    return unknown(`${name}: ${state?.text ?? 'its target was not asked for'}`)
  if (state.kind === 'broken') return failed(`${name}: ${state.text}`)
  const ipv4 = wrong(await lab.ask(group, name, TYPE.A), target, state.ipv4)
  const ipv6 = wrong(await lab.ask(group, name, TYPE.AAAA), target, state.ipv6)
  if (ipv4 !== undefined) return failed(`${name} A: ${ipv4}`)
  return ipv6 === undefined ? PASSED : failed(`${name} AAAA: ${ipv6}`)
}

/** What is wrong with an answer that should lead to a target which has so many addresses. */
function wrong(seen: Seen, target: string, addresses: number): string | undefined {
  if (seen.verdict?.kind === 'block') return undefined
  if (seen.rcode !== RCODE.NOERROR) return `${target} cannot be reached (rcode ${seen.rcode})`
  if (seen.alias !== target) return `the answer does not lead to ${target}`
  if (addresses > 0 && seen.addresses === 0) return `no address of ${target}`
  return seen.answers === seen.addresses + 1 ? undefined : 'the answer holds more than it should'
}
