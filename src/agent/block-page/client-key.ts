import { formatAddress, parseAddress } from '#domain/ip-address.ts'

const HOST_PREFIX_BYTES = 8

/**
 * What limits on one client go by: its address or, since a device may take any address of its network, the /64 of an IPv6 one.
 * Never throws.
 */
export function clientKey(address: string): string {
  const bytes = parseAddress(address)
  if (!bytes) return ''
  if (bytes.length === 4) return formatAddress(bytes)
  return formatAddress(bytes.map((byte, i) => (i < HOST_PREFIX_BYTES ? byte : 0)))
}
