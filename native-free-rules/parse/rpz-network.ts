/** Networks as response policy zones write them (draft-vixie-dnsop-dns-rpz, section 4.1.1): the length, then the address backwards. */
import { type AddressPrefix, isWholePrefix } from '../address-prefix.ts'
import { type RuleFailure, ruleFailure } from '../rule-failure.ts'

const IPV6_WORDS = 8
const LENGTH = /^[1-9]\d{0,2}$/
const BYTE = /^(?:0|[1-9]\d{0,2})$/
const WORD = /^(?:0|[1-9a-f][0-9a-f]{0,3})$/i

/** Reads the labels before `rpz-ip` or its like: `24.0.2.0.192`, `32.zz.db8.2001`. Never throws. */
export function readRpzNetwork(text: string): AddressPrefix | RuleFailure<'bad-trigger'> {
  const [length = '', ...backwards] = text.split('.')
  const parts = backwards.toReversed()
  const isIpv4 = parts.length === 4 && parts.every((part) => BYTE.test(part) && Number(part) < 256)
  const bytes = isIpv4 ? Uint8Array.from(parts, Number) : ipv6Bytes(parts)
  if (!bytes || !LENGTH.test(length) || Number(length) > bytes.length * 8)
    return refused('not a network as these zones write it, such as 24.0.2.0.192 or 32.zz.db8.2001')
  const network = { bytes, prefixLength: Number(length) }
  return isWholePrefix(network) ? network : refused('a network with bits set behind its length')
}

/** `zz` stands once for one or more words of zero. */
function ipv6Bytes(parts: readonly string[]): Uint8Array | undefined {
  const gap = parts.findIndex((part) => part.toLowerCase() === 'zz')
  const missing = IPV6_WORDS - parts.length + 1
  if (gap >= 0 ? missing < 1 : parts.length !== IPV6_WORDS) return undefined
  const zeros = Array.from({ length: missing }, () => '0')
  const words = gap < 0 ? parts : [...parts.slice(0, gap), ...zeros, ...parts.slice(gap + 1)]
  if (!words.every((word) => WORD.test(word))) return undefined
  return Uint8Array.from(
    words.flatMap((word) => [Number(`0x${word}`) >> 8, Number(`0x${word}`) & 0xff]),
  )
}

function refused(why: string): RuleFailure<'bad-trigger'> {
  return ruleFailure('bad-trigger', why)
}
