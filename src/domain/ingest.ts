/**
 * The contract between agent and collector: HTTPS requests signed by the appliance (RFC 9421), JSON bodies.
 * Both sides import this page and nothing of each other.
 */
import type { Lane, LinkCause, LinkState, StoredEvent } from './event.ts'
import type { HiddenSchool } from './hidden-school.ts'
import type { ConfidenceBand } from './identity.ts'
import type { LockedStatus } from './locked-status.ts'
import type { SetupItem } from './setup-item.ts'

export const BATCH_PATH = '/v1/batches'
export const STATUS_PATH = '/v1/status'

/** At most this many events, and this many bytes of JSON, in one batch. */
export const BATCH_EVENTS_MAX = 500
export const BATCH_BYTES_MAX = 262_144
/** At most this many bytes of JSON in one status report. */
export const STATUS_BYTES_MAX = 262_144

/** POST to BATCH_PATH. Events of both lanes may share a batch; each lane's are in order of sequence. */
export interface Batch {
  readonly v: 1
  readonly appliance: string
  /** Made with the outbox file, so that a restored or re-flashed box is never mistaken for its past. */
  readonly epoch: string
  readonly events: readonly StoredEvent[]
}

/**
 * The answer, given only after the commit: for each lane the highest sequence below which nothing is missing.
 * 409 with `{ "failure": "conflicting-event", ... }` means: the same key came before with another body.
 */
export interface BatchReceipt {
  readonly epoch: string
  readonly marks: Readonly<Record<Lane, number>>
}

/** One list as the appliance knows it. */
export interface ListStatus {
  readonly id: string
  readonly title: string
  readonly licence: string
  readonly source: string
  readonly version: string
  readonly categories: readonly string[]
  readonly names: number
  readonly refusedLines: number
  /** When the list's content was last changed at its source or on disk, in milliseconds since the epoch. */
  readonly updatedAt: number
}

export interface UpstreamStatus {
  readonly target: string
  readonly state: 'up' | 'down' | 'unknown'
  readonly rttMs?: number
  /** 0 to 1 over the last five minutes. */
  readonly lossRatio: number
}

export interface LinkStatus {
  readonly state: LinkState
  readonly cause: LinkCause
  readonly detail: string
  readonly since: number
  readonly upstreams: readonly UpstreamStatus[]
}

/** A fault that a person may want to know of: short, without any pupil's data. */
export interface StatusFault {
  readonly at: number
  readonly part: string
  readonly text: string
}

/** One metric family as the appliance exports it, so that a box behind NAT is scraped at the collector. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly MetricSample[]
}
export interface MetricSample {
  /** The sample's own name where it differs from the family's (`_bucket`, `_sum`, `_count`). */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** How much is known of who asks; numbers only. */
export interface IdentityStatus {
  readonly devices: number
  /** Who are logged on. */
  readonly people: number
  /** Of the last hour or two, by how sure it was who asked. */
  readonly queries: Readonly<Record<ConfidenceBand, number>>
}

/** POST to STATUS_PATH, every 30 s and at each change of the link; the newest replaces the one before. */
export interface StatusReport {
  readonly v: 1
  readonly appliance: string
  readonly at: number
  readonly version: string
  readonly node: string
  readonly startedAt: number
  readonly policy: string
  readonly lists: readonly ListStatus[]
  /** Plain-English things this box cannot notice, for want of a list. */
  readonly themesWithoutList: readonly string[]
  /** The locked bundle; an older box, which cannot have one, says nothing of it. */
  readonly locked?: LockedStatus
  /** A server that hides who asks; absent where there is none, and from an older box. */
  readonly hiddenSchool?: HiddenSchool
  readonly link: LinkStatus
  /** An older box says nothing of it. */
  readonly identity?: IdentityStatus
  readonly outbox: { readonly waiting: number; readonly dropped: number }
  readonly faults: readonly StatusFault[]
  /** How the box is set up; an older box says nothing of it. */
  readonly setup?: readonly SetupItem[]
  readonly metrics: readonly MetricFamily[]
}

/** What the collector must know of an appliance to believe it; a JSON file in its enrolment folder. */
export interface Enrolment {
  readonly v: 1
  readonly appliance: string
  readonly tenant: string
  readonly name: string
  /** Ed25519 public key, SPKI, base64url. */
  readonly publicKey: string
}
