import { type Failure, isFailure } from '#domain/failure.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { addressesOf } from '#wire/answer-addresses.ts'
import { RCODE, TYPE } from '#wire/constants.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { AskUpstream } from '../stages/forward.ts'
import { wireOf } from './lab.ts'

/** Addresses of a target, or why nobody knows. */
export type TargetState =
  | { readonly kind: 'resolves'; readonly ipv4: number; readonly ipv6: number }
  | { readonly kind: 'broken'; readonly text: string }
  | { readonly kind: 'not-reached'; readonly text: string }

/** Every name that search engines and YouTube are led to. */
export const REWRITE_TARGETS: readonly string[] = [
  ...new Set(
    CURATED_SETS.flatMap(({ names }) => names.flatMap(({ target }) => (target ? [target] : []))),
  ),
]

/** Asks the upstreams for each, all at once. */
export async function reachTargets(ask: AskUpstream): Promise<ReadonlyMap<string, TargetState>> {
  const found = await Promise.all(
    REWRITE_TARGETS.map(async (target) => [target, await reach(target, ask)] as const),
  )
  return new Map(found)
}

async function reach(target: string, ask: AskUpstream): Promise<TargetState> {
  const name = wireOf(target)
  const question = (type: number) => ({ name, type, isDnssecOk: false, isCheckingDisabled: false })
  const [ipv4, ipv6] = await Promise.all([ask(question(TYPE.A)), ask(question(TYPE.AAAA))])
  if (isFailure(ipv4)) return { kind: 'not-reached', text: `no upstream answers: ${ipv4.detail}` }
  const counts = { ipv4: count(ipv4), ipv6: count(ipv6) }
  if (counts.ipv4 + counts.ipv6 > 0) return { kind: 'resolves', ...counts }
  return { kind: 'broken', text: `${target} has no address (rcode ${ipv4.rcode})` }
}

function count(stored: StoredAnswer | Failure): number {
  return isFailure(stored) || stored.rcode !== RCODE.NOERROR ? 0 : addressesOf(stored).length
}
