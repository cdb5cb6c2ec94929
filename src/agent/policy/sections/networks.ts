import type { z } from 'zod'
import { type Cidr, formatAddress, networkOf, parseCidr } from '#domain/ip-address.ts'
import { type Complaint, complaint } from '../complaint.ts'
import { block, field, listOf, type Reading, shortName, text } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'

export interface NetworkSection {
  readonly cidr: Cidr
  readonly group: string
  readonly name?: string | undefined
}

const network: z.ZodType<NetworkSection> = block({
  cidr: field(readNetwork),
  group: shortName('a group'),
  name: text('a name', 64).optional(),
})

/** `networks`: which addresses belong to which group. Networks may lie in one another: the longest prefix wins. */
export const networksSection: z.ZodType<readonly NetworkSection[]> = listOf(
  network,
  'networks',
  FILE_LIMITS.networks,
)

/** The same network given twice. */
export function checkNetworks(networks: readonly NetworkSection[]): readonly Complaint[] {
  const first = new Map<string, number>()
  return networks.flatMap(({ cidr }, i) => {
    const key = cidrText(cidr)
    const before = first.get(key)
    if (before === undefined) {
      first.set(key, i)
      return []
    }
    return [
      complaint(['networks', i, 'cidr'], 'each network once', `networks[${before}] is the same`),
    ]
  })
}

/** Canonical text of a network. */
export function cidrText({ bytes, prefixLength }: Cidr): string {
  return `${formatAddress(bytes)}/${prefixLength}`
}

/** Reads a network whose host bits are zero. */
export function readNetwork(found: unknown): Reading<Cidr> {
  const allowed = 'a network such as 10.20.0.0/16 or 2001:db8:20::/48'
  if (typeof found !== 'string' || found.length > 64 || found.includes('%')) return { allowed }
  const cidr = parseCidr(found)
  if (!cidr) return found.includes('/') ? { allowed } : { allowed, hint: 'the /length is missing' }
  const value = networkOf(cidr)
  if (value.bytes.every((byte, i) => byte === cidr.bytes[i])) return { value }
  return { allowed: cidrText(value), hint: 'the bits after the prefix must be zero' }
}
