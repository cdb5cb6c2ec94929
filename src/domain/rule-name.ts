import { getPublicSuffix } from 'tldts'
import { type DomainName, nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { tooWide } from '#rules/list-guard.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { type Failure, failure } from './failure.ts'

const OPTIONS = { extractHostname: false, validateHostname: false }
const LIKE_URL = /^[a-z][a-z0-9+.-]*:\/\/([^/:?#]+)/i

/**
 * Reads a name that a person allows or denies with everything below it. The failure says what to do instead; it does not quote what
 * was written. Never throws.
 */
export function readRuleName(text: string): DomainName | Failure<'bad-name' | 'too-wide'> {
  const given = text.trim()
  const host = LIKE_URL.exec(given)?.[1]
  if (host !== undefined)
    return failure('bad-name', 'write only the name, without http:// and path')
  const name = parseDomainName(given.replace(/^\*\./, '').toLowerCase())
  if (isRuleFailure(name)) return failure('bad-name', name.detail)
  if (!/^[a-z0-9_.-]+$/.test(name))
    return failure('bad-name', 'a name has letters, digits, hyphens and dots')
  const isSuffix = getPublicSuffix(name, OPTIONS) === name
  if (isSuffix || tooWide(nameToWire(name), 'subtree'))
    return failure('too-wide', 'this is a public suffix, which covers the sites of many owners')
  return name
}
