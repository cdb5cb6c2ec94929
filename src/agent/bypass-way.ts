import { BYPASS_CANARIES_LIST } from '#rules/sets/bypass-canaries.ts'
import { FILE_LIMITS } from './policy/limits.ts'
import type { Query } from './query.ts'

/**
 * Signs that a device looks for a way round the filter: a VPN, a web proxy, another resolver over HTTPS or TLS, a question by
 * which devices ask whether they may go round (Firefox, Private Relay), and one for a designated resolver (RFC 9462).
 */
export const BYPASS_WAYS = ['vpn', 'proxy', 'doh', 'canary', 'ddr'] as const
export type BypassWay = (typeof BYPASS_WAYS)[number]

/** Groups told apart in the count of signs: twice what one configuration may have, so that all may be renamed once. */
export const GROUPS_TOLD_MAX: number = 2 * FILE_LIMITS.groups
/** What the others are called together. */
export const OTHER_GROUPS = 'other'

const WAYS: ReadonlyMap<string, BypassWay> = new Map([
  ['bypass.vpn', 'vpn'],
  ['bypass.proxy', 'proxy'],
  ['bypass.doh', 'doh'],
])

/** The group that a sign is counted for. */
export function groupOf({ client }: Query): string {
  return client?.group ?? OTHER_GROUPS
}

/** The way that a query is a sign of, whether or not the group may have it; undefined for all others. */
export function bypassWayOf({ verdict, asksForResolver }: Query): BypassWay | undefined {
  if (asksForResolver) return 'ddr'
  if (verdict?.category === undefined) return undefined
  const way = WAYS.get(verdict.category)
  return way && verdict.list === BYPASS_CANARIES_LIST ? 'canary' : way
}
