import type { RefusedLine } from '#rules/list.ts'
import type { ReadyList } from '../policy/ready-config.ts'
import { changedSize } from './judge-version.ts'
import type { ListFault, ListRecord } from './list-record.ts'
import { adviceOn, isStale, type ListState, stateOf } from './list-state.ts'

/** A configured list as it is shown. Times in milliseconds since the epoch; absent: never. */
export interface ShownList {
  readonly id: string
  readonly title: string
  readonly licence: string
  readonly source: string
  /** The file, or the first address. */
  readonly from: string
  readonly isSigned: boolean
  readonly state: ListState
  readonly isStale: boolean
  /** Of the version in force; absent where there is none. */
  readonly inForce?: {
    /** Hostile text. */
    readonly version: string
    readonly names: number
    readonly updatedAt: number
    readonly refusedLines: number
    /** The first of them; hostile text. */
    readonly refused: readonly RefusedLine[]
    /** Names it blocks that a school must reach. */
    readonly guards: readonly string[]
    /** The address that it came from. */
    readonly url?: string
  }
  readonly held?: { readonly version: string; readonly names: number }
  readonly confirmedAt?: number
  readonly triedAt?: number
  readonly nextAt?: number
  readonly fault?: { readonly trouble: string; readonly detail: string; readonly since: number }
  /** What to do; may be empty. */
  readonly advice: string
}

/** What there is to be said of a list. */
export function showList(
  list: ReadyList,
  record: ListRecord,
  at: {
    readonly wallMs: number
    readonly nextAt: number | undefined
    /** How many refused lines are told. */
    readonly refusedMax: number
  },
): ShownList {
  const { id, title, licence, source, origin } = list
  const state = stateOf(list, record, at.wallMs)
  const { held, confirmedAt, triedAt } = record
  const fault = faultOf(id, record)
  return {
    id,
    title,
    licence,
    source,
    from: origin.kind === 'file' ? origin.path : (origin.urls[0] ?? ''),
    isSigned: origin.kind === 'url' && origin.signature !== undefined,
    state,
    isStale: isStale(list, record, at.wallMs),
    ...inForceOf(record, at.refusedMax),
    ...(held ? { held: { version: held.version, names: held.names } } : {}),
    ...(confirmedAt > 0 ? { confirmedAt } : {}),
    ...(triedAt > 0 ? { triedAt } : {}),
    ...(at.nextAt === undefined ? {} : { nextAt: at.nextAt }),
    ...(fault ? { fault } : {}),
    advice: adviceOn(id, state, record),
  }
}

/** Why the newest version is not in force: of one that waits the reason why it does, also while its source cannot be had. */
function faultOf(id: string, { held, good, fault }: ListRecord): ListFault | undefined {
  if (!held || !good || !fault || fault.trouble === 'changed-size') return fault
  const why = changedSize(id, held.names, good.names).detail
  return { ...fault, detail: `${why}; just now its source cannot be had: ${fault.detail}` }
}

function inForceOf({ good }: ListRecord, refusedMax: number): Pick<ShownList, 'inForce'> {
  if (!good) return {}
  const { version, names, updatedAt, refusedLines, guards, url } = good
  const refused = good.refused.slice(0, refusedMax)
  const facts = { version, names, updatedAt, refusedLines, refused, guards }
  return { inForce: url === undefined ? facts : { ...facts, url } }
}

/** What makes the agent degraded, in words. */
export function listReasons({ id, state, inForce, fault, isStale: stale }: ShownList): string[] {
  const reasons: string[] = []
  const why = fault ? `: ${fault.detail}` : ''
  if (state === 'missing') reasons.push(`list ${id} is not in force${why}`)
  if (state === 'refused' || state === 'held')
    reasons.push(`the newest version of list ${id} is not used, the last good one is${why}`)
  if (stale) reasons.push(`list ${id} is stale: its source has not confirmed it for too long${why}`)
  const [guard] = inForce?.guards ?? []
  if (guard !== undefined) reasons.push(`list ${id} blocks ${guard}, which a school must reach`)
  return reasons
}
