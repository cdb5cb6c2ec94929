import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { failure, isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { fetchList } from './fetch/fetch-list.ts'
import { changedSize } from './judge-version.ts'
import { keepVersion, type Offer } from './keep-version.ts'
import { listFolder, openFolder, saveRecord } from './list-folder.ts'
import type { ListCopy, ListFailure, ListRecord } from './list-record.ts'
import { examine } from './list-source.ts'
import { isPassing, supersedes } from './list-state.ts'
import { readOwnFile } from './read-own-file.ts'
import type { JobDone, JobResult, SupplyJob, SupplySettings } from './supply-job.ts'

/** What a server says of a version, and which one. */
export type Told = Pick<ListCopy, 'url' | 'etag' | 'lastModified'>

/** What a source gave. */
export type Taken =
  /** What is in force already; or, where a version waits for a person, that one. */
  | { readonly kind: 'unchanged'; readonly isHeld: boolean; readonly told?: Told }
  | { readonly kind: 'good'; readonly copy: ListCopy }
  | { readonly kind: 'held'; readonly copy: ListCopy; readonly why: ListFailure }
  | ListFailure

/**
 * Does one job and keeps what came of it before it tells: after a power cut a list has the version that was told of, or the one
 * before. Blocks on disk and CPU: the supply worker's work. Never rejects.
 */
export async function runSupplyJob(job: SupplyJob, settings: SupplySettings): Promise<JobDone> {
  const folder = listFolder(settings.stateDir, job.list.id)
  const { record } = job
  try {
    openFolder(folder, record)
    if (job.kind === 'accept') return kept(folder, acceptHeld(record))
    // Before it is read: what is written meanwhile is looked at again.
    const examined = job.list.origin.kind === 'file' ? examine(job.list.origin.path) : ''
    const taken = await take(job, folder, settings)
    return kept(folder, settle(job.list.id, { ...record, examined }, taken))
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const why = failure('internal', `the list could not be kept: ${text}`)
    return settle(job.list.id, { ...record, examined: '' }, why)
  }
}

async function take(
  { list, record }: SupplyJob,
  folder: string,
  settings: SupplySettings,
): Promise<Taken> {
  const offer = (one: Offer): Promise<Taken> =>
    keepVersion(one, { list, record, folder, limits: settings.limits })
  const { origin } = list
  if (origin.kind === 'file')
    return readOwnFile({ path: origin.path, mayBeFolder: list.format === 'ut1' }, offer)
  const target = join(folder, 'download')
  const taken = await fetchList({ list, origin, record, target, settings, offer })
  rmSync(target, { force: true })
  return taken
}

function kept(folder: string, done: JobDone): JobDone {
  saveRecord(folder, done.record)
  return done
}

function acceptHeld(record: ListRecord): JobDone {
  const { held } = record
  if (!held) return { result: 'unchanged', record }
  return { result: 'updated', record: inForce(record, held) }
}

function settle(id: string, record: ListRecord, taken: Taken): JobDone {
  const now = systemClock.wallMs()
  const tried = { ...record, triedAt: now }
  if (isFailure(taken)) {
    // A file that cannot be read may be readable the next time without having changed.
    const examined = taken.failure === 'unreadable' ? '' : record.examined
    const failed = { ...withoutOld(tried, taken), examined, failures: record.failures + 1 }
    return { result: resultOf(taken), record: withFault(failed, taken, now) }
  }
  if (taken.kind === 'good') return { result: 'updated', record: inForce(tried, taken.copy) }
  const calm = { ...tried, failures: 0 }
  if (taken.kind === 'unchanged')
    return taken.isHeld
      ? stillHeld(id, { ...calm, held: calm.held && { ...calm.held, ...taken.told } }, now)
      : { result: 'unchanged', record: goodAgain(calm, taken.told, now) }
  const { copy, why } = taken
  const { generation } = copy
  return { result: 'held', record: withFault({ ...calm, generation, held: copy }, why, now) }
}

/** What waits for a person is dropped when the source offers something else: nobody is to accept what its maker has taken back. */
function withoutOld(record: ListRecord, { failure: trouble }: ListFailure): ListRecord {
  if (!supersedes(trouble)) return record
  const { held: _, ...rest } = record
  return rest
}

function stillHeld(id: string, record: ListRecord, now: number): JobDone {
  const { held, good } = record
  const why = changedSize(id, held?.names ?? 0, good?.names ?? 0)
  return { result: 'held', record: withFault(record, why, now) }
}

/** The source has what is in force; from where, and under which validator, may be new. */
function goodAgain(record: ListRecord, told: Told | undefined, now: number): ListRecord {
  const { held: _, good, ...rest } = record
  return confirmed({ ...rest, good: good && { ...good, ...told } }, now)
}

function resultOf({ failure: trouble }: ListFailure): JobResult {
  return isPassing(trouble) || trouble === 'unreadable' || trouble === 'internal'
    ? 'failed'
    : 'refused'
}

function inForce(record: ListRecord, copy: ListCopy): ListRecord {
  const now = systemClock.wallMs()
  const { good, held: _, ...rest } = record
  const generation = Math.max(record.generation, copy.generation)
  return confirmed({ ...rest, good: copy, previous: good?.generation, generation }, now)
}

function confirmed(record: ListRecord, now: number): ListRecord {
  const { fault: _, ...rest } = record
  return { ...rest, confirmedAt: now, failures: 0, staleTold: false }
}

function withFault(record: ListRecord, why: ListFailure, now: number): ListRecord {
  const { fault } = record
  const since = fault?.trouble === why.failure ? fault.since : now
  return { ...record, fault: { trouble: why.failure, detail: why.detail, since } }
}
