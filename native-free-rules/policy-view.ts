import { isAllowLocked, isBypass, isGrave, isLocked, LOCKED_CATEGORIES } from './categories.ts'
import type { CategoryId } from './category-ids.ts'
import type { DomainName } from './domain-name.ts'
import { firstReleasedEntry } from './extra-entries.ts'
import type { RewriteService, RuleEffect, RuleEntry, RuleGroups, SchoolEffect } from './list.ts'
import { dataByType } from './local-data.ts'
import { RANK, type Rank } from './precedence.ts'
import type { RuleIndex } from './rule-index.ts'
import {
  type BlockVerdict,
  type LocalDataVerdict,
  NO_ENTRY,
  NO_LIST,
  type RewriteVerdict,
  type Verdict,
} from './verdict.ts'

/** Instead of a category's names the target answers. Whatever else a block does, this does too. */
export interface RedirectAction {
  readonly redirect: DomainName
}
export type PolicyAction = 'allow' | 'block' | 'monitor' | RedirectAction

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

/** What is true for a while. */
export interface ViewMoment {
  /** Milliseconds since the epoch: school rules whose time is over say nothing. */
  readonly nowMs: number
  /** Categories that a teacher has released for this group. */
  readonly releasedCategories: ReadonlySet<CategoryId>
  /** One for each released name (see `ReleasedNames`): whether it is for this group. */
  readonly releasedNames: readonly boolean[]
  /** One for each rule of the console (see `ConsoleNames`). */
  readonly consoleRules?: readonly SchoolEffect[]
}

const NOTHING_RELEASED: ViewMoment = {
  nowMs: -Infinity,
  releasedCategories: new Set(),
  releasedNames: [],
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
  /** Where each entry leads instead, if its category is redirected: its verdict is a block, and so it is to whatever leads to it. */
  readonly redirects: readonly (RewriteVerdict | undefined)[]
  /** The local data of each entry that has some. */
  readonly localData: readonly (LocalDataVerdict | undefined)[]
  /** Whether any entry has: nothing is looked for otherwise. */
  readonly hasLocalData: boolean
  /** 1 for each entry that has questions over TCP answered alone. */
  readonly tcpOnly: Uint8Array
  /** Whether any entry does. */
  readonly hasTcpOnly: boolean
  /** What covers every name, of a view that a client has to itself. */
  readonly everyName?: { readonly rank: number; readonly verdict: Verdict } | undefined
  /** Whether such a rule has all questions come over TCP. */
  readonly isTcpOnly: boolean
  /** For names in no list. */
  readonly fallback: Verdict
}

/** Entries looked at in one step: some hundred microseconds. */
const ENTRIES_PER_STEP = 250

/** Makes the view of one group. Allocates once an entry; `decide` then allocates nothing. Never throws. */
export function compileView(
  index: RuleIndex,
  policy: GroupPolicy,
  moment: ViewMoment = NOTHING_RELEASED,
): PolicyView {
  const steps = compileViewInSteps(index, policy, moment)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The same, for whoever has something else to do between its short steps. */
export function* compileViewInSteps(
  index: RuleIndex,
  policy: GroupPolicy,
  moment: ViewMoment,
): Generator<undefined, PolicyView> {
  const { entries } = index
  const { releasedNames, consoleRules = [] } = moment
  const ranks = new Uint8Array(
    firstReleasedEntry(index) + releasedNames.length + consoleRules.length,
  )
  const verdicts: (Verdict | undefined)[] = []
  const rewrites: (RewritePair | undefined)[] = []
  const redirects: (RewriteVerdict | undefined)[] = []
  const localData: (LocalDataVerdict | undefined)[] = []
  const tcpOnly = new Uint8Array(entries.length)
  const keep = ({ rank, verdict }: Ranked): void => {
    ranks[verdicts.length] = rank
    redirects.push(redirectOf(rank, verdict, policy))
    verdicts.push(verdict)
  }
  for (const entry of entries) {
    keep(rankEntry(entry, policy, moment))
    rewrites.push(rewriteOf(entry, policy))
    localData.push(localDataOf(entry))
    tcpOnly[entry.id] = Number(isTcpOnly(entry, policy, moment))
    if (verdicts.length % ENTRIES_PER_STEP === 0) yield undefined
  }
  // In every view, bundle or none: nothing that makes a view can leave them out.
  for (const category of LOCKED_CATEGORIES) keep(rankLocked(category, verdicts.length))
  for (const isOurs of releasedNames) keep(isOurs ? rankReleasedName(verdicts.length) : SILENT)
  for (const effect of consoleRules) {
    const origin = { category: undefined, list: NO_LIST, entry: verdicts.length }
    keep(rankSchool(effect, origin, policy, moment))
    if (verdicts.length % ENTRIES_PER_STEP === 0) yield undefined
  }
  return {
    group: policy.group,
    ranks,
    verdicts,
    rewrites,
    redirects,
    localData,
    hasLocalData: localData.some((one) => one !== undefined),
    tcpOnly,
    hasTcpOnly: tcpOnly.includes(1),
    isTcpOnly: false,
    fallback: fallbackOf(policy, moment),
  }
}

interface Ranked {
  readonly rank: Rank
  readonly verdict: Verdict | undefined
}

const SILENT: Ranked = { rank: RANK.none, verdict: undefined }

function rankEntry(
  { id, list, effect }: RuleEntry,
  policy: GroupPolicy,
  moment: ViewMoment,
): Ranked {
  const origin = { category: undefined, list, entry: id }
  switch (effect.kind) {
    case 'categorise':
      return rankCategory(
        { category: effect.category, list, entry: id, said: saidBy(effect) },
        policy,
        moment,
      )
    case 'school-deny':
    case 'school-allow':
      return rankSchool(effect, origin, policy, moment)
    case 'rewrite':
    case 'local-data':
    case 'tcp-only':
    case 'except':
      return SILENT
    default:
      return effect satisfies never
  }
}

function rankSchool(
  { kind, groups, until }: SchoolEffect,
  origin: Pick<BlockVerdict, 'category' | 'list' | 'entry'>,
  policy: GroupPolicy,
  moment: ViewMoment,
): Ranked {
  if (!isFor(groups, policy.group) || isOver(until, moment)) return SILENT
  return kind === 'school-deny'
    ? ranked(RANK.schoolDeny, { kind: 'block', reason: kind, ...origin })
    : ranked(RANK.schoolAllow, { kind: 'allow', reason: kind, ...origin })
}

interface CategoryOrigin {
  readonly category: CategoryId
  readonly list: string
  readonly entry: number
}

/** Of the locked bundle, which has no name that could be told. */
function rankLocked(category: CategoryId, entry: number): Ranked {
  return ranked(RANK.locked, { kind: 'block', reason: 'locked', category, list: NO_LIST, entry })
}

function rankReleasedName(entry: number): Ranked {
  const origin = { category: undefined, list: NO_LIST, entry }
  return ranked(RANK.teacherRelease, { kind: 'allow', reason: 'teacher-release', ...origin })
}

function rankCategory(
  { said, ...origin }: CategoryOrigin & { readonly said: Pick<BlockVerdict, 'answer' | 'data'> },
  { kind, actions }: GroupPolicy,
  { releasedCategories }: ViewMoment,
): Ranked {
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
  // A release opens its own category: a name that is also in another, blocked one stays blocked.
  if (isReleasable(category) && releasedCategories.has(category))
    return ranked(RANK.categoryAllow, { kind: 'allow', reason: 'teacher-release', ...origin })
  const rank = isRedirect(action) ? RANK.categoryRedirect : RANK.categoryBlock
  return ranked(rank, { kind: 'block', reason: 'category', ...origin, ...said })
}

/** How a list wants its block said. */
function saidBy({
  answer,
  records,
}: Extract<RuleEffect, { readonly kind: 'categorise' }>): Pick<BlockVerdict, 'answer' | 'data'> {
  return {
    ...(answer === undefined ? {} : { answer }),
    ...(records === undefined ? {} : { data: dataByType(records) }),
  }
}

/** Where the group may have the category anyway, the rule says nothing. */
function isTcpOnly(
  { id, list, effect }: RuleEntry,
  policy: GroupPolicy,
  moment: ViewMoment,
): boolean {
  if (effect.kind !== 'tcp-only') return false
  const { category } = effect
  return (
    rankCategory({ category, list, entry: id, said: {} }, policy, moment).verdict?.kind === 'block'
  )
}

/** Whether a teacher may release a category: none that is grave, always allowed, or a way round the filter, as tunnels are. */
export function isReleasable(category: CategoryId): boolean {
  return (
    !isGrave(category) &&
    !isAllowLocked(category) &&
    !isBypass(category) &&
    category !== 'security.dyndns_tunnel'
  )
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

function redirectOf(
  rank: Rank,
  verdict: Verdict | undefined,
  { actions }: GroupPolicy,
): RewriteVerdict | undefined {
  if (rank !== RANK.categoryRedirect || verdict?.category === undefined) return undefined
  const { category, list, entry } = verdict
  const action = actions.get(category)
  return isRedirect(action) ? redirectTo(action, { category, list, entry }) : undefined
}

function isRedirect(action: PolicyAction | undefined): action is RedirectAction {
  return typeof action === 'object'
}

function redirectTo({ redirect }: RedirectAction, origin: CategoryOrigin): RewriteVerdict {
  return Object.freeze({
    kind: 'rewrite',
    reason: 'redirect',
    service: 'redirect',
    target: redirect,
    isMonitored: false,
    ...origin,
  })
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

function fallbackOf({ actions }: GroupPolicy, { releasedCategories }: ViewMoment): Verdict {
  const origin = { category: 'uncategorised', list: NO_LIST, entry: NO_ENTRY } as const
  const action = actions.get('uncategorised')
  if (action === 'allow') return Object.freeze({ kind: 'allow', reason: 'default', ...origin })
  if (action === 'monitor')
    return Object.freeze({ kind: 'monitor', reason: 'uncategorised', ...origin })
  if (releasedCategories.has('uncategorised'))
    return Object.freeze({ kind: 'allow', reason: 'teacher-release', ...origin })
  if (isRedirect(action)) return redirectTo(action, origin)
  return Object.freeze({ kind: 'block', reason: 'uncategorised', ...origin })
}

function isFor(groups: RuleGroups, group: string): boolean {
  return groups === 'all' || groups.includes(group)
}

function isOver(until: number | undefined, { nowMs }: ViewMoment): boolean {
  return until !== undefined && until <= nowMs
}

function ranked(rank: Rank, verdict: Verdict): Ranked {
  return { rank, verdict: Object.freeze(verdict) }
}
