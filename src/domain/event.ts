import type { Profile } from '#rules/categories.ts'
import type { BypassNoticed, RogueServerNoticed } from './bypass-event.ts'
import type { ListRefused, ListStale, ListsCompiled, ListUpdated } from './list-event.ts'
import type { Signal } from './signal.ts'
import type { UnblockClosed, UnblockRequested } from './unblock-event.ts'

/**
 * What the appliance stores and ships: facts in the past tense, with as little of a person as the fact needs.
 *
 * An event is told in one or more revisions: each revision is an outbox row with a sequence of its own, the same `id`
 * and a higher `revision`. The highest revision is the event; the others are its history.
 */

/** Two lanes, each with its own dense sequence; safeguarding always ships first. */
export const LANES = ['safeguarding', 'operations'] as const
export type Lane = (typeof LANES)[number]

/** Who asked, as far as it is known. */
export interface EventClient {
  readonly address: string
  /** A name for the device where one is known; hostile text. */
  readonly device?: string
  readonly mac?: string
  /** Who is logged on, or whose the device is; hostile text. */
  readonly user?: string
  /** How sure it is that they asked, in percent, and what that comes from: an `IdentitySource`. */
  readonly confidence?: number
  readonly source?: string
}

/** A looked-up name: in clear (hostile text, presentation form), or only as a keyed hash where the law or care forbids more. */
export type EventName =
  | { readonly form: 'clear'; readonly name: string }
  | { readonly form: 'hash'; readonly hash: string }

/** Lookups by one client in one alerting category within one window of five minutes. */
export interface LookupFacts {
  readonly group: string
  /** What the group's defaults are made for, which tells staff from pupils. */
  readonly profile?: Profile
  readonly client: EventClient
  readonly category: string
  readonly theme: string
  readonly severity: string
  /** The name of the first lookup of the window. */
  readonly name: EventName
  readonly list: string
  readonly count: number
  /** Times in milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
  /** Comes with a later revision, once enough was seen to judge. */
  readonly signal?: Signal
}

/** They were blocked. */
export interface LookupBlocked extends LookupFacts {
  readonly kind: 'lookup-blocked'
}

/** They were allowed, in a category that this group may have but that is watched. */
export interface LookupMonitored extends LookupFacts {
  readonly kind: 'lookup-monitored'
}

export const LINK_STATES = ['up', 'degraded', 'down', 'unknown'] as const
export type LinkState = (typeof LINK_STATES)[number]
/** What is at fault: the line to the internet, the upstream resolvers, or the agent itself. */
export const LINK_CAUSES = ['none', 'line', 'upstream', 'agent'] as const
export type LinkCause = (typeof LINK_CAUSES)[number]

export interface LinkChanged {
  readonly kind: 'link-changed'
  readonly from: LinkState
  readonly to: LinkState
  readonly cause: LinkCause
  readonly detail: string
  /** When the state began, in milliseconds since the epoch. */
  readonly since: number
}

/** Five minutes of probing one target. */
export interface ProbeSample {
  readonly target: string
  readonly probe: 'dns' | 'tcp'
  readonly sent: number
  readonly lost: number
  /** Round trips in milliseconds; absent when nothing came back. */
  readonly rttMs?: { readonly min: number; readonly mean: number; readonly max: number }
}

export interface LinkSampled {
  readonly kind: 'link-sampled'
  readonly from: number
  readonly to: number
  readonly state: LinkState
  readonly probes: readonly ProbeSample[]
}

export interface AgentStarted {
  readonly kind: 'agent-started'
  readonly version: string
  readonly previousStop: 'first-start' | 'clean' | 'unclean'
  /** When the previous run was last known alive; absent at the first start. */
  readonly lastAliveAt?: number
}

export interface AgentStopped {
  readonly kind: 'agent-stopped'
  readonly version: string
}

export interface PolicyApplied {
  readonly kind: 'policy-applied'
  /** First 16 hex digits of the SHA-256 of the file, or `embedded`. */
  readonly policy: string
}

export interface PolicyRefused {
  readonly kind: 'policy-refused'
  /** The problems, in words, cut to a limit. */
  readonly problems: readonly string[]
}

/** Events that could not be kept: the gap is told, never hidden. */
export interface EventsDropped {
  readonly kind: 'events-dropped'
  readonly lane: Lane
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/** Someone at the box read event detail, or the log of lookups. */
export interface EventsRevealed {
  readonly kind: 'events-revealed'
  /** What was read; left out: events. */
  readonly of?: 'queries'
  readonly who: string
  readonly reason: string
  readonly count: number
}

/** What a teacher released: a category's id, or a name (hostile text, presentation form). */
export interface ReleasedTarget {
  readonly kind: 'category' | 'name'
  readonly value: string
}

/** A teacher opened something for a group, for a lesson. */
export interface ReleaseGranted {
  readonly kind: 'release-granted'
  readonly release: string
  readonly group: string
  readonly target: ReleasedTarget
  readonly who: string
  readonly reason: string
  /** When it ends by itself, in milliseconds since the epoch. */
  readonly endsAt: number
}

/** Why a release is over: its time, somebody, a clock that was set back, or a group that is no more. */
export const RELEASE_ENDS = ['time', 'by-hand', 'clock-set-back', 'group-gone'] as const
export type ReleaseEnd = (typeof RELEASE_ENDS)[number]

export interface ReleaseEnded {
  readonly kind: 'release-ended'
  readonly release: string
  readonly group: string
  readonly target: ReleasedTarget
  readonly cause: ReleaseEnd
  /** Who ended it; absent where nobody did. */
  readonly who?: string
}

/** How the locked bundle stands: in force, only until the next start, or not at all. */
export const LOCKED_STATES = ['in-force', 'memory-only', 'not-in-force'] as const

/** A locked bundle came, or something happened to the one that is installed. */
export interface LockedBundleChanged {
  readonly kind: 'locked-bundle-changed'
  readonly state: (typeof LOCKED_STATES)[number]
  /** Thumbprint of the publisher's key, and which of its bundles; absent where there is none. */
  readonly publisher?: string
  readonly serial?: number
  /** What is wrong, in words. */
  readonly problem?: string
}

/** What the self-test found, when that differs from what it found before. */
export interface SelftestChanged {
  readonly kind: 'selftest-changed'
  readonly passed: number
  readonly failed: number
  /** What could not be checked. */
  readonly unknown: number
  /** In words, cut to a limit. */
  readonly failures: readonly string[]
}

export type SafeguardingBody = LookupBlocked | LookupMonitored
export type OperationsBody =
  | LinkChanged
  | LinkSampled
  | AgentStarted
  | AgentStopped
  | PolicyApplied
  | PolicyRefused
  | ListsCompiled
  | ListUpdated
  | ListRefused
  | ListStale
  | EventsDropped
  | EventsRevealed
  | ReleaseGranted
  | ReleaseEnded
  | LockedBundleChanged
  | UnblockRequested
  | UnblockClosed
  | SelftestChanged
  | BypassNoticed
  | RogueServerNoticed
export type EventBody = SafeguardingBody | OperationsBody

/** What a part of the agent hands to the outbox. */
export interface EventDraft {
  readonly id: string
  readonly revision: number
  /** When it happened, in milliseconds since the epoch, by the appliance's clock. */
  readonly at: number
  readonly body: EventBody
}

/** A draft once the outbox has committed it: the key is (appliance, epoch, lane, sequence). */
export interface StoredEvent extends EventDraft {
  readonly v: 1
  readonly lane: Lane
  /** Dense from 1 in each lane of each epoch. */
  readonly sequence: number
}

/** Which lane a body belongs to. */
export function laneOf(body: EventBody): Lane {
  return isSafeguarding(body) ? 'safeguarding' : 'operations'
}

export function isSafeguarding(body: EventBody): body is SafeguardingBody {
  return body.kind === 'lookup-blocked' || body.kind === 'lookup-monitored'
}
