import { domainToUnicode } from 'node:url'
import type { DomainName } from '#rules/domain-name.ts'

/**
 * Letters of European languages that use the Latin script, Welsh among them. Others would have to be compared with all that looks
 * like them before they may be shown: a Cyrillic letter in place of a Latin one is how people are sent to the wrong site.
 */
const PLAIN = /^[a-z0-9.\-\u00df-\u00f6\u00f8-\u0130\u0132-\u0137\u0139-\u017e]+$/

/**
 * A name's letters beside its punycode (RFC 5891), or undefined where it has none or where its letters could be taken for
 * others: then the punycode stands alone. Never throws.
 */
export function unicodeOf(name: DomainName): string | undefined {
  if (!/(^|\.)xn--/.test(name)) return undefined
  const unicode = domainToUnicode(name)
  return unicode !== name && PLAIN.test(unicode) ? unicode : undefined
}
