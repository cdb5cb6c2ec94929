import { randomBytes } from 'node:crypto'
import { type AddressPrefix, carriedNetwork } from '#rules/address-prefix.ts'
import type { AddressTrigger } from '#rules/address-rule.ts'
import { type DomainName, nameToWire, parseDomainName } from '#rules/domain-name.ts'
import type { RuleEffect } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { distinctPrefixes, shareOf } from '#rules/prefix-share.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { GUARD_ADDRESSES, GUARD_NETWORKS } from '#rules/sets/guard-addresses.ts'
import {
  GUARD_NAMES,
  GUARD_ZONES,
  type GuardName,
  type GuardZone,
} from '#rules/sets/guard-names.ts'
import { TYPE } from '#wire/constants.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'

/** Where types for private use begin (RFC 6895, section 3.1). */
const PRIVATE_TYPES = 65_280
const ALL_IPV4: AddressPrefix = { bytes: new Uint8Array(4), prefixLength: 0 }
const ALL_IPV6: AddressPrefix = { bytes: new Uint8Array(16), prefixLength: 0 }
/** What is given out of IPv6: 2000::/3 (IANA "IPv6 Global Unicast Address Assignments"). */
const GLOBAL_IPV6: AddressPrefix = {
  bytes: Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? 0x20 : 0)),
  prefixLength: 3,
}

/**
 * What an index of one list blocks, or answers, that a school must reach: names and domains of delivery networks, whatever is
 * asked of them, addresses, and too many addresses altogether. `types` are those to ask for: see `typesIn`.
 */
export function guardsIn(index: RuleIndex, types: readonly number[]): readonly string[] {
  const blocked = networksIn(index, 'ip')
  return [
    ...GUARD_NAMES.filter((guard) => isHarmed(index, types, guard, [guard.name])),
    ...GUARD_ZONES.filter((zone) => isHarmed(index, types, zone, namesLike(zone))),
  ]
    .map(({ name }): string => name)
    .concat(addressesIn(index), breadthOf(blocked), deliveryIn(blocked))
}

/**
 * The types by which a list's rules can tell questions apart: A and AAAA, all that it names, and one that it does not, for rules on
 * all but some. NXDOMAIN to any of them may be taken for the whole name by a cache (RFC 8020). Undefined: it names more than
 * any list has reason to, and trying them would take for ever.
 */
export function typesIn(index: RuleIndex): readonly number[] | undefined {
  const named = new Set(index.entries.flatMap(({ condition }) => condition?.types?.types ?? []))
  if (named.size > SUPPLY_LIMITS.typesMax) return undefined
  let other = PRIVATE_TYPES
  while (named.has(other)) other++
  return [...new Set([TYPE.A, TYPE.AAAA, ...named, other])]
}

/** Whether it blocks more devices than a list from elsewhere can have a reason for. */
export function blocksNetworks(index: RuleIndex): boolean {
  const devices = networksIn(index, 'client-ip')
  return (
    shareOf(ALL_IPV4, devices) > 2 ** -SUPPLY_LIMITS.devicesIpv4Length ||
    shareOf(ALL_IPV6, devices) > 2 ** -SUPPLY_LIMITS.devicesIpv6Length
  )
}

function isHarmed(
  index: RuleIndex,
  types: readonly number[],
  guard: GuardName,
  names: readonly DomainName[],
): boolean {
  const matches = new Matches()
  return names.some((name) => {
    const wire = nameToWire(name)
    return types.some((type) => {
      matches.clear()
      index.match(wire, 0, matches, type)
      return matches.entries
        .subarray(0, matches.count)
        .some((id) => isHarm(index.entries[id]?.effect, guard))
    })
  })
}

/** A made-up customer's name is never the same, so that no list can leave it out. */
function namesLike({ name, like }: GuardZone): readonly DomainName[] {
  const anybody = parseDomainName(`school-${randomBytes(4).toString('hex')}.${name}`)
  return [name, ...(isRuleFailure(anybody) ? [] : [anybody]), ...like]
}

/** Exceptions are applied by matching; whatever is left blocks the name or answers in its stead. */
function isHarm(effect: RuleEffect | undefined, { mayBeIn }: Pick<GuardName, 'mayBeIn'>): boolean {
  return effect?.kind !== 'categorise' || !mayBeIn.includes(effect.category)
}

function addressesIn(index: RuleIndex): readonly string[] {
  return GUARD_ADDRESSES.filter((guard) =>
    index.addresses
      .find('ip', [guard.bytes])
      .some(
        (rule) =>
          !index.addresses.isException(rule) && isHarm(index.entries[rule.entry]?.effect, guard),
      ),
  ).map(({ address }) => address)
}

/** What its rules cover, each address once; its exceptions are not taken off, for they are few where they are meant well. */
function networksIn({ addresses }: RuleIndex, trigger: AddressTrigger): readonly AddressPrefix[] {
  const rules = addresses.rules(trigger).filter((rule) => !addresses.isException(rule))
  return distinctPrefixes(rules.map(carriedNetwork))
}

function breadthOf(blocked: readonly AddressPrefix[]): readonly string[] {
  const { ipv4OneIn, ipv6OneIn } = SUPPLY_LIMITS
  return [
    ...(shareOf(ALL_IPV4, blocked) > 1 / ipv4OneIn
      ? [`more than 1/${ipv4OneIn} of all IPv4 addresses`]
      : []),
    ...(shareOf(GLOBAL_IPV6, blocked) > 1 / ipv6OneIn
      ? [`more than 1/${ipv6OneIn} of all IPv6 addresses`]
      : []),
  ]
}

function deliveryIn(blocked: readonly AddressPrefix[]): readonly string[] {
  const { deliveryOneIn } = SUPPLY_LIMITS
  return GUARD_NETWORKS.filter(({ networks }) =>
    [4, 16].some((bytes) => {
      const family = networks.filter((network) => network.bytes.length === bytes)
      const size = sum(family.map(sizeOf))
      const covered = sum(family.map((network) => sizeOf(network) * shareOf(network, blocked)))
      return covered > size / deliveryOneIn
    }),
  ).map(({ name }) => `more than 1/${deliveryOneIn} of the addresses of ${name}`)
}

function sizeOf({ prefixLength }: AddressPrefix): number {
  return 2 ** -prefixLength
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
