/** What an answer leads to, by the rules: looked up once for each generation, judged anew for each client. */

import { isPrivateAddress } from '#domain/private-address.ts'
import { asksForTcp, coversItsHops, decideHop } from '#rules/decide.ts'
import type { BlockVerdict, Verdict } from '#rules/verdict.ts'
import { addressesOf } from '#wire/answer-addresses.ts'
import { lengthOf } from '#wire/name.ts'
import { type ActivePolicy, matchName } from './active-policy.ts'
import { addressBlock, NO_RULES } from './address-rules.ts'
import { type CacheEntry, NO_ENTRIES } from './cache/cache-entry.ts'
import type { Client } from './identity/client.ts'
import { rulesOnAddresses } from './list-addresses.ts'
import type { Query } from './query.ts'
import { REBINDING } from './rebinding.ts'

/** Looks everything in an entry up again unless this generation has done so. */
export function bringUpToDate(entry: CacheEntry, policy: ActivePolicy, query: Query): void {
  if (entry.generation === policy.generation) return
  const addresses = addressesOf(entry.stored)
  const found = addresses.flatMap((address) => policy.addresses.find(address))
  const { matches, view } = query
  matches.clear()
  matchName(policy, view.name, 0, matches, view.type)
  entry.nameEntries = matches.count > 0 ? matches.keep() : NO_ENTRIES
  entry.hopEntries = matchHops(policy, entry, query)
  entry.addressRules = found.length > 0 ? found : NO_RULES
  const listed = rulesOnAddresses(policy.rules, addresses, query.view)
  entry.addressEntries =
    listed.length > 0 ? Uint16Array.from(listed, (rule) => rule.entry) : NO_ENTRIES
  entry.isPrivate = addresses.some(isPrivateAddress)
  entry.generation = policy.generation
}

/** One for all answers that lead nowhere, as most do. */
const NO_HOPS: readonly Uint16Array[] = []

/** What is asked of an answer. */
export interface Inspected {
  readonly entry: CacheEntry
  readonly client: Client
  /** On the name that was asked. */
  readonly verdict: Verdict
  /** That name, lower-cased wire form. */
  readonly name: Uint8Array
}

/**
 * The block that an up-to-date entry deserves, or undefined. Names come first, for they tell a category. Protected help
 * has no address looked at; what the core sets or the school allow may have any but a private one. Does not allocate,
 * save for private addresses and denied ones.
 */
export function inspectEntry(inspected: Inspected, policy: ActivePolicy): BlockVerdict | undefined {
  const { entry, client, verdict, name } = inspected
  for (const hop of entry.hopEntries) {
    const found = blockOf(hop, inspected)
    if (found) return found
  }
  if (verdict.reason === 'protected') return undefined
  if (entry.isPrivate && !policy.rebinding.allows(name)) return REBINDING
  const denied =
    entry.addressRules.length > 0 && !coversItsHops(verdict)
      ? addressBlock(entry.addressRules, client.group)
      : undefined
  return denied ?? blockOf(entry.addressEntries, inspected)
}

/** Whether the question is to come again over TCP, because of what its answer leads to. Does not allocate. */
export function entryAsksForTcp({ entry, client, verdict }: Inspected): boolean {
  if (!client.view.hasTcpOnly) return false
  for (const hop of entry.hopEntries)
    if (asksForTcp(client.view, hop, hop.length, verdict)) return true
  const { addressEntries } = entry
  return asksForTcp(client.view, addressEntries, addressEntries.length, verdict)
}

function blockOf(entries: Uint16Array, { client, verdict }: Inspected): BlockVerdict | undefined {
  const found = decideHop(client.view, entries, 0, entries.length, verdict)
  return found?.kind === 'block' ? found : undefined
}

/**
 * The rules on each name in turn: rules on one name of the chain say nothing of another. An entry answers one type, so rules
 * that name types are looked up once for it too.
 */
function matchHops(
  policy: ActivePolicy,
  entry: CacheEntry,
  { matches, view }: Query,
): readonly Uint16Array[] {
  const { hopNames } = entry.stored
  if (hopNames.length === 0) return NO_HOPS
  const found: Uint16Array[] = []
  for (let at = 0; at < hopNames.length; at += lengthOf(hopNames, at)) {
    matches.clear()
    matchName(policy, hopNames, at, matches, view.type)
    if (matches.count > 0) found.push(matches.keep())
  }
  return found
}
