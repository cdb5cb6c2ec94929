import type { Limits } from '../policy/limits.ts'
import type { ReadyDownloads, ReadyList } from '../policy/ready-config.ts'
import type { Endpoint } from '../policy/sections/listen.ts'
import type { ListRecord } from './list-record.ts'

/** What holds for every job. */
export interface SupplySettings {
  readonly stateDir: string
  readonly limits: Limits
  readonly downloads: ReadyDownloads
  /** Asked for the addresses of servers. */
  readonly nameServers: readonly Endpoint[]
}

/** Work for the supply worker, as plain data. */
export type SupplyJob =
  /** Take the list from its source, if there is anything new. */
  | { readonly kind: 'take'; readonly list: ReadyList; readonly record: ListRecord }
  /** Put in force what has been waiting for a person. */
  | { readonly kind: 'accept'; readonly list: ReadyList; readonly record: ListRecord }

/** What became of a job. */
export type JobResult = 'updated' | 'unchanged' | 'held' | 'refused' | 'failed'

export interface JobDone {
  readonly result: JobResult
  readonly record: ListRecord
}

/** To the worker. */
export type ToSupply =
  | { readonly kind: 'job'; readonly job: SupplyJob; readonly settings: SupplySettings }
  | { readonly kind: 'sweep'; readonly stateDir: string; readonly keep: readonly string[] }
  | { readonly kind: 'end' }

/** From the worker, once for each job. */
export interface FromSupply {
  readonly list: string
  readonly done: JobDone
}
