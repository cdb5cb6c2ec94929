import type { Matches } from '#rules/matches.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { BYPASS_CANARIES_LIST } from '#rules/sets/bypass-canaries.ts'
import { AddressRules } from './address-rules.ts'
import { BlockStyles } from './block-styles.ts'
import type { ReadyConfig, ReadyGroup } from './policy/ready-config.ts'
import type { EchMode } from './policy/sections/groups.ts'
import { Rebinding } from './rebinding.ts'
import { ZoneTable } from './zone-table.ts'

/** What is said of answers, beside the rules on names. */
export interface AnswerPolicy {
  readonly block: BlockStyles
  readonly addresses: AddressRules
  readonly rebinding: Rebinding
  /** Names that upstreams of their own know. */
  readonly zones: ZoneTable
  /** By group. */
  readonly ech: ReadonlyMap<string, EchMode>
  /** Groups whose clients may ask as much as they like. */
  readonly unlimited: ReadonlySet<string>
  /** 1 for each entry of the index that is of the canaries. */
  readonly canaryEntries: Uint8Array
}

export interface AnswerSettings
  extends Pick<ReadyConfig, 'block' | 'denyAddresses' | 'rebinding' | 'zones'> {
  readonly groups: ReadonlyMap<
    string,
    Pick<ReadyGroup, 'ech'> & { readonly isRateLimited?: boolean }
  >
}

/** Compiles the settings for the stages; the entries are those of `rules`. */
export function makeAnswerPolicy(settings: AnswerSettings, rules: RuleIndex): AnswerPolicy {
  const { block, denyAddresses, rebinding, groups, zones } = settings
  return {
    block: new BlockStyles(block),
    addresses: new AddressRules(denyAddresses),
    rebinding: new Rebinding(rebinding, zones),
    zones: new ZoneTable(zones.map(({ zone }) => zone)),
    unlimited: new Set(
      [...groups].flatMap(([name, { isRateLimited }]) => (isRateLimited === false ? [name] : [])),
    ),
    ech: new Map([...groups].map(([name, { ech }]) => [name, ech])),
    canaryEntries: Uint8Array.from(rules.entries, ({ list }) =>
      Number(list === BYPASS_CANARIES_LIST),
    ),
  }
}

/** Whether a canary is among what covers a name. Does not allocate. */
export function isCanary({ canaryEntries }: AnswerPolicy, { entries, count }: Matches): boolean {
  for (let i = 0; i < count; i++) if (canaryEntries[entries[i]!] === 1) return true
  return false
}
