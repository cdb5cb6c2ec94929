import { categoryOf, isLocked } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { RuleEntry } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { recordsOf } from '#wire/answer-records.ts'
import { HEADER_BYTES, NAME_BYTES_MAX, TYPE } from '#wire/constants.ts'
import { lengthOf, readName } from '#wire/name.ts'
import { namesIn } from '#wire/sound-record.ts'
import { type ActivePolicy, matchName } from '../active-policy.ts'

/** What devices ask for to open a page. Reverse look-ups and mail say more of a school than they save it. */
const SAVED_TYPES: ReadonlySet<number> = new Set([TYPE.A, TYPE.AAAA, TYPE.HTTPS])
/** Records whose names are all known to be looked at; with any other the answer stays off the disk. */
const KNOWN_TYPES: ReadonlySet<number> = new Set([
  ...SAVED_TYPES,
  TYPE.CNAME,
  TYPE.DNAME,
  TYPE.SOA,
  TYPE.NS,
])

const matches = new Matches()
const name = new Uint8Array(NAME_BYTES_MAX)

/**
 * Whether an answer may stand on the disk: where any name in it is protected help, is locked, or lies in a category that tells of a
 * child at risk, by the rules in force, it may not, for it would tell that somebody has asked. `wire` is a stored answer's, to a
 * question of `type`. Never throws.
 */
export function mayBeSaved(wire: Buffer, type: number, policy: ActivePolicy): boolean {
  if (!SAVED_TYPES.has(type) || isPrivateAt(wire, HEADER_BYTES, type, policy)) return false
  return recordsOf(wire).every((record) => {
    if (!KNOWN_TYPES.has(record.type) || isPrivateAt(wire, record.start, type, policy)) return false
    const names = namesIn(record.type)
    let at = record.dataStart + (names?.at ?? 0)
    for (let i = 0; i < (names?.count ?? 0); i++) {
      if (isPrivateAt(wire, at, type, policy)) return false
      at = readName(wire, at, record.end, name, 0)
    }
    return true
  })
}

/** Looks at the name at a place of the message, and at every rule on it. */
function isPrivateAt(wire: Buffer, at: number, type: number, policy: ActivePolicy): boolean {
  if (readName(wire, at, wire.length, name, 0) < 0) return true
  matches.clear()
  matchName(policy, name.subarray(0, lengthOf(name, 0)), 0, matches, type)
  if (matches.dropped > 0) return true
  const { entries } = policy.rules
  for (let i = 0; i < matches.count; i++) {
    const number = matches.entries[i] ?? 0
    const entry = entries[number]
    // Beyond the index stand locked names, releases and rules of the console: who opens a name tells of it too.
    if (!entry || isPrivateEntry(entry)) return true
  }
  return false
}

function isPrivateEntry({ effect }: RuleEntry): boolean {
  return 'category' in effect && isPrivateCategory(effect.category)
}

function isPrivateCategory(id: CategoryId): boolean {
  if (id === 'protected.help' || id.startsWith('harm.') || isLocked(id)) return true
  return categoryOf(id)?.theme !== undefined
}
