import type { Matches } from './matches.ts'
import type { PolicyView } from './policy-view.ts'
import { isBlockingRank, RANK } from './precedence.ts'
import type { Verdict } from './verdict.ts'

/**
 * The verdict on a name, from the entries that cover it. The strongest rank wins; among equals the first. A name that is not blocked
 * and not protected is then rewritten where a rewrite covers it; a name that only a rewrite covers is a search engine made safe and
 * not an unknown one, so it is not blocked for being in no category. Last comes what a list answers the name with, where no list
 * and nobody here vouches for the name itself. Never throws, allocates nothing.
 */
export function decide(view: PolicyView, { entries, count }: Matches): Verdict {
  const strongest = strongestOf(view, entries, 0, count)
  const verdict = strongest < 0 ? undefined : view.verdicts[strongest]
  if (verdict && (verdict.kind === 'block' || verdict.reason === 'protected')) return verdict
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
  const rank = view.ranks[strongest]!
  if (!isBlockingRank(rank)) return undefined
  if (rank !== RANK.locked && coversItsHops(ofName)) return undefined
  return view.verdicts[strongest]
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
