/**
 * Response policy zones (draft-vixie-dnsop-dns-rpz): triggers on names, exact and wildcard, on addresses in answers and on clients, with
 * NXDOMAIN, NODATA, PASSTHRU, DROP, TCP-only and local data. Within a zone clients come first, then names, then addresses, of
 * each the nearest. A client must not be left waiting, so DROP answers REFUSED. Name servers are not seen by whoever forwards, so their
 * triggers are refused.
 */
import { ADDRESS_TRIGGERS } from '../address-rule.ts'
import type { NetworkTrigger } from '../address-rule-book.ts'
import type { DomainName } from '../domain-name.ts'
import { parseDomainName } from '../domain-name.ts'
import type { LocalRecord } from '../local-data.ts'
import { TYPE_A, TYPE_AAAA, TYPE_TXT } from '../record-types.ts'
import { isPlainName } from '../rule-condition.ts'
import { isRuleFailure, type RuleFailure, ruleFailure } from '../rule-failure.ts'
import { textData } from './adblock-options.ts'
import { addressRecord } from './address-bytes.ts'
import { makeBook, makeLocalDataBook } from './local-data-book.ts'
import { readRpzNetwork } from './rpz-network.ts'
import type { ActionTaker, ListAction, ListParser, ListRule } from './rule-taker.ts'
import { absoluteName, parseZone, type ZoneRecord } from './zone-records.ts'

/** Triggers that are not evaluated, by the last label before the zone's own name. */
const OTHER_TRIGGERS: ReadonlyMap<string, string> = new Map([
  ['rpz-nsdname', 'a trigger on name servers, which a server that forwards does not see'],
  ['rpz-nsip', 'a trigger on addresses of name servers, which a server that forwards does not see'],
])
const ACTIONS: ReadonlyMap<string, ListAction> = new Map([
  ['', { kind: 'block', answer: 'nxdomain' }],
  ['*', { kind: 'block', answer: 'nodata' }],
  ['rpz-passthru', { kind: 'except' }],
  ['rpz-drop', { kind: 'block', answer: 'refused' }],
  ['rpz-tcp-only', { kind: 'tcp-only' }],
])
const TXT_CHARS_MAX = 255
/** Of the zone itself, not of its policy. */
const APEX_TYPES: ReadonlySet<string> = new Set(['SOA', 'NS'])

/** A parser for one zone file. Never throws. */
export function parseRpz(taker: ActionTaker): ListParser {
  const book = makeLocalDataBook(taker)
  const networks = makeBook<NetworkTrigger>({
    keyOf: ({ trigger, bytes, prefixLength }) => [trigger, prefixLength, ...bytes].join(),
    take: (network, action) => taker.takeNetwork({ network, action }),
    refuse: taker.refuse,
  })
  let origin = ''
  let apex: string | undefined
  const takeRecord = (record: ZoneRecord): string | undefined => {
    const { type, owner } = record
    if (type === 'SOA') apex = owner
    const zone = apex ?? ''
    if (owner === zone) return APEX_TYPES.has(type) ? undefined : 'a record of the zone itself'
    const trigger = triggerIn(owner, zone)
    if (trigger === undefined) return 'a name outside the zone'
    const network = readNetwork(trigger)
    if (isRuleFailure(network)) return network.detail
    const action = readAction(record, trigger, origin)
    if (isRuleFailure(action)) return action.detail
    if (network) return takeNetwork(network, action, record)
    const rule = readTrigger(trigger)
    if (isRuleFailure(rule)) return rule.detail
    return action.kind === 'record'
      ? book.hold(rule, action.record, record)?.detail
      : taker.take({ ...rule, action })?.detail
  }
  const takeNetwork = (network: NetworkTrigger, action: RpzAction, at: ZoneRecord) => {
    if (action.kind !== 'record') return taker.takeNetwork({ network, action })?.detail
    return action.record.kind === 'alias'
      ? 'an alias is answered for names only'
      : networks.hold(network, action.record, at)?.detail
  }
  const zone = parseZone({
    refuse: taker.refuse,
    takeOrigin: (name) => {
      origin = name
      apex ??= name
    },
    takeRecord,
  })
  return {
    write: zone.write,
    end: () => {
      zone.end()
      book.end()
      networks.end()
    },
  }
}

/** The owner without the zone's own name. */
function triggerIn(owner: string, zone: string): string | undefined {
  if (zone === '') return owner
  const from = owner.length - zone.length - 1
  const isWithin = from > 0 && owner.slice(from).toLowerCase() === `.${zone.toLowerCase()}`
  return isWithin ? owner.slice(0, from) : undefined
}

/** The network of a trigger on addresses; undefined for one on names. */
function readNetwork(trigger: string): NetworkTrigger | RuleFailure | undefined {
  const dot = trigger.lastIndexOf('.')
  const last = trigger.slice(dot + 1).toLowerCase()
  const kind = ADDRESS_TRIGGERS.find((one) => last === `rpz-${one}`)
  if (!kind) return undefined
  const network = readRpzNetwork(trigger.slice(0, Math.max(0, dot)))
  return isRuleFailure(network) ? network : { trigger: kind, ...network }
}

function readTrigger(trigger: string): Omit<ListRule, 'action'> | RuleFailure {
  const last = trigger.slice(trigger.lastIndexOf('.') + 1).toLowerCase()
  const other = OTHER_TRIGGERS.get(last)
  if (other !== undefined) return ruleFailure('not-evaluated', other)
  const isWildcard = trigger.startsWith('*.')
  const name = isWildcard ? trigger.slice(2) : trigger
  if (/(?:^|\.)\*(?:\.|$)/.test(name))
    return ruleFailure('bad-trigger', 'a wildcard that is not the first label')
  return { name, scope: isWildcard ? 'below' : 'exact' }
}

type RpzAction = ListAction | { readonly kind: 'record'; readonly record: LocalRecord }

function readAction(
  { type, data }: ZoneRecord,
  trigger: string,
  origin: string,
): RpzAction | RuleFailure {
  const [word = ''] = data
  if (type === 'CNAME' && data.length === 1) return readAlias(word, trigger, origin)
  if ((type === 'A' || type === 'AAAA') && data.length === 1) {
    const record = addressRecord(word)
    const wanted = type === 'A' ? TYPE_A : TYPE_AAAA
    if (record?.type === wanted) return { kind: 'record', record }
  }
  if (type === 'TXT' && data.length === 1) {
    const text = word.startsWith('"') ? word.slice(1) : word
    if (text.length <= TXT_CHARS_MAX && /^[\x20-\x7e]*$/.test(text) && !text.includes('\\'))
      return { kind: 'record', record: { kind: 'data', type: TYPE_TXT, data: textData(text) } }
  }
  return ruleFailure('bad-data', 'data that is not answered: CNAME, A, AAAA and one TXT string are')
}

function readAlias(word: string, trigger: string, origin: string): RpzAction | RuleFailure {
  // The special targets are absolute; `*.` and `.` are what they say.
  const target = word === '*.' ? '*' : absoluteName(word, origin).toLowerCase()
  const action = ACTIONS.get(target)
  if (action) return action
  // The old way to say PASSTHRU.
  if (target === trigger.toLowerCase()) return { kind: 'except' }
  if (target.startsWith('rpz-'))
    return ruleFailure('not-evaluated', `${shown(target)} is not evaluated`)
  const name: DomainName | RuleFailure = parseDomainName(target)
  if (isRuleFailure(name)) return name
  if (!isPlainName(name)) return ruleFailure('bad-data', 'an alias that is no host name')
  return { kind: 'record', record: { kind: 'alias', target: name } }
}

function shown(text: string): string {
  return text.slice(0, 30)
}
