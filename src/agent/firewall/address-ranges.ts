import { type AddressBytes, type Cidr, formatAddress, parseAddress } from '#domain/ip-address.ts'

/** From the first address to the last, both included; of one family. */
export interface AddressRange {
  readonly first: bigint
  readonly last: bigint
}

/** A network that is either in or out; the longest prefix that holds an address decides. */
export interface MarkedNetwork {
  readonly network: Cidr
  readonly isIn: boolean
}

const BITS_OF_BYTE = 8n

/** What is in, as ranges that neither meet nor overlap, lowest first: networks may lie in one another, and sets of nftables may not. */
export function rangesOf(
  networks: readonly MarkedNetwork[],
  bytes: 4 | 16,
): readonly AddressRange[] {
  const ordered = networks
    .filter(({ network }) => network.bytes.length === bytes)
    .toSorted((a, b) => a.network.prefixLength - b.network.prefixLength)
  const painted = ordered.reduce<readonly AddressRange[]>((ranges, { network, isIn }) => {
    const one = rangeOf(network)
    const others = ranges.flatMap((range) => without(range, one))
    return isIn ? [...others, one] : others
  }, [])
  return merged(painted)
}

/** The same addresses, lowest first, in as few ranges as there can be. */
export function merged(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const out: AddressRange[] = []
  for (const range of ranges.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = out.at(-1)
    if (before && range.first <= before.last + 1n) {
      const last = range.last > before.last ? range.last : before.last
      out[out.length - 1] = { first: before.first, last }
    } else out.push(range)
  }
  return out
}

/** `192.0.2.0-192.0.2.127`, or one address. */
export function rangeText({ first, last }: AddressRange, bytes: 4 | 16): string {
  const from = textOf(first, bytes)
  return first === last ? from : `${from}-${textOf(last, bytes)}`
}

/** The range of one address; undefined for what is none. */
export function rangeOfAddress(text: string): AddressRange | undefined {
  const bytes = parseAddress(text)
  return bytes && rangeOf({ bytes, prefixLength: bytes.length * 8 })
}

function rangeOf({ bytes, prefixLength }: Cidr): AddressRange {
  const hostBits = BigInt(bytes.length * 8 - prefixLength)
  const first = (numberOf(bytes) >> hostBits) << hostBits
  return { first, last: first + (1n << hostBits) - 1n }
}

function without(range: AddressRange, hole: AddressRange): readonly AddressRange[] {
  if (hole.last < range.first || hole.first > range.last) return [range]
  const left = { first: range.first, last: hole.first - 1n }
  const right = { first: hole.last + 1n, last: range.last }
  return [left, right].filter(({ first, last }) => first <= last)
}

function numberOf(bytes: AddressBytes): bigint {
  return bytes.reduce((sum, byte) => (sum << BITS_OF_BYTE) | BigInt(byte), 0n)
}

function textOf(value: bigint, bytes: 4 | 16): string {
  const all = Array.from({ length: bytes }, (_, i) =>
    Number((value >> (BITS_OF_BYTE * BigInt(bytes - 1 - i))) & 0xffn),
  )
  return formatAddress(Uint8Array.from(all))
}
