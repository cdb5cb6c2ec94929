/**
 * The way of a packet. At the socket: sender known -> header -> signature -> copy -> attributes -> clock -> rates. From the queue:
 * session -> answer. Whatever fails on the way is counted under its reason, changes nothing and gets no answer; a client's own rate is
 * charged last, so that nobody but the client can use it up.
 */
import type { FeedParts } from '../feed-parts.ts'
import type { TellFault } from '../quiet-faults.ts'
import { type AccountingHeading, readHeading, readRecord } from './accounting-record.ts'
import { answerTo, isAuthentic, isMessageAuthentic } from './authenticators.ts'
import { type RadiusClient, RadiusClients } from './radius-clients.ts'
import { isAnswered, type RadiusOutcome } from './radius-counts.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'
import { openPacket, type RadiusPacket, readHeader, type SealedPacket } from './radius-packet.ts'
import type { RadiusRates } from './radius-rates.ts'
import { SeenPackets } from './seen-packets.ts'
import { SessionBook } from './session-book.ts'

export interface Judged {
  readonly kind: 'judged'
  readonly outcome: RadiusOutcome
  readonly answer: Buffer | undefined
}

/** Authentic, new and of now: it counts, as soon as there is time for it. */
export interface Admitted {
  readonly kind: 'admitted'
  readonly packet: RadiusPacket
  readonly heading: AccountingHeading
  readonly sender: string
}

export class RadiusDesk {
  readonly book: SessionBook
  readonly #parts: FeedParts
  readonly #tellFault: TellFault
  readonly #rates: RadiusRates
  readonly #seen: SeenPackets
  #clients = new RadiusClients([])

  constructor(parts: FeedParts, rates: RadiusRates, tellFault: TellFault) {
    this.#parts = parts
    this.#rates = rates
    this.#tellFault = tellFault
    this.book = new SessionBook(parts.clock, parts.tell)
    this.#seen = new SeenPackets(parts.clock)
  }

  /** From now on these are believed, and these realms are the school's own. */
  use(clients: RadiusClients, realms: readonly string[]): void {
    this.#clients = clients
    this.book.use(clients.names, realms)
  }

  /** Tells what a datagram is worth; takes some 5 µs where that is nothing. Keeps the datagram if it is admitted. Never throws. */
  admit(datagram: Buffer, sender: string): Admitted | Judged {
    const client = this.#clients.find(sender)
    if (!client) return refused('stranger')
    const sealed = readHeader(datagram)
    if (typeof sealed === 'string') return refused(sealed)
    if (!this.#rates.mayCheck()) return refused('check-rate')
    if (!isAuthentic(sealed, client.secret)) return refused(this.#wrongSecret(client))
    return this.#admitAuthentic(sealed, client, sender)
  }

  /** Works off what was admitted. Takes some 20 µs; throws only where a part of ours is broken. */
  take({ packet, heading, sender }: Admitted): Judged {
    // While it waited the client may have gone, and a copy may have been taken.
    const client = this.#clients.find(sender)
    if (!client) return refused('stranger')
    const copy = this.#seen.meet(packet.authenticator)
    if (copy !== 'new') return answered(copy, packet, client)
    const record = readRecord(packet, heading, { client: client.name, sender })
    const outcome = this.book.take(record, client.name)
    // Only now: a copy of what was refused is refused as well.
    this.#seen.note(packet.authenticator)
    return answered(outcome, packet, client)
  }

  #admitAuthentic(sealed: SealedPacket, client: RadiusClient, sender: string): Admitted | Judged {
    const packet = openPacket(sealed)
    if (!packet) return refused('malformed-packet')
    if (!isMessageAuthentic(packet, client.secret)) return refused('wrong-message-authenticator')
    const copy = this.#seen.meet(packet.authenticator)
    if (copy !== 'new') return answered(copy, packet, client)
    const heading = readHeading(packet)
    if (!heading) return refused('malformed-attribute')
    const lateSeconds = this.#secondsLate(heading)
    if (Math.abs(lateSeconds) > RADIUS_LIMITS.clockSkewSeconds)
      return refused(this.#wrongClock(client, lateSeconds))
    const rate = this.#rates.charge(sender)
    return rate ? refused(rate) : { kind: 'admitted', packet, heading, sender }
  }

  /** How long after it was sent it came, by the two clocks. What a controller could not tell at once carries its delay. */
  #secondsLate({ eventSeconds, delaySeconds }: AccountingHeading): number {
    if (eventSeconds === undefined) return 0
    return this.#parts.clock.wallMs() / 1000 - (eventSeconds + delaySeconds)
  }

  #wrongSecret({ name }: RadiusClient): RadiusOutcome {
    this.#tellFault(
      `secret of ${name}`,
      `packets from ${name} are signed with another secret than its secret-file holds`,
    )
    return 'wrong-secret'
  }

  #wrongClock({ name }: RadiusClient, lateSeconds: number): RadiusOutcome {
    const apart = `${Math.abs(Math.round(lateSeconds))} s ${lateSeconds > 0 ? 'old' : 'in the future'}`
    this.#tellFault(
      `clock of ${name}`,
      `packets from ${name} are ${apart} and are not believed: set the clocks of both, by NTP`,
    )
    return 'clock'
  }
}

function answered(outcome: RadiusOutcome, packet: RadiusPacket, { secret }: RadiusClient): Judged {
  const answer = isAnswered(outcome) ? answerTo(packet, secret) : undefined
  return { kind: 'judged', outcome, answer }
}

function refused(outcome: RadiusOutcome): Judged {
  return { kind: 'judged', outcome, answer: undefined }
}
