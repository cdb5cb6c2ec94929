import { isLinkLocal, parseAddress } from '#domain/ip-address.ts'

/**
 * Beyond these a MAC stands for many devices: a router that answers ARP for whoever is behind it, a Wi-Fi controller that does for its
 * clients. A device has one address of IPv4 and several of IPv6, for privacy (RFC 8981), in a network or two.
 */
export const MANY_ADDRESSES = { addresses: 64, ipv4: 16, subnets: 4 } as const
/** Of one that says that it is a router, which is the likelier case. */
const ROUTER_IPV4_MAX = 2

const IPV4_SUBNET_BYTES = 3 // A /24, and for IPv6 a /64.
const IPV6_SUBNET_BYTES = 8

/** Counts the addresses of one MAC. */
export class AddressCount {
  #addresses = 0
  #ipv4 = 0
  readonly #subnets = new Map<string, number>()
  isRouter = false

  /** Whether there are more than one device can have. */
  get isMany(): boolean {
    const { addresses, ipv4, subnets } = MANY_ADDRESSES
    return (
      this.#addresses > addresses ||
      this.#ipv4 > (this.isRouter ? ROUTER_IPV4_MAX : ipv4) ||
      this.#subnets.size > subnets
    )
  }

  add(address: string): void {
    this.#count(address, 1)
  }

  remove(address: string): void {
    this.#count(address, -1)
  }

  #count(address: string, by: 1 | -1): void {
    this.#addresses += by
    const bytes = parseAddress(address)
    if (!bytes) return
    const isIpv4 = bytes.length === 4
    if (isIpv4) this.#ipv4 += by
    // Which everybody may have, and which are in no network of the school's.
    if (isLinkLocal(bytes)) return
    const subnet = bytes.subarray(0, isIpv4 ? IPV4_SUBNET_BYTES : IPV6_SUBNET_BYTES).join('.')
    const count = (this.#subnets.get(subnet) ?? 0) + by
    if (count > 0) this.#subnets.set(subnet, count)
    else this.#subnets.delete(subnet)
  }
}
