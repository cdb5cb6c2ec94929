/** Whose alerts and events somebody may see: by queue, by assignment, and never where they are in conflict. Pure. */
import type { SafeguardingBody } from '#domain/event.ts'
import { categoryOf } from '#rules/categories.ts'
import type { Queue } from '../alerts/alert.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { queueOf } from '../alerts/queue-of.ts'
import type { Right, Viewer } from './viewer.ts'

const QUEUES_OF: Readonly<Partial<Record<Right, readonly Queue[]>>> = {
  dsl: ['safeguarding', 'it'],
  deputy: ['safeguarding', 'it'],
  head: ['head'],
  chair: ['chair'],
  it: ['it'],
}

/** Queues that somebody reads whole. */
export function queuesOf({ rights }: Viewer): readonly Queue[] {
  return [...new Set([...rights].flatMap((right) => QUEUES_OF[right] ?? []))]
}

/** There is something about pupils that this viewer is not shown. */
export function seesInPart(viewer: Viewer): boolean {
  return !queuesOf(viewer).includes('safeguarding') || viewer.hiddenUsers.size > 0
}

/** The e-mail address to which pupils' alerts must be assigned to be shown; undefined for who needs no assignment, or gets none. */
export function assignedOnly({ rights, account }: Viewer): string | undefined {
  return rights.has('pastoral') ? account?.email : undefined
}

/** Somebody may see pupils' alerts one by one, and the events that these took. */
export function seesSingly({ rights }: Viewer): boolean {
  return rights.has('pastoral') || rights.has('head')
}

/**
 * `users` are those whom its events name, also where it was not sure enough for the alert itself to name them. A head sees a
 * pupil's alert once the ladder came to a head, who must then be able to open it.
 */
export function maySeeAlert(
  viewer: Viewer,
  alert: AlertRecord,
  { users, isToldHead }: { readonly users: readonly string[]; readonly isToldHead: boolean },
): boolean {
  const isAssigned = alert.assignedTo !== undefined && alert.assignedTo === assignedOnly(viewer)
  const isSingly =
    alert.queue === 'safeguarding' && (isAssigned || (isToldHead && viewer.rights.has('head')))
  if (!isSingly && !queuesOf(viewer).includes(alert.queue)) return false
  // A trend is about many: whose events are not to be seen are left out of it one by one.
  if (alert.subject.kind === 'school') return true
  const own = alert.subject.kind === 'person' ? [alert.subject.user] : []
  return ![...own, ...users].some((user) => isHidden(viewer, user))
}

/** How much of an event is shown: all, all but whom it is about, or nothing. */
export function shownOf(
  viewer: Viewer,
  body: SafeguardingBody,
  heads: ReadonlySet<string>,
): 'all' | 'bare' | 'none' {
  if (body.client.user !== undefined && isHidden(viewer, body.client.user)) return 'none'
  const queue = queueOfEvent(body, heads)
  if (queuesOf(viewer).includes(queue)) return 'all'
  return queue === 'safeguarding' && viewer.rights.has('it') ? 'bare' : 'none'
}

/** An event without anything that tells whom it is about. */
export function bareBody(body: SafeguardingBody): SafeguardingBody {
  return { ...body, client: { address: '' } }
}

export function isHidden({ hiddenUsers }: Viewer, user: string): boolean {
  return hiddenUsers.has(user.toLowerCase())
}

/** A category that only a newer program knows is the safeguarding lead's, or the head's where it is of staff. */
function queueOfEvent(body: SafeguardingBody, heads: ReadonlySet<string>): Queue {
  const theme = categoryOf(body.category)?.theme
  const { profile, client } = body
  return queueOf({ theme, profile, user: client.user, heads })
}
