import { parseAddress } from '#domain/ip-address.ts'
import { FILE_LIMITS } from './limits.ts'
import type { Endpoint } from './sections/listen.ts'

/**
 * The name servers of a resolv.conf (resolver(5)), in its order, once each. Lines that name none are passed over: the
 * file is not ours. Never throws.
 */
export function readResolvConf(text: string): readonly Endpoint[] {
  const addresses = text
    .split('\n')
    .map((line) => /^\s*nameserver\s+([^\s#;]+)/.exec(line)?.[1] ?? '')
    .filter((address) => parseAddress(address) !== undefined)
  return [...new Set(addresses)]
    .slice(0, FILE_LIMITS.upstreams)
    .map((address) => ({ address, port: 53 }))
}
