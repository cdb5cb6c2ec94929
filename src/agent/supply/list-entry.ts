import type { Failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { ReadyList } from '../policy/ready-config.ts'
import { listFolder } from './list-folder.ts'
import { type ListRecord, newRecord } from './list-record.ts'
import type { ShownList } from './list-report.ts'
import { isReadableAs, sourceKey } from './list-source.ts'
import { loadRecord } from './load-record.ts'
import { delayAfterFailure, delayAfterStart, delayAfterSuccess } from './next-try.ts'
import type { JobResult } from './supply-job.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'

/** A configured list: what is known of it, and when it is looked at next. */
export interface ListEntry {
  list: ReadyList
  record: ListRecord
  /** On the clock that cannot be set. */
  nextMs: number
  isBusy: boolean
  /** Asked for by somebody: looked at whatever is known of it. */
  isForced: boolean
  /** Of whoever accepts, while that is done. */
  accepting:
    | { readonly who: string; readonly finish: (outcome: ShownList | Failure) => void }
    | undefined
}

/** The entry of a configured list, which goes on with what is known of it, also of another source. */
export function entryFor(
  list: ReadyList,
  old: ListEntry | undefined,
  {
    clock,
    fraction,
    stateDir,
  }: {
    readonly clock: Clock
    readonly fraction: () => number
    readonly stateDir: string
  },
): ListEntry {
  const source = sourceKey(list)
  if (old?.record.source === source) {
    old.list = list
    return old
  }
  const kept = old?.record ?? loadRecord(listFolder(stateDir, list.id))
  const record = kept?.source === source ? kept : movedTo(source, kept)
  const { origin } = list
  const isThere = record.good?.source === source
  const at = { wallMs: clock.wallMs(), fraction: fraction() }
  const delayMs =
    origin.kind === 'file' ? 0 : delayAfterStart({ ...record, isThere }, origin.everyMs, at)
  return {
    list,
    record,
    nextMs: clock.monotonicMs() + delayMs,
    // What is under way for the old source is waited for, and then of no account.
    isBusy: old?.isBusy ?? false,
    isForced: false,
    accepting: old?.accepting,
  }
}

/** How long until a list is looked at again after a job, in milliseconds; `fraction` is random, from 0 up to 1. */
export function delayAfter(
  { list: { origin }, record }: ListEntry,
  result: JobResult,
  fraction: number,
): number {
  const isFailed = result === 'failed' || result === 'refused'
  if (origin.kind === 'file')
    return result === 'failed' && record.fault?.trouble === 'internal'
      ? delayAfterFailure(record.failures, SUPPLY_LIMITS.ownRetryMs, fraction)
      : SUPPLY_LIMITS.lookEveryMs
  return isFailed
    ? delayAfterFailure(record.failures, origin.everyMs, fraction)
    : delayAfterSuccess(origin.everyMs, fraction)
}

/** What is known of a list when it comes from elsewhere now: its version stays until there is one from there. */
function movedTo(source: string, kept: ListRecord | undefined): ListRecord {
  const fresh = newRecord(source)
  if (!kept?.good || !isReadableAs(kept.good.source, source)) return fresh
  return { ...fresh, good: kept.good, generation: kept.generation }
}
