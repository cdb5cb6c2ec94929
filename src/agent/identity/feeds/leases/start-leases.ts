/**
 * Lease files of DHCP servers: which device has which address, and how it calls itself. A file is read as the server writes it; each
 * lease ends by itself, whatever becomes of the file.
 */
import type { ReadyIdentity } from '../../../policy/ready-identity.ts'
import type { IdentityFeed } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { type LeaseFile, LeaseFollower } from './lease-follower.ts'
import type { LeaseReadCounts } from './lease-reader.ts'

/** Sums over all files in force; what is counted of a file begins anew where the file is taken out of the configuration. */
export interface LeaseReadings extends LeaseReadCounts {
  readonly files: number
  readonly unreadable: number
  /** That hold now. */
  readonly leases: number
  /** Of these, such whose device is not known by a MAC. */
  readonly withoutMac: number
}

export interface LeaseFeed extends IdentityFeed {
  readonly readings: () => LeaseReadings
  /** Follows these files from now on; what others have told is taken back. */
  readonly use: (config: Pick<ReadyIdentity, 'leases'>) => void
}

export function startLeases(config: Pick<ReadyIdentity, 'leases'>, parts: FeedParts): LeaseFeed {
  let followers: ReadonlyMap<string, LeaseFollower> = new Map()
  const closing = new Set<Promise<void>>()
  const end = (follower: LeaseFollower): void => {
    const ended = follower.close(true).finally(() => closing.delete(ended))
    closing.add(ended)
  }
  const use = ({ leases }: Pick<ReadyIdentity, 'leases'>): void => {
    const before = followers
    followers = new Map(
      leases.map((file) => [
        keyOf(file),
        before.get(keyOf(file)) ?? new LeaseFollower(file, parts),
      ]),
    )
    for (const [key, follower] of before) if (!followers.has(key)) end(follower)
  }
  use(config)
  return {
    use,
    readings: () => sum([...followers.values()]),
    close: async () => {
      await Promise.all([...followers.values()].map((follower) => follower.close(false)))
      await Promise.all(closing)
    },
  }
}

function keyOf({ path, format }: LeaseFile): string {
  return `${format} ${path}`
}

function sum(followers: readonly LeaseFollower[]): LeaseReadings {
  const total = (of: (follower: LeaseFollower) => number): number =>
    followers.reduce((before, follower) => before + of(follower), 0)
  return {
    files: followers.length,
    unreadable: total(({ isReadable }) => (isReadable ? 0 : 1)),
    leases: total(({ book }) => book.size),
    withoutMac: total(({ book }) => book.withoutMac),
    reads: total(({ reader }) => reader.counts.reads),
    wholeReads: total(({ reader }) => reader.counts.wholeReads),
    bytes: total(({ reader }) => reader.counts.bytes),
    torn: total(({ reader }) => reader.counts.torn),
    malformed: total(({ reader }) => reader.counts.malformed),
    refused: total(({ reader }) => reader.counts.refused),
  }
}
