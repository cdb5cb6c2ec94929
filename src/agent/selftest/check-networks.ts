import { CATEGORIES, isAlerting, isLocked } from '#rules/categories.ts'
import { canaryOf } from '#rules/sets/canaries.ts'
import { RCODE, TYPE } from '#wire/constants.ts'
import type { ReadyGroup } from '../policy/ready-config.ts'
import type { Endpoint } from '../policy/sections/listen.ts'
import { askFrom } from './ask-from.ts'
import { checkCategories, expectedBlocks } from './check-policy.ts'
import { checkMapping } from './check-search.ts'
import type { Lab } from './lab.ts'
import { engineNames } from './network-engines.ts'
import { NETWORKS_TRIED_MAX, type NetworkPlace, placesIn } from './network-places.ts'
import { overSocket, type SocketParts } from './over-socket.ts'
import {
  type CheckResult,
  checkResult,
  failed,
  type Outcome,
  outcomesOf,
  PASSED,
  unknown,
} from './selftest-report.ts'

export interface NetworkParts extends SocketParts {
  readonly localAddresses: () => readonly string[]
}

/** What blocks of categories that alert nobody say (RFC 8914), and nobody else's do. */
const OUR_WORDS = 'blocked by school policy'
const REHEARSED = 'rehearsed in the box, which has no address there'

/**
 * Each network as its clients have it: the group, all canaries and a name of each search engine through the stages, as a client of that network;
 * where this machine has an address in it, all of it over a socket from there as well. Nothing of it is counted or recorded.
 */
export async function checkNetworks(
  lab: Lab,
  parts: NetworkParts,
): Promise<readonly CheckResult[]> {
  const places = placesIn(lab.config.networks, parts.localAddresses())
  const results: CheckResult[] = []
  for (const place of places.slice(0, NETWORKS_TRIED_MAX))
    results.push(await checkNetwork(place, lab, parts))
  const more = places.length - NETWORKS_TRIED_MAX
  if (more > 0)
    results.push(checkResult('networks', undefined, [unknown(`${more} more are not tried`)]))
  return results
}

async function checkNetwork(
  { network, address, isOurs }: NetworkPlace,
  lab: Lab,
  parts: NetworkParts,
): Promise<CheckResult> {
  const title = `network ${network.name}`
  if (address === undefined)
    return checkResult(title, network.group, [
      unknown('networks within it take all of its addresses'),
    ])
  const group = lab.config.groups.get(network.group)
  const client = lab.policy.clients.find(address)
  if (!group || client?.group !== network.group)
    return checkResult(title, network.group, [
      failed(`${address} gets group ${client?.group ?? 'none'} in place of ${network.group}`),
    ])
  const there = labAt(address, lab)
  const outcomes = [
    ...(await canaries(group, there)),
    ...(await engines(group, there)),
    ...(isOurs ? await overSocket(address, group, there, parts) : []),
  ]
  const way = isOurs ? `asked over UDP from ${address}` : REHEARSED
  return { ...checkResult(title, network.group, outcomes), way }
}

/** The same lab, asked by a client in place of a group. */
function labAt(address: string, lab: Lab): Lab {
  return { ...lab, ask: (_, name, type) => lab.askAs(address, name, type) }
}

async function canaries(group: ReadyGroup, lab: Lab): Promise<readonly Outcome[]> {
  return (await checkCategories(group, lab)).flatMap(outcomesOf)
}

async function engines(group: ReadyGroup, lab: Lab): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const one of engineNames(group)) outcomes.push(await checkMapping(group.group, one, lab))
  return outcomes
}

/** A made-up name that is blocked for the group and makes no event; undefined where all that is blocked alerts somebody. */
function quietBlockedName(group: ReadyGroup, lab: Lab): string | undefined {
  const blocked = expectedBlocks(group, lab)
  const quiet = CATEGORIES.find(
    ({ id }) => id !== 'uncategorised' && blocked.has(id) && !isAlerting(id) && !isLocked(id),
  )
  return quiet && canaryOf(quiet.id)
}

/** Asks resolvers elsewhere from each network that this machine is in: who gets an answer goes round the filter. */
export async function checkLeaks(lab: Lab, parts: NetworkParts): Promise<readonly CheckResult[]> {
  const { leakResolvers, networks } = lab.config
  if (leakResolvers.length === 0) return []
  const places = placesIn(networks, parts.localAddresses()).filter(({ isOurs }) => isOurs)
  const outcomes: Outcome[] = []
  if (places.length === 0) outcomes.push(unknown('this machine has no address in any network'))
  for (const { network, address } of places.slice(0, NETWORKS_TRIED_MAX)) {
    const group = lab.config.groups.get(network.group)
    const name = group && quietBlockedName(group, lab)
    for (const to of leakResolvers)
      if (name !== undefined && to.address.includes(':') === address?.includes(':'))
        outcomes.push(
          judgeLeak(await askFrom({ from: address, to, name, type: TYPE.A }), network.name, to),
        )
  }
  return [checkResult('leaks', undefined, outcomes)]
}

/** Silence is good, and so is an answer of ours: somebody has sent the question here. */
function judgeLeak(answer: Buffer | undefined, network: string, to: Endpoint): Outcome {
  if (!answer || answer.includes(OUR_WORDS)) return PASSED
  if ((answer.readUInt16BE(2) & 0xf) === RCODE.REFUSED) return PASSED
  return failed(`${to.address} port ${to.port} answers in network ${network}: port 53 is open`)
}
