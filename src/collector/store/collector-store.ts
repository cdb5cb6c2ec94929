/**
 * What the collector asks of its store, whatever stands behind. Every call names the tenant; every list is bounded.
 * Calls reject only when the store itself fails.
 */
import type { BypassNoticed, RogueServerNoticed } from '#domain/bypass-event.ts'
import type { DeviceReport, DeviceRow, NetworksTold } from '#domain/device-report.ts'
import type {
  EventDraft,
  Lane,
  LinkChanged,
  LinkSampled,
  SafeguardingBody,
  StoredEvent,
} from '#domain/event.ts'
import type { Failure } from '#domain/failure.ts'
import type { ConfidenceBand } from '#domain/identity.ts'
import type { StatusReport } from '#domain/ingest.ts'

export interface Owner {
  readonly tenant: string
  readonly appliance: string
}

/** A checked event with the hashes by which a repeat is told from a conflict. */
export interface IncomingEvent {
  readonly event: StoredEvent
  /** Over the whole row as received. */
  readonly rowHash: Uint8Array
  /** Over id, revision, time and body: the same whatever sequence brought it. */
  readonly draftHash: Uint8Array
}

export interface IncomingBatch extends Owner {
  readonly epoch: string
  readonly events: readonly IncomingEvent[]
  readonly receivedAt: number
}

export interface BatchTaken {
  readonly marks: Readonly<Record<Lane, number>>
  readonly stored: readonly EventDraft[]
  readonly repeated: number
}

export type Conflict = Failure<'conflicting-event'>

/** A safeguarding event with where it came from. */
export interface SafeguardingEvent {
  readonly id: string
  readonly appliance: string
  readonly revision: number
  readonly at: number
  readonly receivedAt: number
  readonly body: SafeguardingBody
}

export interface EventFilter {
  readonly group?: string
  readonly category?: string
  readonly severity?: string
  readonly appliance?: string
  /** First lookup at or after, and before, in milliseconds since the epoch. */
  readonly fromMs?: number
  readonly toMs?: number
}

/** Where a page begins: just after this event in the order newest first. */
export interface EventCursor {
  readonly firstAt: number
  readonly id: string
}

export interface EventPage {
  readonly events: readonly SafeguardingEvent[]
  /** Present when older events follow. */
  readonly next?: EventCursor
}

export interface FilterChoices {
  readonly groups: readonly string[]
  readonly categories: readonly string[]
  readonly severities: readonly string[]
}

export interface EventStore {
  /** All or nothing, durable before it resolves; repeats are let pass, a conflict stores nothing. */
  takeBatch(batch: IncomingBatch): Promise<BatchTaken | Conflict>
  listSafeguarding(
    tenant: string,
    filter: EventFilter,
    page: { readonly limit: number; readonly after?: EventCursor },
  ): Promise<EventPage>
  /** The revisions of one event, newest first; empty when it is not known. */
  revisionsOf(tenant: string, id: string, limit: number): Promise<readonly SafeguardingEvent[]>
  filterChoices(tenant: string, limit: number): Promise<FilterChoices>
  /** Safeguarding events since, by severity. */
  severityCounts(tenant: string, sinceMs: number): Promise<ReadonlyMap<string, number>>
  /** Newest first. */
  linkChanges(owner: Owner, limit: number): Promise<readonly LinkChanged[]>
  /** Oldest first. */
  linkSamples(owner: Owner, sinceMs: number, limit: number): Promise<readonly LinkSampled[]>
  /** Newest first. */
  bypassEvents(
    owner: Owner,
    sinceMs: number,
    limit: number,
  ): Promise<readonly (BypassNoticed | RogueServerNoticed)[]>
}

interface StatusRecord {
  readonly appliance: string
  readonly receivedAt: number
  readonly report: StatusReport
}

/** Sequences that came beyond the mark while something before them is missing. */
export interface Gap {
  readonly appliance: string
  readonly epoch: string
  readonly lane: Lane
  /** All up to here is stored. */
  readonly contiguous: number
  readonly highest: number
  readonly missing: number
}

export interface IngestFault {
  readonly appliance: string
  readonly kind: string
  readonly detail: string
  readonly times: number
  readonly firstAt: number
  readonly lastAt: number
}

export interface ApplianceStore {
  /** The newest signed report replaces the one before. */
  takeStatus(
    owner: Owner,
    taken: {
      readonly report: StatusReport
      readonly signedAt: number
      readonly receivedAt: number
    },
  ): Promise<void>
  statuses(tenant: string): Promise<readonly StatusRecord[]>
  gaps(tenant: string): Promise<readonly Gap[]>
  /** Notes a fault; the same one again only counts up. */
  noteFault(
    owner: Owner,
    fault: { readonly kind: string; readonly subject: string; readonly detail: string },
    nowMs: number,
  ): Promise<void>
  /** Newest first. */
  ingestFaults(tenant: string, limit: number): Promise<readonly IngestFault[]>
}

/** A session as it is kept; the token itself is only in the cookie. */
export interface SessionRecord {
  readonly tokenHash: Uint8Array
  /** Undefined for the one-time code alone. */
  readonly account: string | undefined
  /** From where it was begun. */
  readonly address: string
  readonly createdAt: number
  readonly expiresAt: number
  /** When its owner last showed a secret. */
  readonly provedAt: number
}

export interface SessionStore {
  /** Also forgets the expired, and the oldest beyond the bound. */
  addSession(tenant: string, session: SessionRecord, sessionsMax: number): Promise<void>
  /** Undefined when there is none; it may have expired. */
  sessionOf(tenant: string, tokenHash: Uint8Array): Promise<SessionRecord | undefined>
  /** Of one account, newest first. */
  sessionsOf(tenant: string, account: string): Promise<readonly SessionRecord[]>
  proveSession(tenant: string, tokenHash: Uint8Array, provedAt: number): Promise<void>
  dropSession(tenant: string, tokenHash: Uint8Array): Promise<void>
  countSessions(tenant: string, nowMs: number): Promise<number>
}

export interface DeviceFilter {
  /** Lower case; stands somewhere in its id, name, user, vendor or addresses. */
  readonly text?: string
  readonly network?: string
  readonly group?: string
  readonly band?: ConfidenceBand
  /** First seen at or after. */
  readonly firstSeenFromMs?: number
  readonly isRandom?: true
  readonly goesRound?: true
}

/** Devices of one box, counted. */
export interface DeviceCounts {
  readonly devices: number
  /** First seen at or after the instant that was asked for. */
  readonly fresh: number
  /** Of band strong or better, and of none. */
  readonly strong: number
  readonly unknown: number
  readonly random: number
  readonly goesRound: number
}

export interface DevicePage {
  readonly devices: readonly DeviceRow[]
  /** That match, over all pages. */
  readonly total: number
}

export interface NetworksRecord {
  readonly told: NetworksTold
  readonly reportedAt: number
  /** Devices by network; of those in none the key is empty. */
  readonly devices: ReadonlyMap<string, number>
}

export interface DeviceStore {
  /** `shown` once it is part of what the readers below see; `kept` while parts of its snapshot are missing. */
  takeDevices(
    owner: Owner,
    report: DeviceReport,
    receivedAt: number,
  ): Promise<'shown' | 'kept' | 'out-of-step' | 'too-many'>
  /** By name, those without one last. */
  listDevices(
    owner: Owner,
    filter: DeviceFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<DevicePage>
  device(owner: Owner, id: string): Promise<DeviceRow | undefined>
  deviceCounts(owner: Owner, freshFromMs: number): Promise<DeviceCounts>
  deviceGroups(owner: Owner, limit: number): Promise<readonly string[]>
  /** Undefined when the box never told of any. */
  networksOf(owner: Owner): Promise<NetworksRecord | undefined>
  /** Boxes that told of devices. */
  boxesWithDevices(tenant: string): Promise<ReadonlySet<string>>
  /** Deletes what was last seen before; of every tenant. Returns how many devices. */
  dropUnseen(beforeMs: number): Promise<number>
}

export interface CollectorStore extends EventStore, ApplianceStore, SessionStore, DeviceStore {
  close(): void
}
