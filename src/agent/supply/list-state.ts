import type { ListTrouble } from '#domain/list-event.ts'
import type { ReadyList } from '../policy/ready-config.ts'
import type { ListRecord } from './list-record.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'

/** Troubles of getting a list, which pass by themselves; all others wait for somebody. */
const PASSING: ReadonlySet<ListTrouble> = new Set([
  'unreachable',
  'timeout',
  'cut-off',
  'bad-status',
])

/** Whether it is likely to pass by itself, so that nobody need be told as long as a good version stands. */
export function isPassing(trouble: ListTrouble): boolean {
  return PASSING.has(trouble)
}

/** Troubles of this machine or of the way to the source: they say nothing of what the source offers. */
const SAYS_NOTHING: ReadonlySet<ListTrouble> = new Set([
  ...PASSING,
  'bad-redirect',
  'bad-certificate',
  'private-address',
  'internal',
])

/** Whether it shows that the source offers something else than before, or nothing. */
export function supersedes(trouble: ListTrouble): boolean {
  return !SAYS_NOTHING.has(trouble)
}

/** One word for how a list is. */
export type ListState =
  /** In force, and confirmed by its source. */
  | 'in-force'
  /** In force; its source cannot be had just now. */
  | 'failing'
  /** In force; not confirmed for so long that it may miss what is new. */
  | 'stale'
  /** In force in its last good version; the newest is not used. */
  | 'refused'
  /** As `refused`, until a person says whether so large a change is right. */
  | 'held'
  /** Not in force: there has never been a good version. */
  | 'missing'
  /** Not in force yet: it has not been tried. */
  | 'waiting'

/** How a list is, at a moment. */
export function stateOf(list: ReadyList, record: ListRecord, wallMs: number): ListState {
  const { good, held, fault } = record
  if (!good) return fault ? 'missing' : 'waiting'
  if (held) return 'held'
  if (isStale(list, record, wallMs)) return 'stale'
  if (!fault) return 'in-force'
  return isPassing(fault.trouble) ? 'failing' : 'refused'
}

/** Whether a download's source has confirmed nothing for too long. Files of this machine have no age of this kind. */
export function isStale({ origin }: ReadyList, record: ListRecord, wallMs: number): boolean {
  if (origin.kind === 'file') return false
  return (
    record.good !== undefined &&
    wallMs - record.confirmedAt > SUPPLY_LIMITS.staleIntervals * origin.everyMs
  )
}

/** Whether a person should do something about a list. */
export function needsSomebody(state: ListState): boolean {
  return state !== 'in-force' && state !== 'failing' && state !== 'waiting'
}

/** What to do about it, in a sentence; empty where there is nothing to do. */
export function adviceOn(id: string, state: ListState, { fault, good }: ListRecord): string {
  if (state === 'held') {
    const isThere = fault?.trouble === 'changed-size'
    const still = isThere ? '' : ', and whether its source offers it still, which cannot be had now'
    return `see whether the change is meant${still}; if so: supercloud-edge lists --accept ${id}`
  }
  if (fault) return ADVICE[fault.trouble] ?? ''
  if (state === 'stale') return ADVICE.unreachable
  return good && good.guards.length > 0 ? 'take the names out, unless you mean to block them' : ''
}

const TRY_AGAIN =
  'it is tried again by itself; if that lasts, see whether the address is still right'
const ADVICE: Readonly<Record<ListTrouble, string>> = {
  unreadable: 'put the file there, readable for the agent, or take the list out of edge.yaml',
  unreachable: TRY_AGAIN,
  timeout: TRY_AGAIN,
  'cut-off': TRY_AGAIN,
  'bad-status': 'see whether the address is still right, or add mirrors',
  'bad-redirect': 'put the address that it leads to into edge.yaml, if you trust it',
  'bad-certificate':
    'see whether the address and the clock are right; where a proxy or a mirror has certificates of its own, name them in downloads.ca',
  'private-address':
    'only a mirror of your own may be inside: name its host in downloads.private-hosts',
  'too-large':
    'see whether this is the list that is meant; list-bytes, list-download-bytes and list-names are limits in edge.yaml',
  'bad-archive': 'see whether format and member are right; else tell whoever makes the list',
  'bad-signature':
    'do not use it; see whether the key is still the right one, and tell whoever makes the list',
  html: 'open the address in a browser: a sign-in page, or the list has moved',
  empty: 'see whether the format is right; to be without the list, take it out of edge.yaml',
  'not-a-list': 'see whether the format is right',
  'guard-name': 'tell whoever makes the list; it is tried again by itself',
  'changed-size': 'see whether the change is meant',
  internal: 'see the disk and the log of the agent; it is tried again by itself',
}
