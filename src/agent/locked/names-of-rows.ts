import { LockedNames, type LockedRows } from '#rules/locked-names.ts'
import { makeNameDigest } from './name-digest.ts'

/** The names of a bundle, ready to be looked into, from rows that hold the key of their digests. */
export function namesOf(rows: LockedRows): LockedNames {
  return new LockedNames(rows, makeNameDigest(Buffer.from(rows.digestKey)))
}
