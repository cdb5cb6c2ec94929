import { contains, parseAddress } from '#domain/ip-address.ts'
import type { ReadyConfig, ReadyNetwork } from './ready-config.ts'

/** The longest network that an address lies in, as the configuration has them in that order; undefined: none. */
export function networkOf(
  address: string,
  { networks }: Pick<ReadyConfig, 'networks'>,
): ReadyNetwork | undefined {
  const bytes = parseAddress(address)
  return bytes && networks.find(({ network }) => contains(network, bytes))
}
