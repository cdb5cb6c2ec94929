import type { z } from 'zod'
import type { Cidr } from '#domain/ip-address.ts'
import type { DomainName } from '#rules/domain-name.ts'
import { block, field, flag, listOf, shortName, text } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { readNetwork } from './networks.ts'
import { readName } from './school-rules.ts'

/** Addresses that the school denies to answers, wherever a name leads to them. */
export interface AddressRuleSection {
  readonly cidr: Cidr
  readonly reason: string
  readonly author?: string | undefined
  /** Absent: for every group. */
  readonly groups?: readonly string[] | undefined
}

const addressRule: z.ZodType<AddressRuleSection> = block({
  cidr: field(readNetwork),
  reason: text('a reason', 200),
  author: text('an author', 64).optional(),
  groups: listOf(shortName('a group'), 'groups', FILE_LIMITS.groups).optional(),
})

/** `deny-addresses`: networks that no answer may lead to. */
export const addressRulesSection: z.ZodType<readonly AddressRuleSection[]> = listOf(
  addressRule,
  'networks with reasons',
  FILE_LIMITS.addressRules,
)

export interface RebindingSection {
  readonly enabled?: boolean | undefined
  readonly 'allow-zones'?: readonly DomainName[] | undefined
}

/** `rebinding`: whether names may have private addresses, and which. */
export const rebindingSection: z.ZodType<RebindingSection> = block({
  enabled: flag().optional(),
  'allow-zones': listOf(field(readName), 'domain names', FILE_LIMITS.allowZones).optional(),
})
