/** Looks into the two files themselves, not through the programs that wrote them. */
import Database from 'better-sqlite3'

/** One row of the outbox: an event's revision, with its key. */
export interface OutboxRow {
  readonly epoch: string
  readonly lane: string
  readonly sequence: number
  readonly id: string
  readonly revision: number
  readonly acked: boolean
  /** The client's address for safeguarding events. */
  readonly address: string | undefined
}

export interface LedgerRow {
  readonly epoch: string
  readonly lane: string
  readonly sequence: number
  readonly id: string
  readonly revision: number
}

export interface CollectorRows {
  readonly ledger: readonly LedgerRow[]
  /** Ids of stored events, one each. */
  readonly events: readonly string[]
}

export function readOutbox(file: string): readonly OutboxRow[] {
  return withDatabase(file, (db) =>
    db
      .prepare<[], RawOutboxRow>(
        `SELECT epoch.id AS epoch, lane, sequence, event.id AS id, revision, acked_at, body
         FROM event JOIN epoch ON epoch.number = event.epoch ORDER BY epoch.number, lane, sequence`,
      )
      .all()
      .map(({ acked_at, body, ...row }) => ({
        ...row,
        acked: acked_at !== null,
        address: addressIn(body),
      })),
  )
}

export function readCollector(file: string): CollectorRows {
  return withDatabase(file, (db) => ({
    ledger: db
      .prepare<[], LedgerRow>(
        'SELECT epoch, lane, sequence, event_id AS id, revision FROM ledger ORDER BY epoch, lane, sequence',
      )
      .all(),
    events: db
      .prepare<[], { id: string }>('SELECT id FROM event')
      .all()
      .map(({ id }) => id),
  }))
}

/** Sequences missing from 1 to the highest, over all epochs and lanes. */
export function gapsIn(
  rows: readonly { readonly epoch: string; readonly lane: string; readonly sequence: number }[],
): number {
  const lanes = Map.groupBy(rows, ({ epoch, lane }) => `${epoch} ${lane}`)
  let gaps = 0
  for (const one of lanes.values()) {
    const sequences = new Set(one.map(({ sequence }) => sequence))
    gaps += Math.max(...sequences) - sequences.size
  }
  return gaps
}

/** Kind and count of each event body in the outbox, oldest first. */
export function readBodies(
  file: string,
): readonly { readonly kind: string; readonly count: number | undefined }[] {
  return withDatabase(file, (db) =>
    db
      .prepare<[], { body: string }>('SELECT body FROM event ORDER BY epoch, lane, sequence')
      .all()
      .map(({ body }) => {
        const { kind = '', count }: { readonly kind?: string; readonly count?: number } =
          JSON.parse(body)
        return { kind, count }
      }),
  )
}

interface RawOutboxRow extends Omit<OutboxRow, 'acked' | 'address'> {
  readonly acked_at: number | null
  readonly body: string
}

function addressIn(body: string): string | undefined {
  const parsed: { readonly client?: { readonly address?: string } } = JSON.parse(body)
  return parsed.client?.address
}

function withDatabase<T>(file: string, read: (db: Database.Database) => T): T {
  const db = new Database(file)
  try {
    return read(db)
  } finally {
    db.close()
  }
}
