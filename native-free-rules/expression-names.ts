/** What the table of an expression proves of the names that it matches. */
import { NAME_BYTES_MAX } from './domain-name.ts'
import { ALPHABET, DEAD, type ExpressionTable, MATCHED } from './expression-table.ts'

const DOT = 0x2e

/** `all` and `none` are of no use as a rule. */
export type MatchedNames =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  /** Every one is this name or stands below; `.` where nothing is proven. */
  | { readonly kind: 'some'; readonly under: string }

/**
 * The longest domain that every match ends in. Walks the table backwards from where a text may end: as long as all ways into the
 * states it has reached read the same character, every match ends in that one and what follows it.
 */
export function namesMatched(table: ExpressionTable): MatchedNames {
  const { start } = table
  if (start === DEAD) return { kind: 'none' }
  const ends = endsOf(table)
  const share = shareOfNames(table, ends)
  if (share !== 'some') return { kind: share }
  let suffix = ''
  let reached: ReadonlySet<number> = ends
  while (suffix.length < NAME_BYTES_MAX) {
    const before = waysInto(table, reached)
    const [only, ...others] = before
    // The text may begin here: what is behind a dot then is whole as well.
    if (reached.has(start)) {
      const isWhole = others.length === 0 && (!only || only[0] === DOT)
      return { kind: 'some', under: isWhole && suffix !== '' ? suffix : parentIn(suffix) }
    }
    if (!only || others.length > 0) break
    suffix = String.fromCharCode(only[0]) + suffix
    reached = only[1]
  }
  return { kind: 'some', under: parentIn(suffix) }
}

/** The whole labels of a suffix whose first may be cut. */
function parentIn(suffix: string): string {
  const dot = suffix.indexOf('.')
  return dot < 0 || dot === suffix.length - 1 ? '.' : suffix.slice(dot + 1)
}

/** States in which a text that ends is a match. */
function endsOf({ next, width }: ExpressionTable): ReadonlySet<number> {
  const ends = new Set<number>()
  for (let at = (MATCHED + 1) * width; at < next.length; at++) {
    if (next[at] !== MATCHED * width) continue
    // A match before the end leaves open what follows it.
    ends.add(at % width === width - 1 ? Math.floor(at / width) : MATCHED)
  }
  return ends
}

/** Whether all texts that could be a name are matches, some, or none: a dot stands between two other characters. */
function shareOfNames(
  { next, width, columns, start }: ExpressionTable,
  ends: ReadonlySet<number>,
): MatchedNames['kind'] {
  const others = new Set(ALPHABET.filter((code) => code !== DOT).map((code) => columns[code]!))
  // By state, behind a dot or the beginning, and behind another character.
  const seen = [new Set<number>(), new Set<number>()] as const
  const open: (readonly [state: number, isLabel: 0 | 1])[] = [[start, 0]]
  let isSome = false
  let isAll = true
  for (let at = open.pop(); at; at = open.pop()) {
    const [state, isLabel] = at
    if (seen[isLabel].has(state)) continue
    seen[isLabel].add(state)
    if (isLabel === 1 && ends.has(state)) isSome = true
    if (isLabel === 1 && !ends.has(state)) isAll = false
    for (const column of others) open.push([next[state * width + column]! / width, 1])
    if (isLabel === 1) open.push([next[state * width + columns[DOT]!]! / width, 0])
  }
  if (!isSome) return 'none'
  return isAll ? 'all' : 'some'
}

/** By character, the states from which it leads into one of `reached`. */
function waysInto(
  { next, width, columns }: ExpressionTable,
  reached: ReadonlySet<number>,
): ReadonlyMap<number, ReadonlySet<number>> {
  const ways = new Map<number, Set<number>>()
  for (let state = MATCHED; state * width < next.length; state++) {
    // Left out where no character leads there.
    if (state === MATCHED && !reached.has(MATCHED)) continue
    for (const code of ALPHABET) {
      if (!reached.has(next[state * width + columns[code]!]! / width)) continue
      const states = ways.get(code) ?? new Set()
      ways.set(code, states.add(state))
      // More than one character ends the walk.
      if (ways.size > 1) return ways
    }
  }
  return ways
}
