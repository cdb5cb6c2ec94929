/** What the main thread and a fast-path worker tell each other. */
import type { MessagePort } from 'node:worker_threads'
import type { UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { AnswerCacheLimits } from '../cache/answer-cache.ts'
import type { FlushTarget } from '../cache/flush-target.ts'
import type { RenewalLimits } from '../cache/renewal.ts'
import type { AskedCount } from '../identity/asked-counts.ts'
import type { ClientLimitValues } from '../limits/client-limits.ts'
import type { CookieMode } from '../policy/sections/listen.ts'
import type { PreferredUpstreams } from '../upstream/upstream-pool.ts'
import type { UpstreamReport } from '../upstream/upstream-report.ts'
import type { PolicyChange } from './policy-change.ts'
import type { SharedFailure } from './shared-failures.ts'

/** Words of the shared signals: how many messages were sent to the worker, and whether it is to stop. */
export const SIGNAL = { messages: 0, stop: 1 } as const

/** What a worker is given. Sockets and memory stay the main thread's: it outlives every worker. */
export interface FastTask {
  readonly sockets: readonly UdpSocket[]
  readonly port: MessagePort
  readonly signals: SharedArrayBuffer
  readonly tally: SharedArrayBuffer
  readonly ring: SharedArrayBuffer
  /** Where it tells of every lookup: see ObservedWriter. */
  readonly observed: SharedArrayBuffer
  /** Everything in force, in the order in which it is to be applied. */
  readonly policy: readonly PolicyChange[]
  readonly cache: AnswerCacheLimits
  /** Undefined: nothing is renewed before its time is over. */
  readonly renewal: RenewalLimits | undefined
  /** Whether "no such name" answers for all names below it. */
  readonly coversBelow: boolean
  /** Whom it asks by itself; nobody: then the main thread does. */
  readonly upstreams: PreferredUpstreams
  /** Questions that may be on their way at once. */
  readonly flightsMax: number
  /** Where it notes the sockets that it opens: see OpenSockets. */
  readonly openSockets: SharedArrayBuffer
  /** Of the key by which names that nobody may read are hashed. */
  readonly hashKeyFile: string
  readonly cookies: CookieSettings
  readonly limits: ClientLimitValues
  /** Where all threads count the questions of zones, and the side of this one: see ZoneLimits. */
  readonly zones: SharedArrayBuffer
  readonly side: number
}

/** How cookies are dealt with, the key that their secrets follow from, and how our self-test is known. */
export interface CookieSettings {
  readonly mode: CookieMode
  readonly key: Uint8Array
  readonly selfMark?: Uint8Array
}

export type ToFastWorker =
  | { readonly kind: 'policy'; readonly change: PolicyChange }
  | { readonly kind: 'upstreams'; readonly upstreams: PreferredUpstreams }
  /** Answers to keep: see `takeAnswers`. */
  | { readonly kind: 'answers'; readonly packed: Uint8Array }
  /** Questions that are not to be asked again for a while; times are the machine's. */
  | { readonly kind: 'failures'; readonly failures: readonly SharedFailure[] }
  /** Answers to drop; the worker says how many. */
  | { readonly kind: 'flush'; readonly number: number; readonly target: FlushTarget }

export type FromFastWorker =
  | { readonly kind: 'ready' }
  /** Queries to be answered by the main thread: see `unpackDatagrams`. */
  | { readonly kind: 'datagrams'; readonly packed: Uint8Array }
  /** What clients have asked again: see `takeAnswers`. */
  | { readonly kind: 'answers'; readonly packed: Uint8Array }
  /** Who has asked since it last told. */
  | { readonly kind: 'asked'; readonly counts: readonly AskedCount[] }
  /** How its upstreams have done since it last told. */
  | { readonly kind: 'upstreams'; readonly reports: readonly UpstreamReport[] }
  /** So many answers have been dropped for the flush of that number. */
  | { readonly kind: 'flushed'; readonly number: number; readonly answers: number }
  /** A stage threw; the query was answered SERVFAIL. */
  | { readonly kind: 'fault'; readonly text: string }
  /** It was told to stop, and this is its last word. */
  | { readonly kind: 'finished' }
