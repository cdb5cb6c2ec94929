import { innerIpv4 } from '#domain/private-address.ts'
import type { AddressRule } from '#rules/address-rule.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import type { RuleIndex } from '#rules/rule-index.ts'

/** What was asked: the lower-cased wire name and its type. */
export interface AskedName {
  readonly name: Uint8Array
  readonly type: number
}

/**
 * Lists' rules on the addresses of an answer, of each list the nearest, also on the IPv4 address that one stands for. A list
 * that has a rule on the name asked says nothing of its addresses, whatever that rule says: names come first.
 */
export function rulesOnAddresses(
  rules: RuleIndex,
  addresses: readonly Uint8Array[],
  { name, type }: AskedName,
): readonly AddressRule[] {
  const table = rules.addresses
  if (!table.has('ip')) return NO_ADDRESS_RULES
  const found = table.find(
    'ip',
    addresses.flatMap((address) => {
      const inner = innerIpv4(address)
      return inner ? [address, inner] : [address]
    }),
  )
  if (found.length === 0) return NO_ADDRESS_RULES
  const naming = new Set(rules.trace(name, 0, type).map(({ entry }) => entry.list))
  return found.filter((rule) => !table.isException(rule) && !naming.has(table.listOf(rule)))
}
