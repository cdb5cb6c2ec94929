import { type AddressPrefix, overlaps, prefixKey } from './address-prefix.ts'

/** The same networks without those that stand within another. */
export function distinctPrefixes(networks: readonly AddressPrefix[]): readonly AddressPrefix[] {
  const known = new Set<string>()
  const lengths = new Set<number>()
  return networks
    .toSorted((a, b) => a.prefixLength - b.prefixLength)
    .filter(({ bytes, prefixLength }) => {
      for (const length of lengths) if (known.has(keyOf(bytes, length))) return false
      lengths.add(prefixLength)
      known.add(keyOf(bytes, prefixLength))
      return true
    })
}

/** The part of a network, from 0 to 1, that distinct networks cover. */
export function shareOf(whole: AddressPrefix, distinct: readonly AddressPrefix[]): number {
  let share = 0
  for (const network of distinct)
    if (overlaps(whole, network))
      share += 2 ** Math.min(0, whole.prefixLength - network.prefixLength)
  return share
}

/** The family belongs to it: `0.0.0.0/0` is not `::/0`. */
function keyOf(bytes: Uint8Array, prefixLength: number): string {
  return `${bytes.length} ${prefixKey(bytes, prefixLength)}`
}
