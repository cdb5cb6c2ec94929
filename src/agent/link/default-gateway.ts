import { readFile } from 'node:fs/promises'

const FLAG_UP_AND_GATEWAY = 0x3
const ALL_ZERO = '0'.repeat(32)

/** The default gateways of this machine, IPv4 first; none when there is no default route or no Linux. Never rejects. */
export async function readDefaultGateways(): Promise<readonly string[]> {
  const [v4, v6] = await Promise.all([
    readText('/proc/net/route'),
    readText('/proc/net/ipv6_route'),
  ])
  return [...new Set([...parseRoutes(v4), ...parseIpv6Routes(v6)])]
}

/** Gateways of the default routes in the text of `/proc/net/route`: hexadecimal, least significant byte first. */
export function parseRoutes(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, destination, gateway = '', flags = '', , , , mask] = line.trim().split(/\s+/)
    const isDefault = destination === '00000000' && mask === '00000000'
    return isDefault && isViaGateway(flags) && /^[0-9A-F]{8}$/i.test(gateway)
      ? [ipv4Of(gateway)]
      : []
  })
}

/** The same of `/proc/net/ipv6_route`; a link-local gateway carries its interface as the zone (RFC 4007 section 11). */
export function parseIpv6Routes(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const [destination, prefixLength, , , gateway = '', , , , flags = '', device = ''] = fields
    const isDefault = destination === ALL_ZERO && prefixLength === '00'
    if (!isDefault || !isViaGateway(flags) || !/^[0-9a-f]{32}$/i.test(gateway)) return []
    const address = gateway.match(/.{4}/g)?.join(':') ?? ''
    return [address.startsWith('fe80:') ? `${address}%${device}` : address]
  })
}

function isViaGateway(flags: string): boolean {
  return (Number.parseInt(flags, 16) & FLAG_UP_AND_GATEWAY) === FLAG_UP_AND_GATEWAY
}

function ipv4Of(hex: string): string {
  const bytes = hex.match(/../g) ?? []
  return bytes
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1')
  } catch {
    return ''
  }
}
