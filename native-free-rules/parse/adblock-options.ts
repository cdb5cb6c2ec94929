/** What stands behind the `$` of an Adblock DNS rule. */
import { type DomainName, parseDomainName } from '../domain-name.ts'
import type { LocalRecord } from '../local-data.ts'
import { recordType, TYPE_TXT } from '../record-types.ts'
import {
  CONDITION_TYPES_MAX,
  DENY_ALLOW_MAX,
  isPlainName,
  type RuleCondition,
  type TypeCondition,
} from '../rule-condition.ts'
import { isRuleFailure, type RuleFailure, ruleFailure } from '../rule-failure.ts'
import { addressRecord } from './address-bytes.ts'
import type { ListAction } from './rule-taker.ts'

type Refused = RuleFailure<'bad-option'>
/** What `$dnsrewrite` asks for: a block said in a certain way, or a record. */
export type DnsRewrite =
  | { readonly kind: 'answer'; readonly action: Extract<ListAction, { kind: 'block' }> }
  | { readonly kind: 'record'; readonly record: LocalRecord }

/** The options of one rule. */
export interface AdblockOptions extends Omit<RuleCondition, 'glob' | 'expression'> {
  readonly isBadFilter?: true
  readonly rewrite?: DnsRewrite
}

const TXT_CHARS_MAX = 255

/** Reads options; one that is not evaluated here refuses the rule, since without it the rule would say something else. */
export function readOptions(text: string): AdblockOptions | Refused {
  let options: AdblockOptions = {}
  const seen = new Set<string>()
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase()
    if (seen.has(name)) return refused(`option ${name} is given twice`)
    seen.add(name)
    const read = readOption(name, at < 0 ? undefined : part.slice(at + 1).trim())
    if (isRuleFailure(read)) return read
    options = { ...options, ...read }
  }
  return options
}

function readOption(name: string, value: string | undefined): AdblockOptions | Refused {
  if (value === undefined) {
    if (name === 'important') return { isImportant: true }
    if (name === 'badfilter') return { isBadFilter: true }
  } else if (name === 'dnstype') {
    const types = readTypes(value)
    return isRuleFailure(types) ? types : { types }
  } else if (name === 'denyallow') {
    const denyAllow = readNames(value)
    return isRuleFailure(denyAllow) ? denyAllow : { denyAllow }
  } else if (name === 'dnsrewrite') {
    const rewrite = readRewrite(value)
    return isRuleFailure(rewrite) ? rewrite : { rewrite }
  }
  return refused(`option ${name.slice(0, 30)} is not evaluated`)
}

function readTypes(value: string): TypeCondition | Refused {
  const words = value.split('|')
  if (words.length > CONDITION_TYPES_MAX) return refused('too many record types')
  const isNot = value.startsWith('~')
  const types: number[] = []
  for (const word of words) {
    if (word.startsWith('~') !== isNot) return refused('record types both for and against')
    const type = recordType(isNot ? word.slice(1) : word)
    if (type === undefined) return refused('a record type that is not known')
    types.push(type)
  }
  // In order and once, so that rules which mean the same are the same.
  const ordered = [...new Set(types)].toSorted((a, b) => a - b)
  return { mode: isNot ? 'not' : 'only', types: ordered }
}

function readNames(value: string): readonly DomainName[] | Refused {
  const words = value.split('|')
  if (words.length > DENY_ALLOW_MAX) return refused('too many names in denyallow')
  const names = new Set<DomainName>()
  for (const word of words) {
    const name = parseDomainName(word)
    if (isRuleFailure(name) || !isPlainName(name))
      return refused('a name in denyallow is not a host name')
    names.add(name)
  }
  return [...names].toSorted()
}

function readRewrite(value: string): DnsRewrite | Refused {
  const words = value.split(';')
  const [rcode = '', type = '', data = ''] = words
  if (words.length === 1) return answerOf(value, false) ?? readRecord('', value)
  if (words.length !== 3) return refused('dnsrewrite has three parts or one')
  if (type === '' && data === '')
    return answerOf(rcode, true) ?? refused('an rcode that is not given')
  if (rcode.toUpperCase() !== 'NOERROR') return refused('only NOERROR comes with a record')
  return readRecord(type.toUpperCase(), data)
}

function answerOf(word: string, isCode: boolean): DnsRewrite | undefined {
  const text = isCode ? word.toUpperCase() : word
  if (text === 'NXDOMAIN') return { kind: 'answer', action: { kind: 'block', answer: 'nxdomain' } }
  if (text === 'REFUSED') return { kind: 'answer', action: { kind: 'block', answer: 'refused' } }
  return text === 'NOERROR'
    ? { kind: 'answer', action: { kind: 'block', answer: 'nodata' } }
    : undefined
}

/** A record of this type; of that which the data says where the type is empty. */
function readRecord(type: string, data: string): DnsRewrite | Refused {
  const address = addressRecord(data)
  if (address && (type === '' || recordType(type) === address.type))
    return { kind: 'record', record: address }
  if (type === '' || type === 'CNAME') {
    const target = parseDomainName(data)
    if (!isRuleFailure(target) && isPlainName(target) && target.includes('.') && !address)
      return { kind: 'record', record: { kind: 'alias', target } }
  }
  if (type === 'TXT' && data.length <= TXT_CHARS_MAX && /^[\x20-\x7e]+$/.test(data))
    return { kind: 'record', record: { kind: 'data', type: TYPE_TXT, data: textData(data) } }
  return refused('dnsrewrite answers with A, AAAA, CNAME or TXT')
}

/** RDATA of one character string (RFC 1035 section 3.3.14) of printable ASCII, in hexadecimal. */
export function textData(text: string): string {
  const bytes = [text.length, ...Array.from(text, (char) => char.charCodeAt(0))]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function refused(why: string): Refused {
  return ruleFailure('bad-option', why)
}
