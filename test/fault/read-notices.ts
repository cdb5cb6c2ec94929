/** The collector's messages beside what people's servers have accepted. */
import Database from 'better-sqlite3'

export interface NoticeRead {
  readonly id: string
  readonly isSent: boolean
  /** Attempts of which the store does not know how they ended. */
  readonly unknown: number
  /** How often it came, and with how many different texts. */
  readonly times: number
  readonly wordings: number
}

/** Of each device that an alert is about, by its address. */
export function readAlerted(file: string): ReadonlyMap<string, string> {
  const db = new Database(file, { readonly: true })
  const rows = db
    .prepare<[], { id: string; address: string }>(
      `SELECT id, json_extract(subject, '$.id') AS address FROM alert WHERE json_extract(subject, '$.kind') = 'device'`,
    )
    .all()
  db.close()
  return new Map(rows.map(({ id, address }) => [address, id]))
}

export function readNotices(
  file: string,
  received: readonly { readonly id: string; readonly said: string }[],
): { readonly notices: readonly NoticeRead[]; readonly reached: ReadonlySet<string> } {
  const came = Map.groupBy(received, ({ id }) => id)
  const db = new Database(file, { readonly: true })
  const rows = db
    .prepare<[], { id: string; isSent: number; unknown: number }>(
      `SELECT n.id, EXISTS (SELECT 1 FROM delivery d WHERE d.notice = n.id AND d.state = 'sent') AS isSent,
         (SELECT count(*) FROM delivery_attempt a WHERE a.notice = n.id AND a.outcome = 'unknown') AS unknown FROM notice n`,
    )
    .all()
  const links = db
    .prepare<[], { notice: string; alert: string }>('SELECT notice, alert FROM notice_alert')
    .all()
  db.close()
  const notices = rows.map(({ id, isSent, unknown }) => {
    const texts = (came.get(id) ?? []).map(({ said }) => said)
    return { id, isSent: isSent === 1, unknown, times: texts.length, wordings: new Set(texts).size }
  })
  const reached = new Set(links.filter(({ notice }) => came.has(notice)).map(({ alert }) => alert))
  return { notices, reached }
}
