import { type MacAddress, macFromBytes } from '#domain/mac-address.ts'

/** RFC 8415 section 11: at most 128 octets beside the type. */
const DUID_BYTES_MAX = 130
const HEX = /^[0-9a-f]{1,2}(?::?[0-9a-f]{1,2})*$/i
const ETHERNET = 1
const LINK_LAYER_TIME = 1
const LINK_LAYER = 3
/** Type, hardware type, and for one of them the time. */
const ADDRESS_AT: ReadonlyMap<number, number> = new Map([
  [LINK_LAYER_TIME, 8],
  [LINK_LAYER, 4],
])
const MAC_BYTES = 6

/** The Ethernet address in a DUID of type 1 or 3 (RFC 8415 sections 11.2 and 11.4); undefined for all others. */
export function macOfDuid(bytes: Uint8Array): MacAddress | undefined {
  const type = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  const hardware = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  const at = ADDRESS_AT.get(type)
  if (at === undefined || hardware !== ETHERNET || bytes.length !== at + MAC_BYTES) return undefined
  return macFromBytes(bytes.subarray(at))
}

/** Reads `00:01:00:01:...`; leading zeros may be left out. Undefined where it is no such text, or too long. */
export function parseHexBytes(text: string): Uint8Array | undefined {
  if (text.length > DUID_BYTES_MAX * 3 || !HEX.test(text)) return undefined
  const pairs = text.includes(':') ? text.split(':') : (text.match(/../g) ?? [])
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}

/** As in a lease file. */
export function macOfDuidText(text: string): MacAddress | undefined {
  const bytes = parseHexBytes(text)
  return bytes && macOfDuid(bytes)
}
