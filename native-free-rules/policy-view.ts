import { isBypass, isLocked } from './categories.ts'
import type { CategoryId } from './category-ids.ts'
import type { ListAnswer, RewriteService, RuleEntry, RuleGroups } from './list.ts'
import { dataByType } from './local-data.ts'
import { RANK, type Rank } from './precedence.ts'
import type { RuleIndex } from './rule-index.ts'
import {
  type LocalDataVerdict,
  NO_ENTRY,
  NO_LIST,
  type RewriteVerdict,
  type Verdict,
} from './verdict.ts'

export type PolicyAction = 'allow' | 'block' | 'monitor'

/** What one group gets. */
export interface GroupPolicy {
  readonly group: string
  /** Pupils can never have the ways round the filter. */
  readonly kind: 'pupil' | 'staff' | 'guest'
  /** Complete, `uncategorised` included; a category that is missing all the same is blocked. */
  readonly actions: ReadonlyMap<CategoryId, PolicyAction>
  readonly safeSearch: boolean
  readonly youtube: 'strict' | 'moderate' | 'off'
}

/** A rewrite of a name that is otherwise allowed, or monitored. */
interface RewritePair {
  readonly plain: RewriteVerdict
  readonly monitored: RewriteVerdict
}

/** An index as one group sees it: every verdict made beforehand, so that deciding allocates nothing. */
export interface PolicyView {
  readonly group: string
  /** The rank of each entry; RANK.none where it says nothing to this group. */
  readonly ranks: Uint8Array
  /** The verdict of each entry that has a rank. */
  readonly verdicts: readonly (Verdict | undefined)[]
  /** The rewrite of each entry that is one and is switched on. */
  readonly rewrites: readonly (RewritePair | undefined)[]
  /** The local data of each entry that has some. */
  readonly localData: readonly (LocalDataVerdict | undefined)[]
  /** Whether any entry has: nothing is looked for otherwise. */
  readonly hasLocalData: boolean
  /** For names in no list. */
  readonly fallback: Verdict
}

/** Makes the view of one group. Allocates once an entry; `decide` then allocates nothing. Never throws. */
export function compileView(index: RuleIndex, policy: GroupPolicy): PolicyView {
  const all = index.entries.map((entry) => rankEntry(entry, policy))
  const localData = index.entries.map(localDataOf)
  return {
    group: policy.group,
    ranks: Uint8Array.from(all, ({ rank }) => rank),
    verdicts: all.map(({ verdict }) => verdict),
    rewrites: index.entries.map((entry) => rewriteOf(entry, policy)),
    localData,
    hasLocalData: localData.some((one) => one !== undefined),
    fallback: fallbackOf(policy),
  }
}

interface Ranked {
  readonly rank: Rank
  readonly verdict: Verdict | undefined
}

const SILENT: Ranked = { rank: RANK.none, verdict: undefined }

function rankEntry({ id, list, effect }: RuleEntry, policy: GroupPolicy): Ranked {
  const origin = { category: undefined, list, entry: id }
  switch (effect.kind) {
    case 'categorise':
      return rankCategory({ category: effect.category, list, entry: id }, policy, effect.answer)
    case 'school-deny':
      if (!isFor(effect.groups, policy.group)) return SILENT
      return ranked(RANK.schoolDeny, { kind: 'block', reason: 'school-deny', ...origin })
    case 'school-allow':
      if (!isFor(effect.groups, policy.group)) return SILENT
      return ranked(RANK.schoolAllow, { kind: 'allow', reason: 'school-allow', ...origin })
    case 'rewrite':
    case 'local-data':
    case 'except':
      return SILENT
    default:
      return effect satisfies never
  }
}

interface CategoryOrigin {
  readonly category: CategoryId
  readonly list: string
  readonly entry: number
}

function rankCategory(
  origin: CategoryOrigin,
  { kind, actions }: GroupPolicy,
  answer: ListAnswer | undefined,
): Ranked {
  const said = answer === undefined ? {} : { answer }
  const { category } = origin
  if (isLocked(category)) return ranked(RANK.locked, { kind: 'block', reason: 'locked', ...origin })
  if (category === 'protected.help')
    return ranked(RANK.protected, { kind: 'allow', reason: 'protected', ...origin })
  if (category.startsWith('core.'))
    return ranked(RANK.core, { kind: 'allow', reason: 'core', ...origin })
  if (kind === 'pupil' && isBypass(category))
    return ranked(RANK.bypassFloor, { kind: 'block', reason: 'bypass-floor', ...origin, ...said })
  const action = actions.get(category)
  if (action === 'allow')
    return ranked(RANK.categoryAllow, { kind: 'allow', reason: 'category', ...origin })
  if (action === 'monitor')
    return ranked(RANK.categoryMonitor, { kind: 'monitor', reason: 'category', ...origin })
  return ranked(RANK.categoryBlock, { kind: 'block', reason: 'category', ...origin, ...said })
}

function rewriteOf({ id, list, effect }: RuleEntry, policy: GroupPolicy): RewritePair | undefined {
  if (effect.kind !== 'rewrite' || !isSwitchedOn(effect.service, policy)) return undefined
  const { service, target } = effect
  const base = { kind: 'rewrite', reason: 'safe-search', service, target, list, entry: id } as const
  return {
    plain: Object.freeze({ ...base, category: undefined, isMonitored: false }),
    monitored: Object.freeze({ ...base, category: undefined, isMonitored: true }),
  }
}

function localDataOf({ id, list, effect }: RuleEntry): LocalDataVerdict | undefined {
  if (effect.kind !== 'local-data') return undefined
  const [first] = effect.records
  return Object.freeze({
    kind: 'local-data',
    reason: 'local-data',
    category: undefined,
    list,
    entry: id,
    target: first?.kind === 'alias' ? first.target : undefined,
    data: dataByType(effect.records),
  })
}

function isSwitchedOn(service: RewriteService, { safeSearch, youtube }: GroupPolicy): boolean {
  switch (service) {
    case 'safesearch':
      return safeSearch
    case 'youtube-strict':
      return youtube === 'strict'
    case 'youtube-moderate':
      return youtube === 'moderate'
    default:
      return service satisfies never
  }
}

function fallbackOf({ actions }: GroupPolicy): Verdict {
  const origin = { category: 'uncategorised', list: NO_LIST, entry: NO_ENTRY } as const
  const action = actions.get('uncategorised')
  if (action === 'allow') return Object.freeze({ kind: 'allow', reason: 'default', ...origin })
  if (action === 'monitor')
    return Object.freeze({ kind: 'monitor', reason: 'uncategorised', ...origin })
  return Object.freeze({ kind: 'block', reason: 'uncategorised', ...origin })
}

function isFor(groups: RuleGroups, group: string): boolean {
  return groups === 'all' || groups.includes(group)
}

function ranked(rank: Rank, verdict: Verdict): Ranked {
  return { rank, verdict: Object.freeze(verdict) }
}
