import { setImmediate as nextTurn } from 'node:timers/promises'
import { failure } from '#domain/failure.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import { type Asker, makeRehearsal, type RehearsalParts } from '../rehearse/rehearsal.ts'
import type { AskUpstream } from '../stages/forward.ts'
import {
  type BoxParts,
  checkListeners,
  checkLists,
  checkPage,
  checkUpstreams,
} from './check-box.ts'
import { checkLeaks, checkNetworks, type NetworkParts } from './check-networks.ts'
import { checkCategories, checkHelp, checkWaysRound } from './check-policy.ts'
import { checkSafeSearch, checkUnsafeSearch, checkYoutube } from './check-search.ts'
import { type GroupCheck, type Lab, type Seen, seenOf, wireOf } from './lab.ts'
import { reachTargets, type TargetState } from './reach-targets.ts'
import type { CheckResult, SelftestReport } from './selftest-report.ts'

/** Questions asked before clients' own are given a turn. */
const QUESTIONS_A_TURN = 10

const GROUP_CHECKS: readonly GroupCheck[] = [
  checkCategories,
  checkSafeSearch,
  checkYoutube,
  checkUnsafeSearch,
  checkWaysRound,
  checkHelp,
]

export interface SelftestParts extends BoxParts, NetworkParts {
  readonly rehearsal: RehearsalParts
  readonly keeper: PolicyKeeper
}

/**
 * Tries what the box is for, through the stages that answer clients: as every group, or one. Nothing of it is counted or recorded.
 * Without an upstream, what needs one is told as unknown, and nothing waits for it twice.
 */
export async function runSelftest(
  parts: SelftestParts,
  only: string | undefined,
): Promise<SelftestReport> {
  const { clock, keeper, rehearsal } = parts
  const at = clock.wallMs()
  const startedMs = clock.monotonicMs()
  const targets = await reachTargets(rehearsal.ask)
  const lab = makeLab(parts, targets)
  const checks: CheckResult[] = [await checkListeners(parts), checkLists(lab)]
  checks.push(...(await checkPage(parts)))
  for (const group of keeper.config.groups.values())
    if (only === undefined || group.group === only)
      for (const check of GROUP_CHECKS) checks.push(...(await check(group, lab)))
  if (only === undefined) {
    checks.push(checkUpstreams(parts))
    checks.push(...(await checkNetworks(lab, parts)), ...(await checkLeaks(lab, parts)))
  }
  const sum = (count: (check: CheckResult) => number): number =>
    checks.reduce((all, check) => all + count(check), 0)
  return {
    at,
    tookMs: Math.round(clock.monotonicMs() - startedMs),
    passed: sum(({ passed }) => passed),
    failed: sum((check) => check.failed.length),
    unknown: sum((check) => check.unknown.length),
    checks,
  }
}

function makeLab(
  { rehearsal, keeper, clock }: SelftestParts,
  targets: ReadonlyMap<string, TargetState>,
): Lab {
  const hasInternet = [...targets.values()].some(({ kind }) => kind !== 'not-reached')
  const rehearse = makeRehearsal(hasInternet ? rehearsal : { ...rehearsal, ask: nobodyAnswers })
  let asked = 0
  const ask = async (asker: Asker, name: string, type: number): Promise<Seen> => {
    if (++asked % QUESTIONS_A_TURN === 0) await nextTurn()
    return seenOf(await rehearse({ asker, name: wireOf(name), type }))
  }
  return {
    config: keeper.config,
    policy: keeper.slot.current,
    releases: keeper.releases,
    wallMs: clock.wallMs(),
    targets,
    hasInternet,
    ask: (group, name, type) => ask({ kind: 'group', group }, name, type),
    askAs: (address, name, type) => ask({ kind: 'client', address }, name, type),
  }
}

const nobodyAnswers: AskUpstream = () =>
  Promise.resolve(failure('no-upstream', 'no upstream answered before'))
