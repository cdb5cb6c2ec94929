import { isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { isAboutTheName } from '#wire/constants.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import { readTrimmed } from '#wire/trim-answer.ts'
import { isCutShort } from '#wire/upstream-query.ts'
import { answerKeptFailure } from '../../answer-failed.ts'
import { answerLimited } from '../../answer-limited.ts'
import type { AnswerCache } from '../../cache/answer-cache.ts'
import type { CacheEntry } from '../../cache/cache-entry.ts'
import type { Renew, RenewalGate } from '../../cache/renewal.ts'
import type { ClientCounts } from '../../client-counts.ts'
import { questionOf } from '../../inner-query.ts'
import type { LimitKind } from '../../limits/limit-kind.ts'
import type { ZoneLimits } from '../../limits/zone-limits.ts'
import type { Answer, Query } from '../../query.ts'
import type { Resolve } from '../../stage.ts'
import { answerStale, isRetryFar, mayServeStale, noteSilence, PATIENCE_MS } from '../../stale.ts'
import { NO_ZONE, type ZoneTable } from '../../zone-table.ts'
import { copyOf, type Datagram } from '../datagram.ts'
import type { Flight, Waiting } from './flight.ts'
import { LingeringFlights } from './lingering-flights.ts'
import { type FlightLimits, RouteChoice } from './route-choice.ts'
import type { Arrival, UpstreamRoute } from './upstream-route.ts'

/** Queries that may wait at once, over all flights; more go to the main thread. */
const WAITING_MAX = 8_192
/** How often one query may wait; an alias needs two answers. */
const ROUNDS_MAX = 3
/** What the main thread goes on with is not begun anew here for so long: as long as it may take there. */
const HANDED_ON_MS = 2_000
/** How often deadlines are looked at. */
const LOOK_EVERY_MS = 25

export interface FlightsParts {
  readonly cache: AnswerCache
  readonly clock: Clock
  /** Which answers may be renewed; undefined: none. */
  readonly renewals: RenewalGate | undefined
  /** Names that others than these upstreams know: they are the main thread's. */
  readonly zoneTable: () => ZoneTable
  /** Flights at once. */
  readonly flightsMax: number
  readonly waiting: ClientCounts
  readonly zones: ZoneLimits
  /** Answers a query from the beginning; its last stage is `resolve`. */
  readonly answer: (waiting: Waiting) => void
  /** Gives a query to the main thread. */
  readonly handOver: (datagram: Datagram) => void
}

/** What a flight has come to, while the queries that waited for it are answered. */
interface Landing {
  readonly key: string
  /** Undefined: nothing came, or nothing that is of use. */
  readonly entry: CacheEntry | undefined
  /** Whether what is known from before may serve instead. */
  readonly mayBeStale: boolean
}

/**
 * Questions that the worker asks upstreams by itself. A query whose answer is missing is put aside with the question that it lacks;
 * once the answer is there, the query runs through all stages again, and finds it. So policy is applied where it always is, to
 * whatever is in force by then, and nothing here waits. What goes wrong goes on in the main thread.
 */
export class Flights {
  readonly #parts: FlightsParts
  readonly #flights = new Map<string, Flight>()
  readonly #lingering = new LingeringFlights()
  readonly #choice = new RouteChoice()
  #landing: Landing | undefined
  /** The flight that the query just resolved has to wait for. */
  #wanted: Flight | undefined
  /** Who asked it. */
  #wantedBy = ''
  /** Queries that wait, over all flights. */
  #waiting = 0
  #lookedAtMs = 0

  constructor(parts: FlightsParts) {
    this.#parts = parts
  }

  get isIdle(): boolean {
    return this.#flights.size === 0 && this.#lingering.isEmpty
  }

  /** Whether a client waits for any of them. */
  get areWaitedFor(): boolean {
    return this.#flights.size > 0
  }

  /** Goes by these from now on, the preferred one first. Flights that are under way end as they may. */
  use(routes: readonly UpstreamRoute[], limits: FlightLimits): void {
    this.#choice.use(routes, limits)
  }

  /** The last stage: what is known from before where it must serve, else pending, and `join` says what for. */
  readonly resolve: Resolve = (query) => {
    const { key, known, answer, clientAddress } = query
    this.#wanted = undefined
    this.#wantedBy = clientAddress
    if (this.#landing?.key === key) return this.#answerLanded(query, this.#landing)
    const nowMs = this.#parts.clock.monotonicMs()
    if (mayServeStale(known, nowMs) && isRetryFar(known, nowMs)) return answerStale(query, known)
    if (!this.#isOurs(query)) return answer.setPending()
    if (!this.#parts.waiting.hasRoom(clientAddress)) return answerLimited(query, 'client-waiting')
    const flying = this.#flights.get(key)
    const kept = flying ? undefined : this.#parts.cache.failures.find(key, nowMs)
    if (kept?.kind === 'handed-on') return answer.setPending()
    if (kept)
      return mayServeStale(known, nowMs)
        ? answerStale(query, known)
        : answerKeptFailure(query, kept.kind)
    const flight = flying ?? this.#depart(query, nowMs)
    if (typeof flight === 'string')
      return mayServeStale(known, nowMs) ? answerStale(query, known) : answerLimited(query, flight)
    this.#wanted = flight
    return answer.setPending()
  }

  /** Begins a flight for nobody, on a hit in the last part of an entry's time. */
  readonly renew: Renew = (query, entry, nowMs) => {
    const { renewals } = this.#parts
    if (!this.#isOurs(query) || this.#flights.has(query.key)) return
    if (!renewals?.begin(query, entry, nowMs)) return
    if (typeof this.#depart(query, nowMs, true) !== 'object') renewals.end()
  }

  /** What has come through another forwarder, or belongs to a zone, is the main thread's. */
  #isOurs({ view }: Query): boolean {
    return view.marksEnd === 0 && this.#parts.zoneTable().find(view.name) === NO_ZONE
  }

  /** Puts a pending query aside until its flight has landed, or gives it to the main thread. The datagram is copied. */
  join(datagram: Datagram, startedAtMs: number, rounds = 0): void {
    const flight = this.#wanted
    this.#wanted = undefined
    if (!flight || this.#waiting >= WAITING_MAX || rounds >= ROUNDS_MAX)
      return this.#parts.handOver(datagram)
    const client = this.#wantedBy
    this.#parts.waiting.enter(client)
    this.#waiting += 1
    flight.waiting.push({ datagram: copyOf(datagram), startedAtMs, rounds: rounds + 1, client })
  }

  /** Takes what has come from an upstream. */
  readonly arrive = (arrival: Arrival): void => {
    const { flight } = arrival
    if (arrival.kind === 'refused') return this.#askAnother(flight, true)
    if (arrival.kind === 'odd') return this.#land(flight, undefined, false)
    if (arrival.kind === 'doubtful')
      return isWaitedFor(flight) ? undefined : this.#goOnByTcp(flight)
    const { message, isAdTrusted } = arrival
    if (isCutShort(message)) return this.#goOnByTcp(flight)
    const stored = readTrimmed(message, { keepsAd: isAdTrusted })
    if (isFailure(stored)) return this.#land(flight, undefined, false)
    if (!isAboutTheName(stored.rcode)) return this.#askAnother(flight, true)
    if (this.#isOthers(flight, stored)) return this.#land(flight, undefined, false)
    const nowMs = this.#parts.clock.monotonicMs()
    if (!flight.isOver) this.#choice.noteOvertaken(flight, nowMs)
    const entry = this.#parts.cache.entryOf(stored, nowMs)
    if (flight.isOver) this.#keepLate(flight, entry)
    else this.#land(flight, entry, false)
  }

  #goOnByTcp(flight: Flight): void {
    flight.isByTcp = true
    this.#land(flight, undefined, false)
  }

  /** Whether an answer speaks of names that are not these upstreams'. */
  #isOthers({ question }: Flight, { hopNames }: StoredAnswer): boolean {
    const zones = this.#parts.zoneTable()
    return zones.find(question.name) !== NO_ZONE || zones.isLeft(hopNames, NO_ZONE)
  }

  /** Sends what is ready, and looks at what has waited too long. */
  turn(nowMs: number): void {
    if (nowMs >= this.#lookedAtMs + LOOK_EVERY_MS) {
      this.#lookedAtMs = nowMs
      for (const flight of this.#flights.values()) this.#look(flight, nowMs)
      this.#lingering.end(nowMs - this.#choice.timeoutMs - PATIENCE_MS)
    }
    for (const route of this.#choice.routes) route.flush()
  }

  #look(flight: Flight, nowMs: number): void {
    if (nowMs - flight.startedAtMs >= this.#choice.patienceMs) this.#land(flight, undefined, true)
    else if (nowMs >= flight.againAtMs) this.#askAnother(flight, false)
  }

  /** Undefined where the main thread has to ask; a limit that the question has run into, where nobody may. */
  #depart(query: Query, nowMs: number, isRenewal = false): Flight | LimitKind | undefined {
    const route = this.#choice.first()
    const { flightsMax, zones } = this.#parts
    if (!route || this.#flights.size >= flightsMax) return undefined
    const zone = zones.depart(query.view.name, query.view.nameLength, nowMs)
    if (typeof zone === 'string') return zone
    const flight: Flight = {
      key: query.key,
      question: questionOf(query.view),
      startedAtMs: nowMs,
      zone,
      waiting: [],
      sent: [],
      againAtMs: nowMs + this.#choice.againAfterMs,
      isOver: false,
      isByTcp: false,
      isRenewal,
    }
    if (!this.#send(flight, route, nowMs)) {
      zones.land(zone)
      return undefined
    }
    this.#flights.set(flight.key, flight)
    return flight
  }

  #send(flight: Flight, route: UpstreamRoute, nowMs: number): boolean {
    const place = route.ask(flight, nowMs)
    if (place) flight.sent.push(place)
    return place !== undefined
  }

  /** Asks the next upstream, or the same again where there is none; `isFailed` where nothing more is to be had from the first. */
  #askAnother(flight: Flight, isFailed: boolean): void {
    if (flight.isOver) return
    flight.againAtMs = Number.POSITIVE_INFINITY
    const route = this.#choice.next(flight, isFailed)
    const isSent = route && this.#send(flight, route, this.#parts.clock.monotonicMs())
    if (isSent || !isFailed) return
    if (!isWaitedFor(flight)) this.#land(flight, undefined, true)
  }

  /** Answers everybody who waits for a flight with what it has come to. */
  #land(flight: Flight, entry: CacheEntry | undefined, mayBeStale: boolean): void {
    if (flight.isOver) return
    flight.isOver = true
    this.#flights.delete(flight.key)
    this.#parts.zones.land(flight.zone)
    for (const { client } of flight.waiting) this.#parts.waiting.leave(client)
    this.#waiting -= flight.waiting.length
    if (flight.isRenewal) this.#endRenewal(flight, entry)
    if (isWaitedFor(flight)) this.#lingering.add(flight)
    if (!entry && flight.waiting.length > 0) this.#noteHandedOn(flight)
    this.#landing = { key: flight.key, entry, mayBeStale }
    const { isByTcp } = flight
    const tries = flight.sent.length
    const nowMs = this.#parts.clock.monotonicMs()
    for (const { datagram, ...rest } of flight.waiting) {
      const waitedMs = Math.max(0, nowMs - rest.startedAtMs)
      const handed = { ...datagram, tries, waitedMs, isByTcp }
      this.#parts.answer({ ...rest, datagram: entry ? datagram : handed })
    }
    this.#landing = undefined
    flight.waiting.length = 0
  }

  #endRenewal({ key }: Flight, entry: CacheEntry | undefined): void {
    this.#parts.renewals?.end()
    if (entry) this.#parts.cache.set(key, entry)
  }

  /** Whoever asks the same meanwhile joins those who wait there. */
  #noteHandedOn({ key }: Flight): void {
    const { cache, clock } = this.#parts
    cache.failures.handOn(key, clock.monotonicMs(), HANDED_ON_MS)
  }

  #answerLanded(query: Query, { entry, mayBeStale }: Landing): Answer {
    if (entry) {
      query.result = 'forwarded'
      return query.answer.setStored(entry, 0)
    }
    const { known, answer } = query
    const nowMs = this.#parts.clock.monotonicMs()
    if (!mayBeStale || !mayServeStale(known, nowMs)) return answer.setPending()
    noteSilence(known, nowMs)
    return answerStale(query, known)
  }

  #keepLate({ key }: Flight, entry: CacheEntry): void {
    const { cache, clock } = this.#parts
    if (!cache.get(key, clock.monotonicMs())) cache.set(key, entry)
  }
}

/** Whether an answer to any of its messages may still come. */
function isWaitedFor(flight: Flight): boolean {
  return flight.sent.some(({ socket, id }) => socket.find(id)?.flight === flight)
}
