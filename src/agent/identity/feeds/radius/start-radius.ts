/**
 * RADIUS accounting (RFC 2866): controllers and switches tell who has logged on with which device. A socket takes a packet if it is
 * signed by a client, new, and within the client's rate; it waits in a short queue; the desk works some off in each turn of the event
 * loop.
 */
import type { ReadyRadius } from '../../../policy/ready-identity.ts'
import type { Endpoint } from '../../../policy/sections/listen.ts'
import type { IdentityFeed } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { makeQuietFaults, type TellFault } from '../quiet-faults.ts'
import { PacketQueue } from './packet-queue.ts'
import { RadiusClients, readRadiusClients } from './radius-clients.ts'
import { noOutcomes, type RadiusReadings } from './radius-counts.ts'
import { type Admitted, type Judged, RadiusDesk } from './radius-desk.ts'
import { makeRates } from './radius-rates.ts'
import { RadiusSockets, type Reply } from './radius-sockets.ts'

export interface RadiusFeed extends IdentityFeed {
  /** Reads the secrets again, opens and closes sockets; `undefined` is off, and ends all sessions. */
  readonly use: (config: ReadyRadius | undefined) => void
  /** Resolves when each socket that was wanted by then has been tried. */
  readonly settled: () => Promise<void>
  /** Where it listens now. */
  readonly listening: () => readonly Endpoint[]
  readonly readings: () => RadiusReadings
}

interface Waiting {
  readonly admitted: Admitted
  readonly reply: Reply
}

/** Never throws: what cannot be read or opened is told as a fault, and costs only itself. */
export function startRadius(config: ReadyRadius | undefined, parts: FeedParts): RadiusFeed {
  const feed = new Radius(parts)
  feed.use(config)
  return {
    use: (next) => feed.use(next),
    settled: () => feed.settled,
    listening: () => feed.sockets.listening(),
    readings: () => feed.readings(),
    close: () => feed.close(),
  }
}

class Radius {
  readonly sockets: RadiusSockets
  readonly #parts: FeedParts
  readonly #tellFault: TellFault
  readonly #counts = noOutcomes()
  readonly #queue: PacketQueue<Waiting>
  readonly #desk: RadiusDesk
  /** One change after the other. */
  #turn: Promise<void> = Promise.resolve()

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#tellFault = makeQuietFaults('radius', parts)
    this.#desk = new RadiusDesk(parts, makeRates(parts.clock), this.#tellFault)
    this.#queue = new PacketQueue((waiting) => this.#work(waiting))
    this.sockets = new RadiusSockets((...packet) => this.#take(...packet), this.#tellFault)
  }

  get settled(): Promise<void> {
    return this.#turn
  }

  use(config: ReadyRadius | undefined): void {
    this.#desk.use(
      config ? readRadiusClients(config.clients, this.#tellFault) : new RadiusClients([]),
      config?.realms ?? [],
    )
    this.#turn = this.#turn
      .then(() => this.sockets.use(config?.listen ?? []))
      .catch((error: unknown) => this.#broke(error))
  }

  readings(): RadiusReadings {
    const { book } = this.#desk
    return {
      outcomes: { ...this.#counts },
      sessions: book.size,
      sessionsForgotten: book.forgotten,
      queued: this.#queue.size,
      listening: this.sockets.listening().length,
      listenersWanted: this.sockets.wanted,
    }
  }

  async close(): Promise<void> {
    await this.#turn
    await this.sockets.use([])
    this.#queue.close()
  }

  #take(datagram: Buffer, sender: string, reply: Reply): void {
    const admitted = this.#desk.admit(datagram, sender)
    if (admitted.kind === 'judged') this.#conclude(admitted, reply)
    else if (!this.#queue.push({ admitted, reply })) this.#counts['queue-full']++
  }

  #work({ admitted, reply }: Waiting): void {
    try {
      this.#conclude(this.#desk.take(admitted), reply)
    } catch (error) {
      this.#counts.broken++
      this.#broke(error)
    }
  }

  #conclude({ outcome, answer }: Judged, reply: Reply): void {
    this.#counts[outcome]++
    if (answer) reply(answer)
  }

  #broke(error: unknown): void {
    this.#tellFault('broken', 'accounting: something of the box itself broke; see the log')
    this.#parts.log.warn({ err: error }, 'radius')
  }
}
