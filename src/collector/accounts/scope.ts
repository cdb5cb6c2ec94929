/** Whose alerts and events somebody may see, and what they may do to an alert: by queue, by assignment, and never where they are in conflict. Pure. */
import type { SafeguardingBody } from '#domain/event.ts'
import { categoryOf } from '#rules/categories.ts'
import type { Queue } from '../alerts/alert.ts'
import type { CommandKind } from '../alerts/alert-command.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import type { AlertScope } from '../alerts/alert-scope.ts'
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

/** The alerts that a viewer may see; to pastoral staff those are shown that are assigned to their e-mail address. */
export function scopeOf(viewer: Viewer): AlertScope {
  const { rights, account, hiddenUsers } = viewer
  return {
    queues: queuesOf(viewer),
    assignedTo: rights.has('pastoral') ? account?.email : undefined,
    isHead: rights.has('head'),
    hiddenUsers,
  }
}

/** Who leads safeguarding. */
export function isLead({ rights }: Pick<Viewer, 'rights'>): boolean {
  return rights.has('dsl') || rights.has('deputy')
}

/** What is done of an alert that was assigned. */
const OF_ASSIGNED: readonly CommandKind[] = [
  'acknowledge',
  'review',
  'note',
  'await-information',
  'information-came',
]
/** A head to whom the ladder came ends it. */
const OF_TOLD: readonly CommandKind[] = ['acknowledge']

/** Whether a viewer may do this to an alert, which they may see. */
export function mayCommand(
  viewer: Viewer,
  { queue, theme, assignedTo }: Pick<AlertRecord, 'queue' | 'theme' | 'assignedTo'>,
  kind: CommandKind,
): boolean {
  // Pastoral staff see pupils' alerts alone, and of what the law forbids to look at not these either.
  if (kind === 'assign') return isLead(viewer) && queue === 'safeguarding' && theme !== 'illegal'
  if (queuesOf(viewer).includes(queue)) return true
  const isOwn = assignedTo !== undefined && assignedTo === scopeOf(viewer).assignedTo
  return (
    (isOwn && OF_ASSIGNED.includes(kind)) || (viewer.rights.has('head') && OF_TOLD.includes(kind))
  )
}

/** Somebody may see pupils' alerts one by one, and the events that these took. */
export function seesSingly({ rights }: Viewer): boolean {
  return rights.has('pastoral') || rights.has('head')
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
