import type { AddressBytes } from '#domain/ip-address.ts'
import { connectUdp } from '#platform/ffi/connected-socket.ts'
import type { Libc } from '#platform/ffi/libc.ts'
import { MessageBatch } from '#platform/ffi/message-batch.ts'
import { portOf } from '#platform/ffi/udp-socket.ts'
import { randomWord } from '#platform/random.ts'
import { mixCase } from '#wire/mixed-case.ts'
import { isAnswerTo, writeUpstreamQuery } from '#wire/upstream-query.ts'
import { CaseHabit } from '../../upstream/case-habit.ts'
import { newQueryId } from '../../upstream/query-id.ts'
import { DRAWS_MAX, type RecentPorts } from '../../upstream/recent-ports.ts'
import type { PreferredUpstream } from '../../upstream/upstream-pool.ts'
import type { UpstreamReport } from '../../upstream/upstream-report.ts'
import type { Flight, SentPlace } from './flight.ts'
import type { OpenSockets } from './open-sockets.ts'
import { RouteTally } from './route-tally.ts'
import { UpstreamSocket } from './upstream-socket.ts'

const BATCH = 64
/** Header, the longest name, type, class, and OPT with a mark. */
const QUERY_BYTES_MAX = 320
const MSG_DONTWAIT = 0x40
/** No query has it. */
const NO_ID = -1

export interface RouteParts {
  readonly libc: Libc
  readonly sockets: OpenSockets
  /** Where answers are received, for all routes. */
  readonly received: MessageBatch
  /** Ports of all routes. */
  readonly ports: RecentPorts
  /** Told when sockets have come or gone. */
  readonly onChange: () => void
}

/** What has come from an upstream for one query. `odd` is an answer to it that cannot be trusted as it is. */
export type Arrival =
  | {
      readonly kind: 'answer'
      readonly flight: Flight
      readonly message: Buffer
      readonly isAdTrusted: boolean
    }
  | { readonly kind: 'odd'; readonly flight: Flight }
  /** Something has come that answers nothing, so that what is still to come over UDP is not to be believed. */
  | { readonly kind: 'doubtful'; readonly flight: Flight }
  /** Nobody listens there. */
  | { readonly kind: 'refused'; readonly flight: Flight }

/** The way to one upstream: the socket in use, those that still wait for answers, and what is known of it. */
export class UpstreamRoute {
  readonly upstream: PreferredUpstream
  readonly #address: AddressBytes
  readonly #parts: RouteParts
  readonly #batch: MessageBatch
  readonly #tally = new RouteTally()
  #active: UpstreamSocket | undefined
  readonly #draining = new Set<UpstreamSocket>()
  #batched = 0
  readonly #caseHabit = new CaseHabit()

  constructor(upstream: PreferredUpstream, address: AddressBytes, parts: RouteParts) {
    this.upstream = upstream
    this.#address = address
    this.#parts = parts
    this.#batch = new MessageBatch(parts.libc, BATCH, QUERY_BYTES_MAX)
  }

  /** Those that may hear something. */
  get sockets(): readonly UpstreamSocket[] {
    return this.#active ? [this.#active, ...this.#draining] : [...this.#draining]
  }

  /** Makes a query of a flight ready to go; undefined where there is no way. */
  ask(flight: Flight, nowMs: number): SentPlace | undefined {
    const socket = this.#socketNow(nowMs)
    if (!socket) return undefined
    let id = newQueryId()
    while (socket.find(id)) id = newQueryId()
    const { isAdTrusted, mark } = this.upstream
    const message = writeUpstreamQuery(flight.question, id, { asksForAd: isAdTrusted, marks: mark })
    if (this.#caseHabit.isKept) mixCase(message, randomWord)
    socket.add(id, { flight, message, sentAtMs: nowMs })
    this.#tally.asked += 1
    if (this.#batched === BATCH) this.flush()
    this.#batch.payload.set(message, this.#batched * QUERY_BYTES_MAX)
    this.#batch.prepare(this.#batched, message.length, 0, 0)
    this.#batched += 1
    return { route: this, socket, id }
  }

  /** Sends what is ready. */
  flush(): void {
    const count = this.#batched
    this.#batched = 0
    if (!this.#active || count === 0) return
    const { fd } = this.#active
    let failures = 0
    for (let sent = 0; sent < count; ) {
      const headers = this.#batch.headersFrom(sent)
      const done = this.#parts.libc.sendmmsg(fd, headers, count - sent, MSG_DONTWAIT)
      // The first failure may be the news of an earlier message; what cannot be sent twice is as good as lost.
      if (done > 0) sent += done
      else if (++failures % 2 === 0) sent += 1
    }
  }

  /** Takes what one of its sockets has heard. */
  receive(socket: UpstreamSocket, nowMs: number, visit: (arrival: Arrival) => void): void {
    if (socket !== this.#active && !this.#draining.has(socket)) return
    const { libc, received } = this.#parts
    const count = libc.recvmmsg(socket.fd, received.headers, received.size, MSG_DONTWAIT, 0n)
    if (count < 0) return this.#refuse(socket, visit)
    for (let slot = 0; slot < count; slot++) {
      const start = slot * received.slotBytes
      const message = received.payload.subarray(start, start + received.lengthOf(slot))
      const arrival = this.#match(socket, message, nowMs)
      if (arrival === 'forged') return this.#abandon(socket, visit)
      if (arrival) visit(arrival)
    }
    this.#closeIfDone(socket)
  }

  /** One word of the upstream, or of a forger's ICMP, however many wait: it is counted once. */
  #refuse(socket: UpstreamSocket, visit: (arrival: Arrival) => void): void {
    const dropped = socket.dropAll()
    if (dropped.length > 0) this.#tally.unanswered += 1
    for (const { flight } of dropped) visit({ kind: 'refused', flight })
    this.#closeIfDone(socket)
  }

  /** Somebody knows the port, or tries them all: nothing that comes there is listened to any more. */
  #abandon(socket: UpstreamSocket, visit: (arrival: Arrival) => void): void {
    if (socket === this.#active) {
      this.#active = undefined
      this.#batched = 0
    }
    this.#draining.delete(socket)
    this.#parts.sockets.close(socket.fd, this.#parts.libc)
    this.#parts.onChange()
    for (const { flight } of socket.dropAll()) visit({ kind: 'doubtful', flight })
  }

  /** An answer is waited for no more. */
  forget(flight: Flight, { socket, id }: Omit<SentPlace, 'route'>): void {
    if (socket.find(id)?.flight !== flight) return
    socket.drop(id)
    this.#tally.unanswered += 1
    this.#closeIfDone(socket)
  }

  /** Another upstream has answered before this one. */
  noteOvertaken(): void {
    this.#tally.overtaken += 1
  }

  /** What has happened since the last time, where anything has. */
  report(): UpstreamReport | undefined {
    return this.#tally.take(this.upstream)
  }

  close(): void {
    for (const socket of this.sockets) this.#parts.sockets.close(socket.fd, this.#parts.libc)
    this.#active = undefined
    this.#draining.clear()
    this.#parts.onChange()
  }

  #match(socket: UpstreamSocket, message: Buffer, nowMs: number): Arrival | 'forged' | undefined {
    const id = message.length < 2 ? NO_ID : message.readUInt16BE(0)
    const sent = socket.find(id)
    if (!sent || !isAnswerTo(sent.message, message)) {
      this.#tally.mismatched += 1
      if (!sent) return socket.isPast(id) ? undefined : 'forged'
      socket.drop(id)
      return { kind: 'doubtful', flight: sent.flight }
    }
    socket.drop(id)
    this.#tally.answer(nowMs - sent.sentAtMs)
    return this.#caseHabit.accepts(sent.message, message)
      ? { kind: 'answer', flight: sent.flight, message, isAdTrusted: this.upstream.isAdTrusted }
      : { kind: 'odd', flight: sent.flight }
  }

  /** The socket that is asked on, a new one where it is worn out and there is room for another. */
  #socketNow(nowMs: number): UpstreamSocket | undefined {
    const { sockets } = this.#parts
    if (this.#active && !(this.#active.isWornOut(nowMs) && sockets.hasRoom)) return this.#active
    if (!sockets.hasRoom) return undefined
    const fd = this.#connect(nowMs)
    if (fd < 0) return this.#active
    this.flush()
    sockets.add(fd)
    const worn = this.#active
    this.#active = new UpstreamSocket(fd, nowMs)
    if (worn) this.#draining.add(worn)
    if (worn) this.#closeIfDone(worn)
    this.#parts.onChange()
    return this.#active
  }

  /** A descriptor with a port that has rested, or -1. */
  #connect(nowMs: number): number {
    const { libc, ports } = this.#parts
    for (let draws = 1; ; draws++) {
      const fd = connectUdp(libc, this.#address, this.upstream.port)
      if (fd < 0 || draws >= DRAWS_MAX || ports.take(portOf(libc, fd), nowMs)) return fd
      libc.close(fd)
    }
  }

  #closeIfDone(socket: UpstreamSocket): void {
    if (!socket.isIdle || !this.#draining.delete(socket)) return
    this.#parts.sockets.close(socket.fd, this.#parts.libc)
    this.#parts.onChange()
  }
}
