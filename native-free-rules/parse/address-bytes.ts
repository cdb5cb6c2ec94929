import type { LocalRecord } from '../local-data.ts'
import { TYPE_A, TYPE_AAAA } from '../record-types.ts'

const IPV6_WORDS = 8

/** The address record of an IPv4 or IPv6 address in text (RFC 4291 section 2.2, without zones), or undefined for any other text. */
export function addressRecord(text: string): Extract<LocalRecord, { kind: 'data' }> | undefined {
  const v4 = ipv4Words(text)
  if (v4) return { kind: 'data', type: TYPE_A, data: hexOf(v4) }
  const v6 = ipv6Words(text)
  return v6 ? { kind: 'data', type: TYPE_AAAA, data: hexOf(v6) } : undefined
}

/** The 4 or 16 bytes of an address in text, or undefined. */
export function addressBytes(text: string): Uint8Array | undefined {
  const words = ipv4Words(text) ?? ipv6Words(text)
  return words && Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]))
}

/** Whether an address stands for none at all: `0.0.0.0` and `::`, and the loopback that old lists use for the same. */
export function isNoAddress({ data }: { readonly data: string }): boolean {
  return /^0*$/.test(data) || /^7f[0-9a-f]{6}$/.test(data) || /^0{31}1$/.test(data)
}

/** Two words of 16 bits. */
function ipv4Words(text: string): number[] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1)
  if (!parts || parts.some((part) => part.length > 1 && part.startsWith('0'))) return undefined
  const [a = 256, b = 256, c = 256, d = 256] = parts.map(Number)
  return Math.max(a, b, c, d) > 255 ? undefined : [a * 256 + b, c * 256 + d]
}

function ipv6Words(text: string): number[] | undefined {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text) || !text.includes(':')) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, i) => wordsOf(half, i === halves.length - 1))
  if (!head || (halves.length === 2 && !tail)) return undefined
  if (!tail) return head.length === IPV6_WORDS ? head : undefined
  const gap = IPV6_WORDS - head.length - tail.length
  return gap < 1 ? undefined : [...head, ...Array.from({ length: gap }, () => 0), ...tail]
}

function wordsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const words: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const v4 = isLast && i === parts.length - 1 ? ipv4Words(part) : undefined
    if (v4) words.push(...v4)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) words.push(Number(`0x${part}`))
    else return undefined
  }
  return words
}

function hexOf(words: readonly number[]): string {
  return words.map((word) => word.toString(16).padStart(4, '0')).join('')
}
