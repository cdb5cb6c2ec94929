import { prefixKey, prefixNearness } from './address-prefix.ts'
import type { AddressRule, AddressTrigger } from './address-rule.ts'
import type { RuleEntry } from './list.ts'

/** Rules whose networks have one length. */
interface Level {
  readonly trigger: AddressTrigger
  readonly bytes: number
  readonly prefixLength: number
  readonly rules: Map<string, AddressRule[]>
}

/** No rules, the same list each time. */
export const NO_ADDRESS_RULES: readonly AddressRule[] = []

/** The rules on networks of an index: one look-up an address for each length of prefix in use, however many rules there are. */
export class AddressRuleTable {
  readonly #entries: readonly RuleEntry[]
  readonly #levels: readonly Level[]

  constructor(rules: readonly AddressRule[], entries: readonly RuleEntry[]) {
    this.#entries = entries
    const levels = new Map<string, Level>()
    for (const rule of rules) {
      const { trigger, bytes, prefixLength } = rule
      const id = `${trigger} ${bytes.length}/${prefixLength}`
      const level = levels.get(id) ?? {
        trigger,
        bytes: bytes.length,
        prefixLength,
        rules: new Map<string, AddressRule[]>(),
      }
      levels.set(id, level)
      const key = prefixKey(bytes, prefixLength)
      const others = level.rules.get(key)
      if (others) others.push(rule)
      else level.rules.set(key, [rule])
    }
    this.#levels = [...levels.values()]
  }

  /** Whether there are any: nothing is looked for otherwise. */
  has(trigger: AddressTrigger): boolean {
    return this.#levels.some((level) => level.trigger === trigger)
  }

  /** All rules of a trigger, exceptions among them. */
  rules(trigger: AddressTrigger): readonly AddressRule[] {
    return this.#levels
      .filter((level) => level.trigger === trigger)
      .flatMap((level) => [...level.rules.values()].flat())
  }

  /** Of each list the rule on the nearest network that holds one of the addresses; exceptions among them. */
  find(trigger: AddressTrigger, addresses: readonly Uint8Array[]): readonly AddressRule[] {
    if (addresses.length === 0 || !this.has(trigger)) return NO_ADDRESS_RULES
    const nearest = new Map<string, AddressRule>()
    for (const level of this.#levels) {
      if (level.trigger !== trigger) continue
      for (const address of addresses) {
        if (address.length !== level.bytes) continue
        for (const rule of level.rules.get(prefixKey(address, level.prefixLength)) ?? []) {
          const list = this.listOf(rule)
          const other = nearest.get(list)
          if (!other || prefixNearness(rule) > prefixNearness(other)) nearest.set(list, rule)
        }
      }
    }
    return nearest.size === 0 ? NO_ADDRESS_RULES : [...nearest.values()]
  }

  /** The list of a rule. */
  listOf({ entry }: AddressRule): string {
    return this.#entries[entry]?.list ?? ''
  }

  isException({ entry }: AddressRule): boolean {
    return this.#entries[entry]?.effect.kind === 'except'
  }
}
