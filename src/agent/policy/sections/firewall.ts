import type { z } from 'zod'
import { address, block, listOf, shortName } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'

export interface FirewallSection {
  readonly exempt?: readonly string[] | undefined
  readonly servers?: readonly string[] | undefined
}

/** `firewall`: what `supercloud-edge firewall` makes rules of; the agent itself makes none. */
export const firewallSection: z.ZodType<FirewallSection> = block({
  exempt: listOf(shortName('a group'), 'groups', FILE_LIMITS.groups).optional(),
  servers: listOf(address(), 'addresses', FILE_LIMITS.firewallServers).optional(),
})
