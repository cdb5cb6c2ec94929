/** IPv4 (RFC 791) and IPv6 (RFC 4291, text form RFC 5952) addresses as bytes: 4 or 16 of them, network order. */
export type AddressBytes = Uint8Array

export interface Cidr {
  readonly bytes: AddressBytes
  readonly prefixLength: number
}

/**
 * Reads an address; a zone (`%eth0`) is dropped and an IPv4-mapped IPv6 address becomes the IPv4 address, because both
 * name the same client. Returns undefined for anything else.
 */
export function parseAddress(text: string): AddressBytes | undefined {
  const zone = text.indexOf('%')
  const address = zone < 0 ? text : text.slice(0, zone)
  if (!address.includes(':')) return parseIpv4(address)
  const bytes = parseIpv6(address)
  return bytes && isMapped(bytes) ? bytes.slice(12) : bytes
}

/** Reads `address/length`; host bits may be set, see `networkOf`. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text)
  if (!match) return undefined
  const bytes = parseAddress(match[1] ?? '')
  const prefixLength = Number(match[2])
  if (!bytes || prefixLength > bytes.length * 8) return undefined
  return { bytes, prefixLength }
}

/** The same network with its host bits cleared. */
export function networkOf({ bytes, prefixLength }: Cidr): Cidr {
  const cleared = bytes.map((byte, i) => byte & prefixMask(prefixLength, i))
  return { bytes: cleared, prefixLength }
}

/** Whether an address lies in a network; the families must agree. */
export function contains(network: Cidr, address: AddressBytes): boolean {
  const { bytes, prefixLength } = network
  if (bytes.length !== address.length) return false
  return bytes.every((byte, i) => {
    const mask = prefixMask(prefixLength, i)
    return (byte & mask) === ((address[i] ?? 0) & mask)
  })
}

/** RFC 5952 text for IPv6, dotted decimal for IPv4. */
export function formatAddress(bytes: AddressBytes): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  )
  const zeros = longestZeroRun(groups)
  if (zeros.length < 2) return groups.join(':')
  const head = groups.slice(0, zeros.start).join(':')
  return `${head}::${groups.slice(zeros.start + zeros.length).join(':')}`
}

const LOCAL_NETWORKS: readonly Cidr[] = [
  '127.0.0.0/8', // loopback, RFC 1122
  '10.0.0.0/8', // private, RFC 1918
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16', // link-local, RFC 3927
  '100.64.0.0/10', // shared address space, RFC 6598: regional networks number schools from it
  '::1/128',
  'fe80::/10', // link-local, RFC 4291
  'fc00::/7', // unique local, RFC 4193
].flatMap((text) => parseCidr(text) ?? [])

/** Whether an address can only belong to a network of the site. */
export function isLocalAddress(address: AddressBytes): boolean {
  return LOCAL_NETWORKS.some((network) => contains(network, address))
}

const LINK_LOCAL_NETWORKS: readonly Cidr[] = ['169.254.0.0/16', 'fe80::/10'].flatMap(
  (text) => parseCidr(text) ?? [],
)

/** Whether an address means something on one link alone (RFC 3927, RFC 4291 section 2.5.6). */
export function isLinkLocal(address: AddressBytes): boolean {
  return LINK_LOCAL_NETWORKS.some((network) => contains(network, address))
}

function prefixMask(prefixLength: number, byteIndex: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - byteIndex * 8))
  return (0xff << (8 - bits)) & 0xff
}

function parseIpv4(text: string): AddressBytes | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  const parts = match.slice(1)
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0'))))
    return undefined
  return Uint8Array.from(parts, Number)
}

function parseIpv6(text: string): AddressBytes | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (embedded) {
    const v4 = parseIpv4(embedded[2] ?? '')
    if (!v4) return undefined
    const [a = 0, b = 0, c = 0, d = 0] = v4
    return parseIpv6(`${embedded[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...tail]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  return Uint8Array.from(
    groups.flatMap((group) => {
      const value = Number.parseInt(group, 16)
      return [value >> 8, value & 0xff]
    }),
  )
}

function isMapped(bytes: AddressBytes): boolean {
  return bytes.every((byte, i) => i >= 12 || byte === (i >= 10 ? 0xff : 0))
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === '0') continue
    if (i - start > best.length) best = { start, length: i - start }
    start = i + 1
  }
  return best
}
