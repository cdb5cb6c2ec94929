import { createHash } from 'node:crypto'
import { createReadStream, rmSync } from 'node:fs'
import { isFailure } from '#domain/failure.ts'
import { ut1Use } from '#rules/parse/ut1-folder.ts'
import type { Limits } from '../policy/limits.ts'
import type { ReadyList } from '../policy/ready-config.ts'
import { copyFolders } from './copy-folders.ts'
import { type Judgement, judgeVersion } from './judge-version.ts'
import { copyPath } from './list-folder.ts'
import type { ListCopy, ListRecord } from './list-record.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'
import type { Taken, Told } from './take-list.ts'
import type { UseOf } from './unpack/choose-member.ts'
import { unpackList } from './unpack/unpack-list.ts'
import { type Vetted, vetList } from './vet-list.ts'

/** Something that may be a new version of a list, as it came. */
export interface Offer {
  /** A file, packed or not; or a UT1 folder. */
  readonly path: string
  readonly isFolder: boolean
  /** When its content changed, in milliseconds since the epoch. */
  readonly updatedAt: number
  readonly url?: string
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

export interface Keeping {
  readonly list: ReadyList
  readonly record: ListRecord
  readonly folder: string
  readonly limits: Limits
}

const VERSION_CHARS_MAX = 40
const VALIDATOR_CHARS_MAX = 1_000

/** Unpacks what is offered, looks into it, and judges it. It is on the disk when this resolves, and in force once a record names it. */
export async function keepVersion(offer: Offer, keeping: Keeping): Promise<Taken> {
  const { list, record, folder, limits } = keeping
  const sha256 = offer.isFolder ? '' : await hashOf(offer.path)
  const known = [record.held, record.good].find((copy) => copy && isSame(copy, sha256, record))
  if (known) return { kind: 'unchanged', isHeld: known === record.held, told: validatorsOf(offer) }
  const generation = record.generation + 1
  const target = copyPath(folder, generation)
  rmSync(target, { recursive: true, force: true })
  const fault = await unpack(offer, target, keeping)
  if (fault) return fault
  const { updatedAt } = offer
  const vetted = vetList({ ...list, path: target, version: '', updatedAt }, limits)
  if (isFailure(vetted)) return vetted
  const copy = copyOf(offer, vetted, { generation, sha256, source: record.source })
  return outcome(copy, judge(keeping, vetted))
}

function isSame(copy: ListCopy, sha256: string, { source }: ListRecord): boolean {
  return sha256 !== '' && copy.source === source && copy.sha256 === sha256
}

function unpack(
  { path, isFolder }: Offer,
  target: string,
  { list, limits }: Keeping,
): ReturnType<typeof unpackList> {
  const bytesMax = limits.listBytes
  if (list.format !== 'ut1')
    return unpackList({ file: path, target, member: list.member, bytesMax })
  const useOf: UseOf = (folder) => ut1Use(folder, list.categories)
  return isFolder
    ? copyFolders({ path, target, useOf, bytesMax })
    : unpackList({ file: path, target, useOf, member: undefined, bytesMax })
}

function judge({ list, record }: Keeping, vetted: Vetted): Judgement {
  const { good, source } = record
  const isOwn = list.origin.kind === 'file'
  const before = good?.source === source ? good : undefined
  return judgeVersion({ id: list.id, isOwn, vetted, before })
}

function outcome(copy: ListCopy, judgement: Judgement): Taken {
  if (judgement.kind === 'refused') return judgement.why
  return judgement.kind === 'held' ? { ...judgement, copy } : { kind: 'good', copy }
}

function copyOf(
  offer: Offer,
  { names, refusedLines, refused, guards, version }: Vetted,
  facts: Pick<ListCopy, 'generation' | 'sha256' | 'source'>,
): ListCopy {
  const { updatedAt } = offer
  return {
    ...facts,
    names,
    refusedLines,
    refused,
    guards: guards.slice(0, SUPPLY_LIMITS.guardsShown),
    version: (version ?? new Date(updatedAt).toISOString().slice(0, 10)).slice(
      0,
      VERSION_CHARS_MAX,
    ),
    updatedAt,
    ...validatorsOf(offer),
  }
}

function validatorsOf({ url, etag, lastModified }: Offer): Told {
  return { url, etag: shortEnough(etag), lastModified: shortEnough(lastModified) }
}

/** A validator that would not come back whole is of no use. */
function shortEnough(validator: string | undefined): string | undefined {
  return validator !== undefined && validator.length <= VALIDATOR_CHARS_MAX ? validator : undefined
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
