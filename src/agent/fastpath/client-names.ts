import { formatAddress } from '#domain/ip-address.ts'

/** Addresses remembered; a school has a few thousand. When there are more, all are forgotten and learnt again. */
const NAMES_MAX = 16_384
const IPV4_AT = 4
const IPV6_AT = 8

/** The text of a peer's address, made once for each: the rest of the agent goes by text. */
export class ClientNames {
  readonly #ipv4 = new Map<number, string>()
  readonly #ipv6 = new Map<string, string>()

  /** Of the sockaddr at `start`. IPv4 within IPv6 is IPv4. Allocates nothing for an IPv4 address that is known. */
  nameOf(addresses: Buffer, start: number, isIpv6: boolean): string {
    if (!isIpv6) return this.#nameOfIpv4(addresses, start + IPV4_AT)
    const at = start + IPV6_AT
    return isMapped(addresses, at)
      ? this.#nameOfIpv4(addresses, at + 12)
      : this.#nameOfIpv6(addresses, at)
  }

  #nameOfIpv4(bytes: Buffer, at: number): string {
    const key = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    const known = this.#ipv4.get(key)
    if (known !== undefined) return known
    if (this.#ipv4.size >= NAMES_MAX) this.#ipv4.clear()
    const name = formatAddress(bytes.subarray(at, at + 4))
    this.#ipv4.set(key, name)
    return name
  }

  #nameOfIpv6(bytes: Buffer, at: number): string {
    const key = bytes.toString('latin1', at, at + 16)
    const known = this.#ipv6.get(key)
    if (known !== undefined) return known
    if (this.#ipv6.size >= NAMES_MAX) this.#ipv6.clear()
    const name = formatAddress(bytes.subarray(at, at + 16))
    this.#ipv6.set(key, name)
    return name
  }
}

/** `::ffff:0:0/96` (RFC 4291 section 2.5.5.2). */
function isMapped(bytes: Buffer, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff
}
