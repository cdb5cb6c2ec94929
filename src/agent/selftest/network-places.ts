import { contains, formatAddress, parseAddress } from '#domain/ip-address.ts'
import type { ReadyNetwork } from '../policy/ready-config.ts'

/** Networks that are tried; more are told as unknown. */
export const NETWORKS_TRIED_MAX = 64

/** Where in a network a client is played. */
export interface NetworkPlace {
  readonly network: ReadyNetwork
  /** In it, and in none that lies within it; undefined where those take all of it. */
  readonly address: string | undefined
  /** Whether it is this machine's own, so that it can ask over a socket. */
  readonly isOurs: boolean
}

/** A place in each network: an address of this machine where it has one there. `networks` has the longest prefix first. */
export function placesIn(
  networks: readonly ReadyNetwork[],
  own: readonly string[],
): readonly NetworkPlace[] {
  const isIn = (address: string, network: ReadyNetwork): boolean => {
    const bytes = parseAddress(address)
    return !!bytes && networks.find((one) => contains(one.network, bytes)) === network
  }
  return networks.map((network) => {
    const ours = own.find((address) => isIn(address, network))
    if (ours !== undefined) return { network, address: ours, isOurs: true }
    const address = candidates(network).find((one) => isIn(one, network))
    return { network, address, isOurs: false }
  })
}

/** The first address of a host, those in the middle, and the last but one. */
function candidates({ network }: ReadyNetwork): readonly string[] {
  const { bytes, prefixLength } = network
  const bits = bytes.length * 8 - prefixLength
  if (bits === 0) return [formatAddress(bytes)]
  const size = 1n << BigInt(bits)
  const steps = [1n, size / 4n + 1n, size / 2n + 1n, (size / 4n) * 3n + 1n, size - 2n]
  return steps
    .filter((step) => step >= 0n && step < size)
    .map((step) => formatAddress(added(bytes, step)))
}

function added(bytes: Uint8Array, step: bigint): Uint8Array {
  const out = Uint8Array.from(bytes)
  let carry = step
  for (let i = out.length - 1; i >= 0 && carry > 0n; i--) {
    carry += BigInt(out[i] ?? 0)
    out[i] = Number(carry & 0xffn)
    carry >>= 8n
  }
  return out
}
