/** What `explain` says of answers: what they lead to, what becomes of them, and how a block would be told. */
import { type Failure, isFailure } from '#domain/failure.ts'
import { formatAddress } from '#domain/ip-address.ts'
import { isPrivateAddress } from '#domain/private-address.ts'
import { asksForTcp, coversItsHops, decideHop } from '#rules/decide.ts'
import { nameFromWire, nameToWire } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import { type BlockVerdict, NO_LIST, type RewriteVerdict, type Verdict } from '#rules/verdict.ts'
import { addressesOf } from '#wire/answer-addresses.ts'
import { RCODE, TYPE, typeName } from '#wire/constants.ts'
import { lengthOf } from '#wire/name.ts'
import { isZoneSigned } from '#wire/signatures.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import { withoutEch } from '#wire/strip-ech.ts'
import { type ActivePolicy, matchName } from './active-policy.ts'
import { addressBlock } from './address-rules.ts'
import { isCanary } from './answer-policy.ts'
import { sayNetwork } from './explain-rules.ts'
import type { Client } from './identity/client.ts'
import { rulesOnAddresses } from './list-addresses.ts'
import { REBINDING } from './rebinding.ts'
import type { Rehearsed } from './rehearse/rehearsal.ts'
import { sayAnswer } from './say-answer.ts'
import type { LocalUse } from './special-use.ts'
import type { AskUpstream } from './stages/forward.ts'
import { blockReasonOf } from './stages/observe.ts'

export interface ExplainedAnswer {
  readonly stored: StoredAnswer
  readonly verdict: Verdict
  readonly client: Client
  /** The name asked, wire form. */
  readonly name: Uint8Array
  readonly type: number
}

/** Where an answer leads, and the block that comes of it. The order of checks is that of `inspectEntry`. */
export function explainAnswer(
  answer: ExplainedAnswer,
  policy: ActivePolicy,
): { readonly block: BlockVerdict | undefined; readonly say: string } {
  const names = namesOf(answer.stored)
  for (const { hop, text } of names) {
    const block = hopBlock(hop, answer, policy)
    if (block) return { block, say: `leads to ${text}: ${sayVerdict(block)}` }
  }
  const addresses = addressesOf(answer.stored)
  const found = explainAddresses(addresses, answer, policy)
  if (found) return found
  const listed = explainListed(addresses, answer, policy)
  if (listed.block) return { block: listed.block, say: listed.say }
  const places = [...names.map(({ text }) => text), ...addresses.map(formatAddress)]
  const isOverTcp = listed.isOverTcp || names.some(({ hop }) => hopIsTcpOnly(hop, answer, policy))
  const said =
    places.length > 0 ? `leads to ${places.join(', ')}: nothing blocked` : 'leads nowhere'
  const say = `${said}${listed.say}${isOverTcp ? OVER_TCP : ''}`
  return { block: undefined, say }
}

/** Said of what is answered over TCP alone. */
export const OVER_TCP = '; over UDP it is to be asked again over TCP'

function hopIsTcpOnly(
  hop: Uint8Array,
  { client, verdict, type }: ExplainedAnswer,
  policy: ActivePolicy,
): boolean {
  const matches = new Matches()
  matchName(policy, hop, 0, matches, type)
  return asksForTcp(client.view, matches.entries, matches.count, verdict)
}

/** Lists' rules on the addresses. */
function explainListed(
  addresses: readonly Uint8Array[],
  { verdict, client, name, type }: ExplainedAnswer,
  policy: ActivePolicy,
): { readonly block: BlockVerdict | undefined; readonly say: string; readonly isOverTcp: boolean } {
  const nothing = { block: undefined, say: '', isOverTcp: false }
  if (verdict.reason === 'protected') return nothing
  const found = rulesOnAddresses(policy.rules, addresses, { name, type })
  if (found.length === 0) return nothing
  const say = found.map((rule) => sayNetwork(rule, policy)).join('; ')
  const entries = Uint16Array.from(found, ({ entry }) => entry)
  const block = decideHop(client.view, entries, 0, entries.length, verdict)
  if (block?.kind === 'block')
    return { block, say: `leads to ${say}: ${sayVerdict(block)}`, isOverTcp: false }
  const isOverTcp = asksForTcp(client.view, entries, entries.length, verdict)
  return { block: undefined, say: `; an address is in ${say}`, isOverTcp }
}

function hopBlock(
  hop: Uint8Array,
  { client, verdict, type }: ExplainedAnswer,
  policy: ActivePolicy,
): BlockVerdict | undefined {
  const matches = new Matches()
  matchName(policy, hop, 0, matches, type)
  const found = decideHop(client.view, matches.entries, 0, matches.count, verdict)
  return found?.kind === 'block' ? found : undefined
}

function explainAddresses(
  addresses: readonly Uint8Array[],
  { verdict, client, name }: ExplainedAnswer,
  policy: ActivePolicy,
): { readonly block: BlockVerdict; readonly say: string } | undefined {
  if (verdict.reason === 'protected') return undefined
  const own = addresses.find(isPrivateAddress)
  if (own && !policy.rebinding.allows(name))
    return {
      block: REBINDING,
      say: `leads to the private address ${formatAddress(own)}: ${sayVerdict(REBINDING)}`,
    }
  if (coversItsHops(verdict)) return undefined
  for (const address of addresses) {
    const rules = policy.addresses.find(address)
    const block = addressBlock(rules, client.group)
    const rule = rules.find(({ groups }) => groups === 'all' || groups.includes(client.group))
    if (!block || !rule) continue
    const { network, reason, author } = rule
    const by = author === '' ? '' : `, ${author}`
    const cidr = `${formatAddress(network.bytes)}/${network.prefixLength}`
    return {
      block,
      say: `leads to ${formatAddress(address)}, denied as ${cidr} (${reason}${by}): ${sayVerdict(block)}`,
    }
  }
  return undefined
}

function namesOf({
  hopNames,
}: StoredAnswer): { readonly hop: Uint8Array; readonly text: string }[] {
  const names: { hop: Uint8Array; text: string }[] = []
  for (let at = 0; at < hopNames.length; at += lengthOf(hopNames, at))
    names.push({ hop: hopNames.subarray(at), text: nameFromWire(hopNames, at) })
  return names
}

/** A verdict in words. */
export function sayVerdict(verdict: Verdict): string {
  if (verdict.kind === 'rewrite') {
    const of = verdict.category === undefined ? '' : ` of ${verdict.category}`
    return `rewrite to ${verdict.target} (${verdict.service}${of})`
  }
  if (verdict.kind === 'local-data') return `answered from list ${verdict.list}`
  const category = verdict.category === undefined ? '' : `, category ${verdict.category}`
  const list = verdict.list === NO_LIST ? '' : `, list ${verdict.list}`
  const answer = verdict.kind === 'block' ? sayStyle(verdict) : ''
  return `${verdict.kind} because of ${verdict.reason}${category}${list}${answer}`
}

function sayStyle({ answer, data }: BlockVerdict): string {
  if (data) return ', answered from the list'
  return answer ? `, answered ${answer}` : ''
}

/** How a client is told of a block; `asked` where it is the name asked that is blocked, and may be a canary. */
export function sayBlock(
  verdict: BlockVerdict,
  { group }: Client,
  policy: ActivePolicy,
  asked?: { readonly name: Uint8Array; readonly type: number },
): string {
  const matches = new Matches()
  if (asked) policy.rules.match(asked.name, 0, matches, asked.type)
  const style = isCanary(policy, matches)
    ? policy.block.nxdomain
    : policy.block.styleFor(group, verdict)
  const { code, text } = policy.block.errorFor(group, verdict)
  const answer = verdict.data ? 'from the list' : style.answer
  return `answered ${answer} with EDE ${code} (${text})`
}

interface Checked {
  readonly verdict: RewriteVerdict
  /** Wire form. */
  readonly engine: Uint8Array
  /** What came of a rewrite for a client that sets DO. */
  readonly checking: Rehearsed
  /** And for one that does not. */
  readonly tried: Rehearsed
}

/** What a rewrite is to clients that check signatures, where that is other than to all; asks an upstream which name is signed. */
export async function sayChecking(
  { verdict, engine, checking, tried }: Checked,
  ask: AskUpstream,
): Promise<string> {
  if (blockReasonOf(checking) === 'rewrite-signed') {
    const name = await signedName([engine, nameToWire(verdict.target)], ask)
    return `; blocked for a client that sets DO or CD${name === undefined ? '' : `, because ${name} is signed`}`
  }
  return checking.result === tried.result
    ? ''
    : `; a client that sets DO or CD gets ${sayAnswer(checking.bytes)}`
}

async function signedName(
  names: readonly Uint8Array[],
  ask: AskUpstream,
): Promise<string | undefined> {
  for (const name of names) {
    const stored = await ask({ name, type: TYPE.A, isDnssecOk: true, isCheckingDisabled: true })
    if (!isFailure(stored) && isZoneSigned(stored)) return nameFromWire(name, 0)
  }
  return undefined
}

/** Where a rewrite has no records of the type that is asked for. */
export function sayEmpty(type: number): string {
  const isLed = type === TYPE.A || type === TYPE.AAAA || type === TYPE.CNAME
  return isLed ? '' : `; only A, AAAA and CNAME have records, ${typeName(type)} has none`
}

/** Why a question is answered here. */
export function sayLocalUse(use: LocalUse): string {
  if (use === 'none') return 'an ordinary name'
  return use === 'any' ? 'ANY is answered here alone (RFC 8482)' : `special use: ${use}`
}

/** Said where a group has no HTTPS records at all, so that none are asked for. */
export function sayWithheld(type: number, group: string, policy: ActivePolicy): string | undefined {
  return type === TYPE.HTTPS && policy.ech.get(group) === 'nodata'
    ? 'HTTPS records are withheld from this group'
    : undefined
}

/** What becomes of keys for encrypted client hellos. */
export function sayEch(
  stored: StoredAnswer | Failure,
  group: string,
  { ech }: ActivePolicy,
): string {
  const mode = ech.get(group) ?? 'strip'
  if (isFailure(stored) || stored.rcode !== RCODE.NOERROR || !stored.hasEch)
    return 'no ech in the answer'
  if (mode === 'pass') return 'ech is passed on to this group'
  return withoutEch(stored)
    ? 'ech is taken out for this group'
    : 'ech cannot be taken out without breaking the answer, so HTTPS records are withheld'
}
