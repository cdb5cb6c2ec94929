/** DHCP for IPv6 (RFC 8415): what a client says of itself, and whether a server speaks. */
import { formatAddress } from '#domain/ip-address.ts'
import { firstLabel } from './dhcp.ts'
import { word } from './packet.ts'

export interface Dhcpv6Message {
  readonly isReply: boolean
  /** Six bytes of a client's DUID that is made of its MAC; undefined for others. */
  readonly mac: Uint8Array | undefined
  readonly hostname: string | undefined
  /** The address that a client renews (IA_NA), the first one. */
  readonly address: string | undefined
  readonly resolvers: readonly string[]
}

/** Clients': solicit, request, confirm, renew, rebind, release, decline, information. Servers': advertise, reply, reconfigure. */
const CLIENT_TYPES: readonly number[] = [1, 3, 4, 5, 6, 8, 9, 11]
const SERVER_TYPES: readonly number[] = [2, 7, 10]
/** Who renews or rebinds has the address that he names. */
const RENEWING: readonly number[] = [5, 6]
const OPTION = { clientId: 1, iaNa: 3, iaAddress: 5, resolvers: 23, fqdn: 39 } as const
const HEADER_BYTES = 4
const IA_NA_BYTES = 12
const OPTIONS_MAX = 64
const LISTED_MAX = 4
const NONE = new Uint8Array(0)
const DUID = { linkTime: 1, link: 3 } as const
const ETHERNET = 1

/** Undefined for what is no message between client and server; relays' are not read, as they are no device's. */
export function readDhcpv6(bytes: Uint8Array, at: number, end: number): Dhcpv6Message | undefined {
  const type = bytes[at]
  if (at + HEADER_BYTES > end || type === undefined) return undefined
  const isReply = SERVER_TYPES.includes(type)
  if (!isReply && !CLIENT_TYPES.includes(type)) return undefined
  const options = readOptions(bytes.subarray(at + HEADER_BYTES, end))
  return {
    isReply,
    mac: macOf(options.get(OPTION.clientId)),
    hostname: firstLabel(options.get(OPTION.fqdn)?.subarray(1) ?? NONE),
    address: RENEWING.includes(type) ? addressOf(options.get(OPTION.iaNa)) : undefined,
    resolvers: resolversOf(options.get(OPTION.resolvers)),
  }
}

function readOptions(bytes: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  for (let at = 0, read = 0; at + 4 <= bytes.length && read < OPTIONS_MAX; read++) {
    const code = word(bytes, at)
    const length = word(bytes, at + 2)
    if (at + 4 + length > bytes.length) break
    if (!options.has(code)) options.set(code, bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return options
}

function macOf(duid: Uint8Array | undefined): Uint8Array | undefined {
  if (!duid || duid.length < 4 || word(duid, 2) !== ETHERNET) return undefined
  const at = { [DUID.linkTime]: 8, [DUID.link]: 4 }[word(duid, 0)]
  return at !== undefined && duid.length === at + 6 ? duid.subarray(at) : undefined
}

function addressOf(association: Uint8Array | undefined): string | undefined {
  if (!association) return undefined
  const inner = readOptions(association.subarray(IA_NA_BYTES)).get(OPTION.iaAddress)
  return inner && inner.length >= 16 ? formatAddress(inner.subarray(0, 16)) : undefined
}

function resolversOf(bytes: Uint8Array = NONE): readonly string[] {
  const found: string[] = []
  for (let i = 0; i + 16 <= bytes.length && found.length < LISTED_MAX; i += 16)
    found.push(formatAddress(bytes.subarray(i, i + 16)))
  return found
}
