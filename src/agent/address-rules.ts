import { type AddressBytes, networkOf } from '#domain/ip-address.ts'
import { innerIpv4 } from '#domain/private-address.ts'
import { type BlockVerdict, NO_ENTRY } from '#rules/verdict.ts'
import type { AddressRule } from './policy/ready-config.ts'

/** What stands for a list in the verdicts of these rules. */
export const ADDRESS_LIST = 'deny-addresses'

const BLOCKED: BlockVerdict = Object.freeze({
  kind: 'block',
  reason: 'address',
  category: undefined,
  list: ADDRESS_LIST,
  entry: NO_ENTRY,
})

/** Rules whose networks have one length, by the bytes of the network. */
interface Level {
  readonly bytes: number
  readonly prefixLength: number
  readonly rules: Map<string, AddressRule[]>
}

/** The school's denied networks: one look-up an address for each length of prefix in use, however many rules there are. */
export class AddressRules {
  readonly #levels: readonly Level[]

  constructor(rules: readonly AddressRule[]) {
    const levels = new Map<string, Level>()
    for (const rule of rules) {
      const { bytes, prefixLength } = rule.network
      const id = `${bytes.length}/${prefixLength}`
      const level = levels.get(id) ?? { bytes: bytes.length, prefixLength, rules: new Map() }
      const key = keyOf(bytes, prefixLength)
      levels.set(id, level)
      level.rules.set(key, [...(level.rules.get(key) ?? []), rule])
    }
    this.#levels = [...levels.values()]
  }

  /** The rules that cover an address, or the IPv4 address that it stands for. For any group: see `addressBlock`. */
  find(address: AddressBytes): readonly AddressRule[] {
    if (this.#levels.length === 0) return NO_RULES
    const inner = innerIpv4(address)
    return inner ? [...this.#look(address), ...this.#look(inner)] : this.#look(address)
  }

  #look(address: AddressBytes): readonly AddressRule[] {
    return this.#levels.flatMap(({ bytes, prefixLength, rules }) =>
      bytes === address.length ? (rules.get(keyOf(address, prefixLength)) ?? []) : [],
    )
  }
}

/** No rules, the same list each time. */
export const NO_RULES: readonly AddressRule[] = []

/** The block that rules say for a group, if any is for it. */
export function addressBlock(
  rules: readonly AddressRule[],
  group: string,
): BlockVerdict | undefined {
  return rules.some(({ groups }) => groups === 'all' || groups.includes(group))
    ? BLOCKED
    : undefined
}

function keyOf(bytes: AddressBytes, prefixLength: number): string {
  return String.fromCharCode(...networkOf({ bytes, prefixLength }).bytes)
}
