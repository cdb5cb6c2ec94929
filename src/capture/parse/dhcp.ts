/** DHCP for IPv4 (RFC 2131, RFC 2132): what a client says of itself, and what a server gives out. */
import { formatAddress } from '#domain/ip-address.ts'
import { cleanText } from './clean-text.ts'
import { isZero } from './neighbour.ts'

export interface DhcpMessage {
  /** By a client, or by a server. */
  readonly isReply: boolean
  /** Option 53: 1 discover, 2 offer, 3 request, 5 acknowledge, 6 refuse, 8 inform. */
  readonly type: number
  /** Where the client's MAC stands. */
  readonly macAt: number
  /** The address that the client has: its own word where it renews, the server's where it is acknowledged. */
  readonly address: string | undefined
  readonly hostname: string | undefined
  /** Option 55, as numbers with commas. */
  readonly fingerprint: string | undefined
  readonly vendorClass: string | undefined
  readonly serverId: string | undefined
  readonly routers: readonly string[]
  readonly resolvers: readonly string[]
}

const AT = {
  hops: 3,
  ciaddr: 12,
  yiaddr: 16,
  chaddr: 28,
  sname: 44,
  file: 108,
  cookie: 236,
  options: 240,
} as const
const COOKIE = [0x63, 0x82, 0x53, 0x63]
const OPTION = {
  pad: 0,
  routers: 3,
  resolvers: 6,
  hostname: 12,
  overload: 52,
  type: 53,
  serverId: 54,
  parameters: 55,
  vendorClass: 60,
  fqdn: 81,
  end: 255,
} as const
export const DHCP_TYPE = {
  discover: 1,
  offer: 2,
  request: 3,
  acknowledge: 5,
  refuse: 6,
  inform: 8,
} as const
const OPTIONS_MAX = 128
const LISTED_MAX = 4
const NAME_CHARS_MAX = 64
const PARAMETERS_MAX = 64

const NONE = new Uint8Array(0)

type Options = Map<number, Uint8Array>

/** Undefined for what is no DHCP message over Ethernet. Allocates; the caller bounds how often. */
export function readDhcp(bytes: Uint8Array, at: number, end: number): DhcpMessage | undefined {
  if (at + AT.options > end) return undefined
  const operation = bytes[at]
  if ((operation !== 1 && operation !== 2) || bytes[at + 1] !== 1 || bytes[at + 2] !== 6)
    return undefined
  if (!COOKIE.every((byte, i) => bytes[at + AT.cookie + i] === byte)) return undefined
  const options = readOptions(bytes, at, end)
  const type = options.get(OPTION.type)?.[0]
  if (type === undefined) return undefined
  const isReply = operation === 2
  return {
    isReply,
    type,
    macAt: at + AT.chaddr,
    address: addressIn(bytes, at + (isReply ? AT.yiaddr : AT.ciaddr)),
    hostname: nameIn(options),
    fingerprint: options.get(OPTION.parameters)?.subarray(0, PARAMETERS_MAX).join(',') || undefined,
    vendorClass: textIn(options.get(OPTION.vendorClass)),
    serverId: addressesIn(options.get(OPTION.serverId))[0],
    routers: addressesIn(options.get(OPTION.routers)),
    resolvers: addressesIn(options.get(OPTION.resolvers)),
  }
}

function readOptions(bytes: Uint8Array, at: number, end: number): Options {
  const options: Options = new Map()
  take(options, bytes.subarray(at + AT.options, end))
  // The fields for names may hold options instead (RFC 2132 section 9.3).
  const overload = options.get(OPTION.overload)?.[0] ?? 0
  if ((overload & 1) === 1) take(options, bytes.subarray(at + AT.file, at + AT.cookie))
  if ((overload & 2) === 2) take(options, bytes.subarray(at + AT.sname, at + AT.file))
  return options
}

/** The first of each counts; a client that splits a long option (RFC 3396) is known by its first part. */
function take(options: Options, bytes: Uint8Array): void {
  for (let at = 0, read = 0; at < bytes.length && read < OPTIONS_MAX; read++) {
    const code = bytes[at] ?? OPTION.end
    if (code === OPTION.end) return
    if (code === OPTION.pad) {
      at++
      continue
    }
    const length = bytes[at + 1]
    if (length === undefined || at + 2 + length > bytes.length) return
    if (!options.has(code)) options.set(code, bytes.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
}

function nameIn(options: Options): string | undefined {
  const plain = textIn(options.get(OPTION.hostname))
  if (plain !== undefined) return plain
  const fqdn = options.get(OPTION.fqdn)
  if (!fqdn || fqdn.length < 4) return undefined
  const isWire = ((fqdn[0] ?? 0) & 4) === 4 // RFC 4702 section 2.1: else deprecated ASCII
  return isWire ? firstLabel(fqdn.subarray(3)) : textIn(fqdn.subarray(3))
}

/** The first label of a name in wire form; undefined where it is cut. */
export function firstLabel(wire: Uint8Array): string | undefined {
  const length = wire[0] ?? 0
  return length === 0 || length > 63 || length >= wire.length
    ? undefined
    : textIn(wire.subarray(1, 1 + length))
}

function textIn(bytes: Uint8Array | undefined): string | undefined {
  return bytes && cleanText(bytes, NAME_CHARS_MAX)
}

function addressIn(bytes: Uint8Array, at: number): string | undefined {
  return isZero(bytes, at, 4) ? undefined : formatAddress(bytes.subarray(at, at + 4))
}

function addressesIn(bytes: Uint8Array = NONE): readonly string[] {
  const found: string[] = []
  for (let i = 0; i + 4 <= bytes.length && found.length < LISTED_MAX; i += 4)
    found.push(formatAddress(bytes.subarray(i, i + 4)))
  return found
}
