/** What bounds the following of lease files. */
export const LEASE_LIMITS = {
  /** Leases known of one file; others are refused and counted. */
  leases: 20_000,
  /** Of one file in one reading; of a longer one the end is read, for the last row of an address counts. */
  readBytes: 67_108_864,
  /** A longer line is malformed. */
  lineBytes: 16_384,
  /** Between the beginnings of two readings of one file. */
  readEveryMs: 250,
  /** Of a large file, so that a change is still told within a second. */
  restMs: 700,
  /** Whatever the folder's watcher says or does not say, the file is looked at so often. */
  lookEveryMs: 400,
  /** A file that is written anew in its place is read when it has been left alone for so long. */
  quietMs: 100,
  /** Readings of a file that changed meanwhile are thrown away; so many in a row, then one counts as it is. */
  tornReads: 2,
  /** No lease is told for longer; one that lasts longer is told again in time. */
  lastsMs: 86_400_000,
} as const
