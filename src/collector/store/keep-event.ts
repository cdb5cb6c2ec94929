import {
  type EventBody,
  isSafeguarding,
  type SafeguardingBody,
  type StoredEvent,
} from '#domain/event.ts'
import { failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { concernsAlerts, makeInboxWriter } from '../alerts/alert-inbox.ts'
import type { Conflict, IncomingBatch, IncomingEvent } from './collector-store.ts'

type Insert = [
  tenant: string,
  id: string,
  appliance: string,
  lane: string,
  kind: string,
  revision: number,
  at: number,
  group: string | null,
  category: string | null,
  severity: string | null,
  firstAt: number | null,
]

/** Keeps a revision and, if it is the highest, makes it the event. Call inside the batch's transaction. */
export function makeKeepEvent(
  db: Sqlite,
): (batch: IncomingBatch, incoming: IncomingEvent) => 'new' | Conflict {
  const readOwner = db.prepare<[string, string], { appliance: string; lane: string }>(
    'SELECT appliance, lane FROM event WHERE tenant_id = ? AND id = ?',
  )
  const insertRevision = db.prepare<[string, string, number, number, number, Uint8Array, string]>(
    'INSERT INTO event_revision VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const readRevision = db.prepare<[string, string, number], { draft_hash: Uint8Array }>(
    'SELECT draft_hash FROM event_revision WHERE tenant_id = ? AND event_id = ? AND revision = ?',
  )
  const upsertEvent = db.prepare<Insert>(
    `INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, id) DO UPDATE SET
       revision = excluded.revision, kind = excluded.kind, at = excluded.at, group_name = excluded.group_name,
       category = excluded.category, severity = excluded.severity, first_at = excluded.first_at
     WHERE excluded.revision > event.revision`,
  )
  const insertChoice = db.prepare<[string, string, string]>(
    'INSERT INTO filter_choice VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )

  const keepChoices = (tenant: string, body: SafeguardingBody): void => {
    insertChoice.run(tenant, 'group', body.group)
    insertChoice.run(tenant, 'category', body.category)
    insertChoice.run(tenant, 'severity', body.severity)
  }

  const putInInbox = makeInboxWriter(db)

  return (batch, { event, draftHash }) => {
    const { tenant, appliance, receivedAt } = batch
    if (isProtected(event.body)) return 'new'
    const owner = readOwner.get(tenant, event.id)
    if (owner && (owner.appliance !== appliance || owner.lane !== event.lane))
      return failure('conflicting-event', `event ${event.id} belongs to another box or lane`)
    const body = withoutForbiddenName(event.body)
    const text = JSON.stringify(body)
    const { changes } = insertRevision.run(
      tenant,
      event.id,
      event.revision,
      event.at,
      receivedAt,
      draftHash,
      text,
    )
    if (changes === 0) {
      const before = readRevision.get(tenant, event.id, event.revision)
      if (before === undefined || Buffer.compare(before.draft_hash, draftHash) !== 0)
        return failure(
          'conflicting-event',
          `revision ${event.revision} of event ${event.id} came before with another body`,
        )
    }
    upsertEvent.run(...insertOf(batch, event))
    if (isSafeguarding(body)) keepChoices(tenant, body)
    if (changes === 1 && concernsAlerts(body)) putInInbox(tenant, event, receivedAt)
    return 'new'
  }
}

function insertOf({ tenant, appliance }: IncomingBatch, event: StoredEvent): Insert {
  const { id, lane, revision, at, body } = event
  const found = isSafeguarding(body) ? body : undefined
  return [
    tenant,
    id,
    appliance,
    lane,
    body.kind,
    revision,
    at,
    found?.group ?? null,
    found?.category ?? null,
    found?.severity ?? null,
    found?.firstAt ?? null,
  ]
}

/** Boxes hash the names of illegal material; should one ever send a name in clear, it is not written down here. */
function withoutForbiddenName(body: EventBody): EventBody {
  if (!isSafeguarding(body) || !body.category.startsWith('illegal.')) return body
  const { signal, ...rest } = body
  const name = body.name.form === 'hash' ? body.name : ({ form: 'hash', hash: 'withheld' } as const)
  if (signal === undefined) return { ...rest, name }
  const { site: _site, context: _context, ...nameless } = signal
  return { ...rest, name, signal: nameless }
}

/** Boxes tell nothing of protected help; should one ever do so, only its sequence is kept. */
function isProtected(body: EventBody): boolean {
  return isSafeguarding(body) && body.category.startsWith('protected.')
}
