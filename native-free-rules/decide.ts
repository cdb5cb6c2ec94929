import { isBypass, isGrave } from './categories.ts'
import type { Matches } from './matches.ts'
import type { PolicyView } from './policy-view.ts'
import { RANK } from './precedence.ts'
import { NO_LIST, type Verdict } from './verdict.ts'

/**
 * The verdict on a name, from the entries that cover it. The strongest rank wins; among equals the first. A block may lead
 * elsewhere instead, where the policy redirects its category. A name that is not blocked and not protected is then rewritten where a rewrite covers it; a name that only a rewrite covers is a search engine made safe and
 * not an unknown one, so it is not blocked for being in no category. Last comes what a list answers the name with, where no list
 * and nobody here vouches for the name itself. Never throws, allocates nothing.
 */
export function decide(view: PolicyView, { entries, count }: Matches): Verdict {
  const strongest = strongestOf(view, entries, 0, count)
  const ofName = strongest < 0 ? undefined : verdictAt(view, strongest, entries, 0, count)
  const verdict = view.everyName ? withEveryName(view, strongest, ofName) : ofName
  if (verdict?.kind === 'block') return view.redirects[verdict.entry] ?? verdict
  if (verdict?.reason === 'protected') return verdict
  for (let i = 0; i < count; i++) {
    const rewrite = view.rewrites[entries[i]!]
    if (rewrite) return verdict?.kind === 'monitor' ? rewrite.monitored : rewrite.plain
  }
  if (view.hasLocalData && !coversItsHops(verdict ?? view.fallback)) {
    for (let i = 0; i < count; i++) {
      const local = view.localData[entries[i]!]
      if (local) return local
    }
  }
  return verdict ?? view.fallback
}

/** The name's own verdict, or that of a rule which covers every name of a client, whichever ranks higher. */
function withEveryName(
  { everyName, ranks, fallback }: PolicyView,
  strongest: number,
  ofName: Verdict | undefined,
): Verdict | undefined {
  if (!everyName) return ofName
  const { rank, verdict } = everyName
  if (!ofName) {
    // What is allowed or watched in a category opens nothing that is closed for being in none.
    const isOpening = verdict.kind !== 'block' && fallback.kind === 'block'
    return isOpening ? undefined : verdict
  }
  if (rank > ranks[strongest]!) return verdict
  // A release opens no way round the filter, nor what is grave: see `verdictAt`.
  return isReleasedName(ofName) && isNeverReleased(verdict) ? verdict : ofName
}

/**
 * Whether a question that is not blocked is to be asked again over TCP, because of rules on what it asks for or leads to. Never of
 * what the school or the core sets allow, or a teacher has released. Allocates nothing.
 */
export function asksForTcp(
  view: PolicyView,
  entries: Uint16Array,
  count: number,
  ofName: Verdict,
): boolean {
  if (!view.hasTcpOnly || coversItsHops(ofName) || isReleasedName(ofName)) return false
  if (view.isTcpOnly) return true
  for (let i = 0; i < count; i++) if (view.tcpOnly[entries[i]!] === 1) return true
  return false
}

/**
 * Looks at one hop of an answer's CNAME chain: `entries` from `from` up to `to` are what covers the hop's own name, `ofName` is the
 * verdict on the name that was asked. Returns a block that some list says outright, or undefined: a hop in no list is never blocked.
 * What the school or the core sets allowed, and protected help, may hang on any hop but a locked one. Never throws, allocates
 * nothing.
 */
export function decideHop(
  view: PolicyView,
  entries: Uint16Array,
  from: number,
  to: number,
  ofName: Verdict,
): Verdict | undefined {
  if (ofName.kind === 'block') return undefined
  const strongest = strongestOf(view, entries, from, to)
  if (strongest < 0) return undefined
  const found = verdictAt(view, strongest, entries, from, to)
  if (found?.kind !== 'block') return undefined
  const rank = view.ranks[found.entry]!
  if (rank !== RANK.locked && coversItsHops(ofName))
    return isConsoleAllow(ofName) && isGraveVerdict(found) ? found : undefined
  if (isReleasedName(ofName) && rank < RANK.teacherRelease)
    return neverReleasedAt(view, entries, from, to)
  return found
}

/**
 * What the strongest entry says. A teacher's release of a name does not open a way round the filter, which for adults is a
 * category like others and so of a lower rank, nor what is grave; a school allow does. An allow of the console neither opens nor hides
 * what is grave.
 */
function verdictAt(
  view: PolicyView,
  strongest: number,
  entries: Uint16Array,
  from: number,
  to: number,
): Verdict | undefined {
  const verdict = view.verdicts[strongest]
  if (verdict && isConsoleAllow(verdict)) return graveAt(view, entries, from, to) ?? verdict
  if (view.ranks[strongest] !== RANK.teacherRelease) return verdict
  for (let i = from; i < to; i++) if (view.ranks[entries[i]!] === RANK.schoolAllow) return verdict
  return neverReleasedAt(view, entries, from, to) ?? verdict
}

/** The first block among the entries that no release lifts, though others may be as strong. */
function neverReleasedAt(
  { verdicts }: PolicyView,
  entries: Uint16Array,
  from: number,
  to: number,
): Verdict | undefined {
  for (let i = from; i < to; i++) {
    const verdict = verdicts[entries[i]!]
    if (isNeverReleased(verdict)) return verdict
  }
  return undefined
}

/** The strongest verdict of a grave category among the entries. */
function graveAt(
  { ranks, verdicts }: PolicyView,
  entries: Uint16Array,
  from: number,
  to: number,
): Verdict | undefined {
  let found: Verdict | undefined
  let best = 0
  for (let i = from; i < to; i++) {
    const entry = entries[i]!
    const verdict = verdicts[entry]
    if (!verdict || ranks[entry]! <= best || !isGraveVerdict(verdict)) continue
    best = ranks[entry]!
    found = verdict
  }
  return found
}

/** The school's own rules stand in a list where they are of its file. */
function isConsoleAllow({ reason, list }: Verdict): boolean {
  return reason === 'school-allow' && list === NO_LIST
}

function isGraveVerdict({ kind, category }: Verdict): boolean {
  return kind !== 'allow' && category !== undefined && isGrave(category)
}

function isNeverReleased(verdict: Verdict | undefined): boolean {
  if (verdict?.kind !== 'block' || verdict.category === undefined) return false
  return isBypass(verdict.category) || isGrave(verdict.category)
}

/** Whether the name itself was released, not its category: then its hops are, as far as a release reaches. */
function isReleasedName({ reason, category }: Verdict): boolean {
  return reason === 'teacher-release' && category === undefined
}

/**
 * Whether an allowed name answers for the names it hangs on. A rewritten name does not: its answer is made from its target alone.
 */
export function coversItsHops({ kind, reason }: Verdict): boolean {
  return (
    kind === 'allow' && (reason === 'protected' || reason === 'core' || reason === 'school-allow')
  )
}

/** The entry with the highest rank, the first among equals; -1 when none says anything to this group. */
function strongestOf(view: PolicyView, entries: Uint16Array, from: number, to: number): number {
  const { ranks } = view
  let strongest = -1
  let best = 0
  for (let i = from; i < to; i++) {
    const entry = entries[i]!
    if (ranks[entry]! > best) {
      best = ranks[entry]!
      strongest = entry
    }
  }
  return strongest
}
