import type { EventBody } from '#domain/event.ts'
import type { Log } from '#platform/log.ts'
import type { ListRecord } from './list-record.ts'
import type { JobResult } from './supply-job.ts'

export interface Told {
  readonly id: string
  readonly before: ListRecord
  readonly record: ListRecord
  readonly result: JobResult
  /** Who accepted it; undefined where nobody had to. */
  readonly who: string | undefined
}

export interface Tellers {
  readonly tell: (body: EventBody) => void
  readonly onFault: (text: string) => void
  readonly log: Log
}

/**
 * Tells what became of a list: each new version, and each new reason for which the newest is not in force, once. A source that
 * cannot be had for a while is no event as long as a good version stands: see `list-stale`.
 */
export function tellDone(told: Told, { tell, onFault, log }: Tellers): void {
  const { id, before, record, result, who } = told
  const { good, fault } = record
  log.info({ list: id, result, trouble: fault?.trouble, detail: fault?.detail }, 'list looked at')
  if (result === 'updated' && good) {
    tell({
      kind: 'list-updated',
      list: id,
      version: good.version,
      names: good.names,
      ...(before.good ? { namesBefore: before.good.names } : {}),
      ...(who === undefined ? {} : { who }),
    })
    const [guard] = good.guards
    if (guard !== undefined) onFault(`list ${id} blocks ${guard}, which a school must reach`)
    return
  }
  if (!fault || fault.trouble === before.fault?.trouble) return
  const isAmiss = result !== 'failed' || !good || fault.trouble === 'unreadable'
  if (!isAmiss) return
  tell({
    kind: 'list-refused',
    list: id,
    trouble: fault.trouble,
    detail: fault.detail,
    ...(good ? { names: good.names } : {}),
  })
  onFault(`list ${id}: ${fault.detail}`)
}
