import { parseAddress } from '#domain/ip-address.ts'
import type { Clock } from '#platform/clock.ts'
import type { Libc } from '#platform/ffi/libc.ts'
import { MessageBatch } from '#platform/ffi/message-batch.ts'
import type { OtherSocket } from '#platform/ffi/socket-wait.ts'
import { RecentPorts } from '../../upstream/recent-ports.ts'
import type { PreferredUpstream, PreferredUpstreams } from '../../upstream/upstream-pool.ts'
import type { UpstreamReport } from '../../upstream/upstream-report.ts'
import { Flights, type FlightsParts } from './flights.ts'
import { OpenSockets } from './open-sockets.ts'
import { UpstreamRoute } from './upstream-route.ts'

const RECEIVED_AT_ONCE = 64
/** Upstreams are asked for 1,232 bytes. */
const ANSWER_BYTES_MAX = 1_536
/** How often it is told how upstreams do. */
const REPORT_EVERY_MS = 50

export interface ForwarderParts extends FlightsParts {
  readonly libc: Libc
  readonly clock: Clock
  readonly openSockets: SharedArrayBuffer
  /** Called before answers of upstreams are worked on. */
  readonly onBatch: () => void
  readonly report: (reports: readonly UpstreamReport[]) => void
}

/** Asks upstreams from the fast path: the flights, and the ways that they go. */
export class Forwarder {
  readonly flights: Flights
  readonly #parts: ForwarderParts
  readonly #sockets: OpenSockets
  readonly #received: MessageBatch
  readonly #ports = new RecentPorts()
  #routes: readonly UpstreamRoute[] = []
  #hasChanged = false
  #reportedAtMs = 0

  constructor(parts: ForwarderParts) {
    this.#parts = parts
    this.#sockets = new OpenSockets(parts.openSockets)
    this.#received = new MessageBatch(parts.libc, RECEIVED_AT_ONCE, ANSWER_BYTES_MAX)
    this.flights = new Flights(parts)
  }

  /** Goes by these upstreams from now on; a way that stays keeps its sockets. */
  use({ upstreams, ...limits }: PreferredUpstreams): void {
    const before = this.#routes
    this.#routes = upstreams.flatMap((upstream) => {
      const kept = before.find((route) => isSame(route.upstream, upstream))
      return kept ? [kept] : this.#routeTo(upstream)
    })
    this.flights.use(this.#routes, limits)
    for (const route of before) if (!this.#routes.includes(route)) route.close()
    this.#hasChanged = true
  }

  /** The sockets to be heard, where they have changed since the last time. */
  takeChange(): readonly OtherSocket[] | undefined {
    if (!this.#hasChanged) return undefined
    this.#hasChanged = false
    return this.others()
  }

  /** The sockets to be heard. */
  others(): readonly OtherSocket[] {
    const { clock, onBatch } = this.#parts
    return this.#routes.flatMap((route) =>
      route.sockets.map((socket) => ({
        fd: socket.fd,
        hear: () => {
          onBatch()
          route.receive(socket, clock.monotonicMs(), this.flights.arrive)
        },
      })),
    )
  }

  /** Sends what is ready, ends what has waited too long, and tells how upstreams do. */
  turn(): void {
    const nowMs = this.#parts.clock.monotonicMs()
    if (!this.flights.isIdle) this.flights.turn(nowMs)
    if (nowMs < this.#reportedAtMs + REPORT_EVERY_MS) return
    this.#reportedAtMs = nowMs
    const reports = this.#routes.flatMap((route) => route.report() ?? [])
    if (reports.length > 0) this.#parts.report(reports)
  }

  #routeTo(upstream: PreferredUpstream): readonly UpstreamRoute[] {
    // A link-local address needs its interface as well; the main thread knows how.
    const address = upstream.address.includes('%') ? undefined : parseAddress(upstream.address)
    if (!address) return []
    const onChange = (): void => {
      this.#hasChanged = true
    }
    const parts = {
      libc: this.#parts.libc,
      sockets: this.#sockets,
      received: this.#received,
      ports: this.#ports,
    }
    return [new UpstreamRoute(upstream, address, { ...parts, onChange })]
  }
}

function isSame(a: PreferredUpstream, b: PreferredUpstream): boolean {
  return a.address === b.address && a.port === b.port && a.isAdTrusted === b.isAdTrusted
}
