import type { WhyTold } from '#domain/console-rules.ts'
import type { StoredEvent } from '#domain/event.ts'
import type { Failure } from '#domain/failure.ts'
import type { StatusReport } from '#domain/ingest.ts'
import type { ReleaseAsked } from '#domain/release-told.ts'
import type { SetupItem } from '#domain/setup-item.ts'
import type { PageStatus } from '../block-page/block-page.ts'
import type { QueryLogStatus } from '../queries/query-log.ts'
import type { QueriesRequest, ShownQuery } from '../queries/read-queries.ts'
import type { RecursorStatus } from '../recursor/recursor.ts'
import type { SelftestReport } from '../selftest/selftest-report.ts'
import type { SignalStatus } from '../signals/agent-signals.ts'
import type { ShownList } from '../supply/list-report.ts'
import type { ReleaseRefusal } from '../teacher-releases.ts'

/** The paths of the control socket; bodies are JSON. */
export const CONTROL_PATHS = {
  status: '/status',
  explain: '/explain',
  eventCounts: '/events/counts',
  revealEvents: '/events/reveal',
  releases: '/releases',
  grantRelease: '/releases/grant',
  endRelease: '/releases/end',
  requests: '/requests',
  closeRequest: '/requests/close',
  selftest: '/selftest',
  setup: '/setup',
  lists: '/lists',
  refreshList: '/lists/refresh',
  acceptList: '/lists/accept',
  flush: '/cache/flush',
  queries: '/queries',
} as const

/** How the agent is, for the person beside it: what the collector hears, and what only the machine cares for. */
export interface AgentStatus extends Omit<StatusReport, 'metrics'> {
  readonly state: 'ok' | 'degraded'
  /** Why it is degraded, one plain sentence each; empty when it is not. */
  readonly reasons: readonly string[]
  readonly config: {
    /** Absolute path, or undefined for the embedded defaults. */
    readonly file?: string
    /** Why the newest version of the file is not in use; empty when it is. */
    readonly refused: readonly string[]
    readonly notes: readonly string[]
  }
  readonly time: {
    /** The time on the school's clocks, and the lesson. */
    readonly now: string
    /** What the clock has put out of force. */
    readonly notes: readonly string[]
  }
  readonly releases: readonly ShownRelease[]
  readonly page: PageStatus
  readonly recursor: RecursorStatus
  /** Requests to unblock that wait for an answer. */
  readonly openRequests: number
  /** The newest self-test; absent until one has run. */
  readonly selftest?: SelftestSummary
  readonly listeners: readonly {
    readonly transport: string
    readonly address: string
    readonly port: number
  }[]
  readonly metricsUrl: string
  readonly capture: { readonly state: 'on' | 'off'; readonly detail: string }
  readonly signals: SignalStatus
  readonly queries: QueryLogStatus
}

export interface ExplainRequest {
  /** Presentation form. */
  readonly name: string
  /** A mnemonic such as `A` or `HTTPS`. */
  readonly type: string
  /** At most one of the two; neither means the strictest group. */
  readonly client?: string
  readonly group?: string
  /** On the school's clocks, `2026-03-02T10:05`; now where it is absent. */
  readonly at?: string
}

/** What would happen to a query, stage by stage. An upstream is asked where a real query would ask; nothing is recorded. */
export type Explanation = WhyTold

/** Numbers only: who and what stays hidden until it is revealed with a reason. */
interface EventCounts {
  /** `day` is a date in UTC, `2026-01-31`. */
  readonly rows: readonly {
    readonly day: string
    readonly category: string
    readonly events: number
    /** Blocked lookups that those events tell of. */
    readonly lookups: number
  }[]
  /** Events not yet acknowledged by the collector. */
  readonly waiting: number
}

export interface RevealRequest {
  readonly who: string
  readonly reason: string
  readonly limit: number
}

interface RevealedEvents {
  readonly events: readonly StoredEvent[]
}

/** What a teacher asks to be opened. */
export type GrantRequest = ReleaseAsked

export interface EndReleaseRequest {
  readonly id: string
  readonly who: string
}

export interface RefreshRequest {
  readonly id: string
}

export interface AcceptRequest {
  readonly id: string
  readonly who: string
}

/** A release as it is shown. */
export interface ShownRelease {
  readonly id: string
  readonly group: string
  readonly kind: 'category' | 'name'
  /** Hostile text where it is a name. */
  readonly target: string
  readonly reason: string
  readonly who: string
  /** Milliseconds since the epoch. */
  readonly grantedAt: number
  readonly endsAt: number
  /** On the school's clocks. */
  readonly until: string
  /** False while exams hold the group. */
  readonly counts: boolean
}

/** What a self-test found, in numbers. */
export interface SelftestSummary {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly passed: number
  readonly failed: number
  readonly unknown: number
}

/** A request to unblock as school IT sees it: who asked is not known beyond the group. */
export interface ShownRequest {
  readonly reference: string
  readonly group: string
  /** Hostile text, as are `why` and `lesson`. */
  readonly name: string
  readonly category?: string
  readonly why: string
  readonly lesson?: string
  readonly minutes?: number
  readonly count: number
  /** On the school's clocks. */
  readonly firstAt: string
  readonly lastAt: string
  readonly closed?: { readonly at: string; readonly who: string; readonly answer: string }
}

export interface CloseRequest {
  readonly reference: string
  readonly who: string
  readonly answer: string
}

/** What to try; every group where none is named. */
export interface SelftestRequest {
  readonly group?: string
}

/** Which answers to drop from the caches: all, or those of a name in presentation form, with what is below it or without. */
export type FlushRequest =
  | { readonly all: true }
  | { readonly name: string; readonly below: boolean }

/** How many answers were dropped: on the main thread, and by the fast path; absent where that did not say. */
export interface FlushReport {
  readonly main: number
  readonly worker?: number
}

/**
 * What the agent lets the command line ask. A failure of kind `bad-request` is the asker's fault, `refused` a matter of
 * policy; anything else is told as the agent's own trouble.
 */
export interface ControlApi {
  readonly status: () => Promise<AgentStatus>
  readonly explain: (request: ExplainRequest) => Promise<Explanation | Failure>
  readonly eventCounts: () => Promise<EventCounts | Failure>
  /** The revealing itself is recorded before anything is told. */
  readonly revealEvents: (request: RevealRequest) => Promise<RevealedEvents | Failure>
  readonly releases: () => Promise<{ readonly releases: readonly ShownRelease[] }>
  readonly grantRelease: (
    request: GrantRequest,
  ) => Promise<ShownRelease | ReleaseRefusal | Failure<'refused' | 'store-unavailable'>>
  readonly endRelease: (request: EndReleaseRequest) => Promise<ShownRelease | Failure>
  readonly requests: () => Promise<{ readonly requests: readonly ShownRequest[] }>
  readonly closeRequest: (request: CloseRequest) => Promise<ShownRequest | Failure>
  readonly selftest: (request: SelftestRequest) => Promise<SelftestReport | Failure>
  readonly setup: () => Promise<{ readonly items: readonly SetupItem[] }>
  readonly lists: () => Promise<{ readonly lists: readonly ShownList[] }>
  /** Begins to look for a new version; what comes of it shows in `lists`. */
  readonly refreshList: (request: RefreshRequest) => Promise<ShownList | Failure>
  /** Puts the version in force that waits for a person. */
  readonly acceptList: (request: AcceptRequest) => Promise<ShownList | Failure>
  readonly flush: (request: FlushRequest) => Promise<FlushReport | Failure>
  /** The reading itself is recorded before anything is told. */
  readonly queries: (
    request: QueriesRequest,
  ) => Promise<{ readonly rows: readonly ShownQuery[] } | Failure>
}
