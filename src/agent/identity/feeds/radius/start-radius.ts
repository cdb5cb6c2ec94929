/**
 * RADIUS accounting (RFC 2866): controllers and switches tell who has logged on with which device. A socket takes a packet if its
 * sender is a configured one and within his rate; it waits in a short queue; the desk looks at some in each turn of the event loop.
 */
import type { ReadyRadius } from '../../../policy/ready-identity.ts'
import type { Endpoint } from '../../../policy/sections/listen.ts'
import { makeBuckets } from '../../../token-bucket.ts'
import type { IdentityFeed } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { makeQuietFaults, type TellFault } from '../quiet-faults.ts'
import { PacketQueue } from './packet-queue.ts'
import { RadiusClients, readRadiusClients } from './radius-clients.ts'
import { noOutcomes, type RadiusOutcome, type RadiusReadings } from './radius-counts.ts'
import { RadiusDesk } from './radius-desk.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'
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
  readonly datagram: Buffer
  readonly sender: string
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
  readonly #admit: (sender: string) => RadiusOutcome | undefined
  /** One change after the other. */
  #turn: Promise<void> = Promise.resolve()

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#tellFault = makeQuietFaults('radius', parts)
    this.#desk = new RadiusDesk(parts, this.#tellFault)
    this.#admit = makeAdmission(parts, this.#desk)
    this.#queue = new PacketQueue((waiting) => this.#judge(waiting))
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
    const refusal = this.#admit(sender)
    if (refusal) this.#counts[refusal]++
    else if (datagram.length > RADIUS_LIMITS.packetBytes) this.#counts['malformed-packet']++
    else if (!this.#queue.push({ datagram, sender, reply })) this.#counts['queue-full']++
  }

  #judge({ datagram, sender, reply }: Waiting): void {
    try {
      const { outcome, answer } = this.#desk.judge(datagram, sender)
      this.#counts[outcome]++
      if (answer) reply(answer)
    } catch (error) {
      this.#counts.broken++
      this.#broke(error)
    }
  }

  #broke(error: unknown): void {
    this.#tellFault('broken', 'accounting: something of the box itself broke; see the log')
    this.#parts.log.warn({ err: error }, 'radius')
  }
}

/** What is refused at the socket, before it costs anything: strangers, and what is over a rate. */
function makeAdmission(
  { clock }: FeedParts,
  desk: RadiusDesk,
): (sender: string) => RadiusOutcome | undefined {
  const { packetBurst, packetsPerSecond, clientPacketBurst, clientPacketsPerSecond, senders } =
    RADIUS_LIMITS
  const ofClient = makeBuckets({
    tokens: clientPacketBurst,
    refillMs: (clientPacketBurst * 1000) / clientPacketsPerSecond,
    keysMax: senders,
  })
  const overall = makeBuckets({
    tokens: packetBurst,
    refillMs: (packetBurst * 1000) / packetsPerSecond,
    keysMax: 1,
  })
  return (sender) => {
    if (!desk.isKnown(sender)) return 'stranger'
    const now = clock.monotonicMs()
    if (!ofClient(sender, now)) return 'client-rate'
    return overall('', now) ? undefined : 'overall-rate'
  }
}
