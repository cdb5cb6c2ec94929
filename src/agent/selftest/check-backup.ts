import { isLocalAddress, parseAddress } from '#domain/ip-address.ts'
import { newLoopMark } from '#platform/random.ts'
import { AnswerCache } from '../cache/answer-cache.ts'
import type { ReadyConfig, ReadyUpstream } from '../policy/ready-config.ts'
import type { AskUpstream } from '../stages/forward.ts'
import { UpstreamPool } from '../upstream/upstream-pool.ts'
import { checkCategories } from './check-policy.ts'
import { checkSafeSearch, checkYoutube } from './check-search.ts'
import type { GroupCheck, Lab } from './lab.ts'
import { type Line, lineTo } from './line-to.ts'
import { type LabParts, makeLab } from './make-lab.ts'
import { reachTargets } from './reach-targets.ts'
import {
  type CheckResult,
  checkResult,
  failed,
  type Outcome,
  outcomesOf,
  unknown,
} from './selftest-report.ts'

export interface BackupParts extends LabParts {
  readonly localAddresses: () => readonly string[]
}

/** Also in what is kept as evidence. */
export const BACKUP_CHECK = 'backup line'

const CHECKS: readonly GroupCheck[] = [checkCategories, checkSafeSearch, checkYoutube]
/** Nothing that came by another line answers here. */
const OWN_CACHE = { entriesMax: 1_000, bytesMax: 1_048_576 }

/**
 * Whether names are filtered as ever while the second line is the only one: the strictest group's canaries and search engines, through the real stages,
 * with upstreams that are asked from this machine's address there. Nothing where no such address is configured.
 */
export async function checkBackup(parts: BackupParts): Promise<readonly CheckResult[]> {
  const { config } = parts.keeper
  const from = config.link.backupAddress
  if (from === undefined) return []
  const upstreams = beyondTheSite(from, config)
  const obstacle = await obstacleTo(from, upstreams, parts)
  const outcomes = obstacle ? [obstacle] : await tryThrough(upstreams, parts)
  return [checkResult(BACKUP_CHECK, undefined, outcomes)]
}

/** What goes over a line at all, of the family of the address. */
function beyondTheSite(from: string, { upstreams }: ReadyConfig): readonly ReadyUpstream[] {
  return upstreams.flatMap((one) => {
    const bytes = parseAddress(one.address)
    const isHere = !bytes || isLocalAddress(bytes)
    return isHere || one.address.includes(':') !== from.includes(':') ? [] : [{ ...one, from }]
  })
}

/** Why nothing can be said of that line, or that it leads nowhere. */
async function obstacleTo(
  from: string,
  [first]: readonly ReadyUpstream[],
  { localAddresses }: BackupParts,
): Promise<Outcome | undefined> {
  if (!localAddresses().includes(from))
    return unknown(`${from} is no address of this machine at present`)
  if (!first) return unknown(`no upstream beyond this site can be asked from ${from}`)
  const [backup, usual] = await Promise.all([lineTo(first.address, from), lineTo(first.address)])
  if (backup.kind === 'unknown' || usual.kind === 'unknown')
    return unknown('by which line it goes is not known: install the Debian package iproute2')
  if (backup.kind === 'none') return failed(`what is sent from ${from} has no way out`)
  if (isSame(backup, usual))
    return unknown(
      `what is sent from ${from} leaves as all else does, by ${backup.interface}: give it a route of its own (ip rule)`,
    )
  return undefined
}

function isSame(a: Line, b: Line): boolean {
  if (a.kind !== 'line' || b.kind !== 'line') return false
  return a.interface === b.interface && a.gateway === b.gateway
}

async function tryThrough(
  upstreams: readonly ReadyUpstream[],
  parts: BackupParts,
): Promise<readonly Outcome[]> {
  const { keeper, rehearsal, clock } = parts
  const { strategy, limits } = keeper.config
  const { upstreamTimeoutMs: timeoutMs, upstreamTries: triesMax } = limits
  const settings = { timeoutMs, triesMax, strategy, mark: newLoopMark() }
  const pool = new UpstreamPool(upstreams, settings, clock)
  try {
    const ask: AskUpstream = (question, spent) => pool.ask(question, spent)
    const targets = await reachTargets(ask)
    if ([...targets.values()].every(({ kind }) => kind === 'not-reached'))
      return [failed('no upstream answers through it')]
    const own = { ...rehearsal, ask, cache: new AnswerCache(OWN_CACHE) }
    return await filteredAsEver(makeLab({ ...parts, rehearsal: own }, targets))
  } finally {
    pool.close()
  }
}

/** One group is enough: by which line an upstream is asked, no policy knows. */
async function filteredAsEver(lab: Lab): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const { groups, strictestGroup } = lab.config
  const group = groups.get(strictestGroup)
  if (!group) return [unknown(`there is no group ${strictestGroup}`)]
  for (const check of CHECKS) outcomes.push(...(await check(group, lab)).flatMap(outcomesOf))
  return outcomes
}
