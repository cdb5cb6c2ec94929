import type { Question } from '#wire/upstream-query.ts'
import type { ZonePlace } from '../../limits/zone-limits.ts'
import type { Datagram } from '../datagram.ts'
import type { UpstreamRoute } from './upstream-route.ts'
import type { UpstreamSocket } from './upstream-socket.ts'

/** A client's query that waits for an answer from an upstream. */
export interface Waiting {
  readonly datagram: Datagram
  readonly startedAtMs: number
  /** How often it has waited before: an alias needs more than one answer. */
  readonly rounds: number
  /** The address of who asks. */
  readonly client: string
}

/** A message of a flight that may still be answered. */
export interface Sent {
  readonly flight: Flight
  readonly message: Buffer
  readonly sentAtMs: number
}

/** One question on its way to upstreams, and who waits for it. */
export interface Flight {
  /** The cache's. */
  readonly key: string
  readonly question: Question
  readonly startedAtMs: number
  /** Where its zone's questions are counted. */
  readonly zone: ZonePlace
  readonly waiting: Waiting[]
  /** Messages that have gone out. */
  readonly sent: SentPlace[]
  /** When another is sent, where one may be. */
  againAtMs: number
  /** Nobody waits any more; an answer that comes now is only kept. */
  isOver: boolean
  /** What has come was cut, or is not to be believed: it is asked for over TCP. */
  isByTcp: boolean
  /** It began for nobody, to have a newer answer in time. */
  readonly isRenewal: boolean
}

/** Where a message of a flight went. */
export interface SentPlace {
  readonly route: UpstreamRoute
  readonly socket: UpstreamSocket
  readonly id: number
}
