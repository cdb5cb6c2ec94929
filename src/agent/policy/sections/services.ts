import type { z } from 'zod'
import { parseAddress } from '#domain/ip-address.ts'
import { address, block, field, integer, listOf, type Reading } from '../fields.ts'
import { FILE_LIMITS, LIMIT_BOUNDS, LIMIT_NAMES, limitKey } from '../limits.ts'
import { isLoopback } from '../own-listener.ts'

interface TargetSection {
  readonly host: string
  readonly port: number
}
export interface LinkSection {
  readonly targets?: readonly TargetSection[] | undefined
  readonly 'interval-seconds'?: number | undefined
  readonly 'backup-address'?: string | undefined
}
export const DEFAULT_LINK_INTERVAL_SECONDS = 10

/** `link`: what is probed to know whether the line works. */
export const linkSection: z.ZodType<LinkSection> = block({
  targets: listOf(
    block({ host: field(readHost), port: integer(1, 65_535) }),
    'hosts with ports',
    FILE_LIMITS.linkTargets,
  ).optional(),
  'interval-seconds': integer(2, 300).optional(),
  'backup-address': address().optional(),
})

export interface CollectorSection {
  readonly url?: string | undefined
}
export const DEFAULT_COLLECTOR_URL = 'http://127.0.0.1:8080'

/** `collector`: where events go. */
export const collectorSection: z.ZodType<CollectorSection> = block({
  url: field(readCollectorUrl).optional(),
})

export type LimitsSection = Readonly<Record<string, number | undefined>>

/** `limits`: the named maximums. */
export const limitsSection: z.ZodType<LimitsSection> = block(
  Object.fromEntries(
    LIMIT_NAMES.map((name) => {
      const { min, max } = LIMIT_BOUNDS[name]
      return [limitKey(name), integer(min, max).optional()]
    }),
  ),
)

function readHost(found: unknown): Reading<string> {
  const allowed = 'a host name or an address'
  if (typeof found !== 'string' || found.length > 253) return { allowed }
  const isGood =
    parseAddress(found) !== undefined || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(found)
  return isGood ? { value: found } : { allowed }
}

function readCollectorUrl(found: unknown): Reading<string> {
  const allowed = 'an https:// address, or http:// on this machine'
  if (typeof found !== 'string' || found.length > 300 || !URL.canParse(found)) return { allowed }
  const { protocol, hostname, username, password, pathname, search, hash, origin } = new URL(found)
  if (protocol !== 'https:' && protocol !== 'http:') return { allowed }
  if (username !== '' || password !== '')
    return { allowed, hint: 'no user or password: requests are signed' }
  if (pathname !== '/' || search !== '' || hash !== '') return { allowed, hint: `write ${origin}` }
  if (protocol === 'http:' && !isLoopback(hostname))
    return { allowed, hint: 'without https anyone on the way could read it' }
  return { value: origin }
}
