/**
 * What a name must hold for a glob to have a chance: the two pairs of neighbouring bytes in it that are rarest in names. Looking for
 * them in the pairs of a name takes two reads, where matching takes a walk.
 */

/** Pairs are told apart by the low six bits of both bytes, which letters, digits, hyphen and dot differ in. */
export const PAIR_KEYS = 4_097
/** The key of a glob that has no two neighbouring bytes. */
export const NO_KEY = 0

/** Bytes of names from frequent to rare; what is not here is rarer. */
const FREQUENT = '.aeiosrntlcdmuphgbykfvwjxzq-0123456789_'

/** The key of two neighbouring bytes; never NO_KEY. */
export function pairKey(first: number, second: number): number {
  return (((first & 0x3f) << 6) | (second & 0x3f)) + 1
}

/** Keys of the two rarest pairs that every text has which the glob matches; NO_KEY where there are none. */
export function globKeys(glob: string): readonly [number, number] {
  const pairs = [...glob.slice(1)]
    .map((second, i) => [glob.charAt(i), second] as const)
    .filter(([first, second]) => !isWild(first) && !isWild(second))
    .toSorted((a, b) => rarity(b) - rarity(a))
    .map(([first, second]) => pairKey(first.charCodeAt(0), second.charCodeAt(0)))
  const [rarest = NO_KEY, next = rarest] = pairs
  return [rarest, next]
}

function isWild(char: string): boolean {
  return char === '*' || char === '?'
}

function rarity([first, second]: readonly [string, string]): number {
  return rank(first) + rank(second)
}

function rank(char: string): number {
  const at = FREQUENT.indexOf(char)
  return at < 0 ? FREQUENT.length : at
}
