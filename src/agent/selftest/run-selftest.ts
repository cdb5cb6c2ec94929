import type { PolicyKeeper } from '../policy-keeper.ts'
import type { RehearsalParts } from '../rehearse/rehearsal.ts'
import { checkBackup } from './check-backup.ts'
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
import type { GroupCheck } from './lab.ts'
import { makeLab } from './make-lab.ts'
import { reachTargets } from './reach-targets.ts'
import type { CheckResult, SelftestReport } from './selftest-report.ts'

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
    checks.push(...(await checkBackup(parts)))
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
