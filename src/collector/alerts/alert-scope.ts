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

/** A head is among those whom a step of the ladder told; ids hold no spaces. */
function hasHead(persons: string): string {
  return `instr(' ' || ${persons} || ' ', ' ' || value || ' ') > 0`
}
const IN_QUEUES = 'alert.queue IN (SELECT value FROM json_each(@queues))'

const TOLD_THIS = `EXISTS (SELECT 1 FROM escalation_step JOIN json_each(@heads) ON ${hasHead('persons')}
  WHERE escalation_step.tenant_id = @tenant AND escalation_step.alert = alert.id)`

/** Steps are many, those whom they tell few: the index is gone through from one group of persons to the next. */
const TOLD_ALL = `(WITH RECURSIVE told (persons) AS (
    SELECT min(persons) FROM escalation_step WHERE tenant_id = @tenant
    UNION ALL
    SELECT (SELECT min(step.persons) FROM escalation_step AS step WHERE step.tenant_id = @tenant AND step.persons > told.persons)
    FROM told WHERE told.persons IS NOT NULL)
  SELECT step.alert FROM told CROSS JOIN escalation_step AS step ON step.tenant_id = @tenant AND step.persons = told.persons
  WHERE EXISTS (SELECT 1 FROM json_each(@heads) WHERE ${hasHead('told.persons')}))`

/** Of rows of `alert`. */
export const IN_SCOPE: string = `(${IN_QUEUES}
    OR (alert.queue = 'safeguarding' AND (alert.assigned_to = @own OR ${TOLD_THIS})))
  AND ${ALERT_IS_SHOWN}`

/** The same for one viewer and open alerts, which are few: without what does not apply to them, so that an index alone can answer. */
export function openInScope({ own, heads, hidden }: ScopeValues): string {
  const singly = [
    ...(own === null ? [] : ['alert.assigned_to = @own']),
    ...(heads === '[]' ? [] : [TOLD_THIS]),
  ]
  const seen =
    singly.length === 0
      ? IN_QUEUES
      : `(${IN_QUEUES} OR (alert.queue = 'safeguarding' AND (${singly.join(' OR ')})))`
  return hidden === null ? seen : `${seen} AND ${ALERT_IS_SHOWN}`
}

/** The same for all alerts, which are many: conditions of which each has an index of its own, and of which one alone holds for an alert. */
export function partsInScope(
  { queues }: AlertScope,
  { own, heads, hidden }: ScopeValues,
): readonly string[] {
  const whole = queues.map((_, index) => `alert.queue = json_extract(@queues, '$[${index}]')`)
  const isPupils = "alert.queue = 'safeguarding'"
  const notOwn = own === null ? '' : ' AND alert.assigned_to IS NOT @own'
  const singly = [
    ...(own === null ? [] : [`${isPupils} AND alert.assigned_to = @own`]),
    // The plus keeps the index of a whole queue out of it: those told are few, and each is found by its id.
    ...(heads === '[]' ? [] : [`+${isPupils}${notOwn} AND alert.id IN ${TOLD_ALL}`]),
  ]
  const parts = queues.includes('safeguarding') ? whole : [...whole, ...singly]
  return hidden === null ? parts : parts.map((one) => `${one} AND ${ALERT_IS_SHOWN}`)
}
