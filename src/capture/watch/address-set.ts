import { type Cidr, contains, parseAddress, parseCidr } from '#domain/ip-address.ts'

/** Addresses, to be looked up where they stand in a packet. */
export interface AddressSet {
  readonly has: (bytes: Uint8Array, at: number, length: number) => boolean
}

/** Texts that are no address are left out. Looking up makes one short string. */
export function addressSet(addresses: Iterable<string>): AddressSet {
  const keys = new Set<string>()
  for (const text of addresses) {
    const bytes = parseAddress(text)
    if (bytes) keys.add(keyAt(bytes, 0, bytes.length))
  }
  return { has: (bytes, at, length) => keys.size > 0 && keys.has(keyAt(bytes, at, length)) }
}

/** Networks, likewise; few. */
export function networkSet(texts: Iterable<string>): AddressSet {
  const networks: readonly Cidr[] = [...texts].flatMap((text) => parseCidr(text) ?? [])
  return {
    has: (bytes, at, length) => {
      const address = bytes.subarray(at, at + length)
      return networks.some((network) => contains(network, address))
    },
  }
}

function keyAt(bytes: Uint8Array, at: number, length: number): string {
  let key = ''
  for (let i = 0; i < length; i++) key += String.fromCharCode(bytes[at + i]!)
  return key
}
