/** Whose alerts somebody may see, as part of a query: whole queues, single alerts of pupils, and never where they are in conflict. */
import type { Queue } from './alert.ts'

export interface AlertScope {
  /** Read whole. */
  readonly queues: readonly Queue[]
  /** Of pupils' alerts those too that are assigned to this e-mail address. */
  readonly assignedTo: string | undefined
  /** And those of which the ladder told a head, who must then be able to open them. */
  readonly isHead: boolean
  /** Users, in lower case, of whom nothing is seen. */
  readonly hiddenUsers: ReadonlySet<string>
}

/** What the conditions below are given. */
export interface ScopeValues {
  readonly queues: string
  readonly own: string | null
  /** Ids of heads whom the ladder tells. */
  readonly heads: string
  readonly hidden: string | null
}

export function valuesOfScope(
  { queues, assignedTo, isHead, hiddenUsers }: AlertScope,
  headPersons: () => readonly string[],
): ScopeValues {
  return {
    queues: JSON.stringify(queues),
    own: assignedTo ?? null,
    heads: JSON.stringify(isHead ? headPersons() : []),
    hidden: valueOfHidden(hiddenUsers),
  }
}

/** Null for the many from whom nothing is hidden: nothing is then looked up. */
export function valueOfHidden(hiddenUsers: ReadonlySet<string>): string | null {
  return hiddenUsers.size === 0 ? null : JSON.stringify([...hiddenUsers])
}

const HIDDEN = 'IN (SELECT value FROM json_each(@hidden))'

/** No revision of an event names somebody hidden, however sure that is. */
export function eventIsShown(event: string): string {
  return `(@hidden IS NULL OR NOT EXISTS (SELECT 1 FROM event_revision AS told
    WHERE told.tenant_id = @tenant AND told.event_id = ${event} AND folded(json_extract(told.body, '$.client.user')) ${HIDDEN}))`
}

/** Neither the alert nor its events name somebody hidden. A trend is about many: whose events are hidden are left out of it one by one. */
export const ALERT_IS_SHOWN: string = `(@hidden IS NULL OR json_extract(alert.subject, '$.kind') = 'school' OR NOT (
    folded(json_extract(alert.subject, '$.user')) ${HIDDEN}
    OR EXISTS (SELECT 1 FROM alert_event AS took WHERE took.tenant_id = @tenant AND took.alert_id = alert.id
      AND NOT ${eventIsShown('took.event_id')})))`

/** Steps of the ladder that told one of the heads; ids hold no spaces. */
const TOLD = `FROM escalation_step JOIN json_each(@heads)
  ON instr(' ' || persons || ' ', ' ' || value || ' ') > 0
  WHERE escalation_step.tenant_id = @tenant`
const IN_QUEUES = 'alert.queue IN (SELECT value FROM json_each(@queues))'

const TOLD_THIS = `EXISTS (SELECT 1 ${TOLD} AND escalation_step.alert = alert.id)`

/** Of rows of `alert`. */
export const IN_SCOPE: string = `(${IN_QUEUES}
    OR (alert.queue = 'safeguarding' AND (alert.assigned_to = @own OR ${TOLD_THIS})))
  AND ${ALERT_IS_SHOWN}`

/**
 * The same for one viewer and many alerts: without what does not apply to them, so that an index alone can answer. Where
 * all alerts are looked through, and not the few that are open, the steps of the ladder are read once instead of for each.
 */
export function manyInScope({ own, heads, hidden }: ScopeValues, isFew: boolean): string {
  const told = isFew ? TOLD_THIS : `alert.id IN (SELECT escalation_step.alert ${TOLD})`
  const singly = [
    ...(own === null ? [] : ['alert.assigned_to = @own']),
    ...(heads === '[]' ? [] : [told]),
  ]
  const seen =
    singly.length === 0
      ? IN_QUEUES
      : `(${IN_QUEUES} OR (alert.queue = 'safeguarding' AND (${singly.join(' OR ')})))`
  return hidden === null ? seen : `${seen} AND ${ALERT_IS_SHOWN}`
}
