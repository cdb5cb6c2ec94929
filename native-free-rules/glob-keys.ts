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

/** By byte: how rare it is. */
const RARITY: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const at = FREQUENT.indexOf(String.fromCharCode(code))
  return at < 0 ? FREQUENT.length : at
})
const STAR = 0x2a
const ANY_ONE = 0x3f

/** Keys of the two rarest pairs that every text has which the glob matches; NO_KEY where there are none. */
export function globKeys(glob: string): readonly [number, number] {
  let [rarest, next] = [NO_KEY, NO_KEY]
  let [most, second] = [-1, -1]
  for (let i = 1; i < glob.length; i++) {
    const [a, b] = [glob.charCodeAt(i - 1), glob.charCodeAt(i)]
    if (isWild(a) || isWild(b)) continue
    const rarity = RARITY[a]! + RARITY[b]!
    if (rarity > most) {
      ;[next, second] = [rarest, most]
      ;[rarest, most] = [pairKey(a, b), rarity]
    } else if (rarity > second) [next, second] = [pairKey(a, b), rarity]
  }
  return [rarest, next === NO_KEY ? rarest : next]
}

function isWild(code: number): boolean {
  return code === STAR || code === ANY_ONE
}
