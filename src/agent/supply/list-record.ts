import type { Failure } from '#domain/failure.ts'
import type { ListTrouble } from '#domain/list-event.ts'
import type { RefusedLine } from '#rules/list.ts'

/** One version of a list that was taken from its source, checked and kept. */
export interface ListCopy {
  /** Its place on the disk: see `copyPath`. Rises with each version. */
  readonly generation: number
  /** The source it was taken from: see `ListRecord`. */
  readonly source: string
  readonly names: number
  readonly refusedLines: number
  /** The first of them, up to `limits.refused-lines-kept`; hostile text. */
  readonly refused: readonly RefusedLine[]
  /** Names it blocks that a school must reach: only of a school's own file. */
  readonly guards: readonly string[]
  /** What the list says of itself, or a date; hostile text. */
  readonly version: string
  /** When its content changed, in milliseconds since the epoch. */
  readonly updatedAt: number
  /** SHA-256 of what was taken, hex; empty for a folder. */
  readonly sha256: string
  /** The address it came from, and what its server said of it. */
  readonly url?: string | undefined
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

/** Why the newest version is not in force. */
export interface ListFault {
  readonly trouble: ListTrouble
  readonly detail: string
  /** Since when it has been for this reason. */
  readonly since: number
}

/** What is kept of a list over a restart. */
export interface ListRecord {
  readonly v: 1
  /** Changes with what the list is taken from and how it is read. */
  readonly source: string
  /** The version in force. */
  readonly good?: ListCopy | undefined
  /** The version before, which a compilation may still read. */
  readonly previous?: number | undefined
  /** A version that waits for a person's word. */
  readonly held?: ListCopy | undefined
  /** State of the files that were looked at last; empty for downloads. */
  readonly examined: string
  /** When the source last confirmed what is in force, in milliseconds since the epoch; 0: never. */
  readonly confirmedAt: number
  readonly triedAt: number
  /** Failures in a row. */
  readonly failures: number
  readonly fault?: ListFault | undefined
  /** Whether being stale has been told. */
  readonly staleTold: boolean
  readonly generation: number
}

/** What went wrong with a list. */
export type ListFailure = Failure<ListTrouble>

/** A list of which nothing is known yet. */
export function newRecord(source: string): ListRecord {
  return {
    v: 1,
    source,
    examined: '',
    confirmedAt: 0,
    triedAt: 0,
    failures: 0,
    staleTold: false,
    generation: 0,
  }
}
