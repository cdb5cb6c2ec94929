import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import type { Endpoint } from './sections/listen.ts'

const WILDCARDS: readonly string[] = ['0.0.0.0', '::']

/** Whether a host names this machine only: 127.0.0.0/8, ::1 or `localhost`. Brackets are fine. */
export function isLoopback(host: string): boolean {
  const bytes = parseAddress(host.replace(/^\[(.*)\]$/, '$1'))
  if (!bytes) return host.toLowerCase() === 'localhost'
  return bytes.length === 4 ? bytes[0] === 127 : formatAddress(bytes) === '::1'
}

/**
 * Whether a query sent to `upstream` would come back to one of our listeners. `localAddresses` are those of this machine,
 * which matter to a listener on every address.
 */
export function isOwnListener(
  upstream: Endpoint,
  listeners: readonly Endpoint[],
  localAddresses: readonly string[],
): boolean {
  const asked = canonical(upstream.address)
  const isHere =
    isLoopback(upstream.address) ||
    WILDCARDS.includes(asked) ||
    localAddresses.some((local) => canonical(local) === asked)
  return listeners.some(({ address, port }) => {
    if (port !== upstream.port) return false
    const own = canonical(address)
    return own === asked || (isHere && WILDCARDS.includes(own))
  })
}

function canonical(text: string): string {
  const bytes = parseAddress(text)
  return bytes ? formatAddress(bytes) : text
}
