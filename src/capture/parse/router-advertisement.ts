import { formatAddress } from '#domain/ip-address.ts'
import { ND_TYPE } from './neighbour.ts'
import { type Packet, word } from './packet.ts'

/** What a router says of itself (RFC 4861 section 4.2, RFC 8106). */
export interface RouterAdvertisement {
  readonly lifetimeSeconds: number
  readonly prefixes: readonly string[]
  readonly resolvers: readonly string[]
}

const HEADER_BYTES = 16
const HOP_LIMIT = 255
const OPTION = { prefix: 3, resolvers: 25 } as const
const OPTIONS_MAX = 32
const LISTED_MAX = 4

/** Undefined for anything else, and for one that came from another link, which nobody heeds. */
export function readRouterAdvertisement(packet: Packet): RouterAdvertisement | undefined {
  const { bytes, payloadEnd, transportAt: at, hopLimit } = packet
  if (at + HEADER_BYTES > payloadEnd || bytes[at] !== ND_TYPE.routerAdvertisement) return undefined
  if (hopLimit !== HOP_LIMIT) return undefined
  const prefixes: string[] = []
  const resolvers: string[] = []
  let optionAt = at + HEADER_BYTES
  for (let options = 0; options < OPTIONS_MAX && optionAt + 8 <= payloadEnd; options++) {
    const length = bytes[optionAt + 1]! * 8
    if (length === 0 || optionAt + length > payloadEnd) break
    if (bytes[optionAt] === OPTION.prefix && length === 32 && prefixes.length < LISTED_MAX)
      prefixes.push(`${addressAt(bytes, optionAt + 16)}/${bytes[optionAt + 2]}`)
    if (bytes[optionAt] === OPTION.resolvers)
      for (let i = 8; i + 16 <= length && resolvers.length < LISTED_MAX; i += 16)
        resolvers.push(addressAt(bytes, optionAt + i))
    optionAt += length
  }
  return { lifetimeSeconds: word(bytes, at + 6), prefixes, resolvers }
}

function addressAt(bytes: Uint8Array, at: number): string {
  return formatAddress(bytes.subarray(at, at + 16))
}
