/**
 * One address asks for most of the school: a server that asks for others, behind which every device is one and the same. Said until a time of as many
 * queries shows otherwise; at night, when little is asked, what was last seen stands.
 */
import type { HiddenSchool } from '#domain/hidden-school.ts'
import { ASKED_ONE_IN } from '../fastpath/asked-ring.ts'
import type { AskHistory, AskHistoryOf } from './ask-history.ts'

/** Of the queries of ten to fifteen minutes. */
const SHARE_MIN = 0.8
/** Fewer may be one person's. */
export const QUERIES_MIN = 5_000
/** Places of 64 that are taken by some 60 different zones: more than one person's. */
const ZONES_MIN = 40
/** Clients that one address names by EDNS, however much it asks. */
const NAMED_MIN = 10
const NAMED_SAMPLES_MIN = 30
/** The present slot and the two before. */
const SLOTS_LOOKED_AT = 3

/** What the newest look has found of the client that asks most. */
export interface BusiestClient {
  readonly address: string
  /** Of all queries, 0 to 1. */
  readonly share: number
}

export interface HiddenSchoolLook {
  readonly busiest: BusiestClient | undefined
  /** Undefined: nobody is hidden. `unknown`: too little was asked to tell. */
  readonly found: Omit<HiddenSchool, 'since'> | undefined | 'unknown'
}

/** Looks at the last ten minutes. `isDeclared`: the configuration says that this address asks for others. */
export function lookForHiddenSchool(
  history: Pick<AskHistory, 'all' | 'each'>,
  nowMs: number,
  isDeclared: (address: string) => boolean,
): HiddenSchoolLook {
  const all = lately(history.all(nowMs))
  let busiest: AskHistoryOf | undefined
  let naming: AskHistoryOf | undefined
  for (const one of history.each(nowMs)) {
    if (!busiest || lately(one) > lately(busiest)) busiest = one
    const names = one.named >= NAMED_MIN && lately(one) >= NAMED_SAMPLES_MIN
    if (names && !isDeclared(one.address)) naming = one
  }
  if (!busiest || all === 0) return { busiest: undefined, found: 'unknown' }
  const share = lately(busiest) / all
  const told = { busiest: { address: busiest.address, share } }
  if (naming) return { ...told, found: describe(naming, 'named-clients', all) }
  if (all * ASKED_ONE_IN < QUERIES_MIN) return { ...told, found: 'unknown' }
  const isHidden = share > SHARE_MIN && busiest.zones >= ZONES_MIN
  if (!isHidden || isDeclared(busiest.address)) return { ...told, found: undefined }
  return { ...told, found: describe(busiest, 'share', all) }
}

function describe(
  one: AskHistoryOf,
  by: HiddenSchool['by'],
  all: number,
): Omit<HiddenSchool, 'since'> {
  return { address: one.address, by, share: Math.round((lately(one) / all) * 100) / 100 }
}

function lately({ samples }: AskHistoryOf): number {
  return samples.slice(0, SLOTS_LOOKED_AT).reduce((sum, count) => sum + count, 0)
}
