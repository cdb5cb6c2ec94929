/** A client's address as four words of 32 bits, so that it can be counted without a string: IPv4 is mapped (RFC 4291 section 2.5.5.2). */
import { parseAddress } from '#domain/ip-address.ts'

export const ADDRESS_WORDS = 4
const IPV4_BYTES = 4
const IPV4_AT = 4
const IPV6_AT = 8
const MAPPED = 0xffff
/** Addresses remembered, 300 bytes each; when there are more, all are forgotten. */
const KNOWN_MAX = 8_192

/** Whether the words are those of an IPv4 address. */
export function isIpv4Words(words: Int32Array): boolean {
  return words[2] === MAPPED && words[0] === 0 && words[1] === 0
}

/** Reads the sockaddr at `start`. Does not allocate. */
export function readSockaddr(
  addresses: Uint8Array,
  start: number,
  isIpv6: boolean,
  out: Int32Array,
): void {
  if (isIpv6)
    for (let word = 0; word < ADDRESS_WORDS; word++)
      out[word] = wordAt(addresses, start + IPV6_AT + 4 * word)
  else setIpv4(wordAt(addresses, start + IPV4_AT), out)
}

/** Reads addresses in text, and remembers them. */
export class AddressWords {
  readonly #known = new Map<string, Int32Array>()

  read(text: string, out: Int32Array): void {
    let words = this.#known.get(text)
    if (!words) {
      words = wordsOf(text)
      if (this.#known.size >= KNOWN_MAX) this.#known.clear()
      this.#known.set(text, words)
    }
    for (let word = 0; word < ADDRESS_WORDS; word++) out[word] = words[word]!
  }
}

/** All that is no address counts as one. */
function wordsOf(text: string): Int32Array {
  const out = new Int32Array(ADDRESS_WORDS)
  const bytes = parseAddress(text)
  if (bytes?.length === IPV4_BYTES) setIpv4(wordAt(bytes, 0), out)
  else if (bytes)
    for (let word = 0; word < ADDRESS_WORDS; word++) out[word] = wordAt(bytes, 4 * word)
  return out
}

function setIpv4(address: number, out: Int32Array): void {
  out[0] = 0
  out[1] = 0
  out[2] = MAPPED
  out[3] = address
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}
