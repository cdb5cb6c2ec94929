/**
 * The way of a packet: sender known -> form -> secret -> copy -> attributes -> clock -> session -> answer. Whatever fails on the way
 * is counted under its reason, changes nothing and gets no answer.
 */
import type { FeedParts } from '../feed-parts.ts'
import type { TellFault } from '../quiet-faults.ts'
import { type AccountingRecord, readRecord } from './accounting-record.ts'
import { answerTo, isAuthentic, isMessageAuthentic } from './authenticators.ts'
import { type RadiusClient, RadiusClients } from './radius-clients.ts'
import { isAnswered, type RadiusOutcome } from './radius-counts.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'
import { type RadiusPacket, readPacket } from './radius-packet.ts'
import { SeenPackets } from './seen-packets.ts'
import { SessionBook } from './session-book.ts'

export interface Judged {
  readonly outcome: RadiusOutcome
  readonly answer: Buffer | undefined
}

export class RadiusDesk {
  readonly book: SessionBook
  readonly #parts: FeedParts
  readonly #tellFault: TellFault
  readonly #seen: SeenPackets
  #clients = new RadiusClients([])

  constructor(parts: FeedParts, tellFault: TellFault) {
    this.#parts = parts
    this.#tellFault = tellFault
    this.book = new SessionBook(parts.clock, parts.tell)
    this.#seen = new SeenPackets(parts.clock)
  }

  /** From now on these are believed, and these realms are the school's own. */
  use(clients: RadiusClients, realms: readonly string[]): void {
    this.#clients = clients
    this.book.use(clients.names, realms)
  }

  isKnown(sender: string): boolean {
    return this.#clients.find(sender) !== undefined
  }

  /** Works one packet off. Takes some 20 µs; throws only where a part of ours is broken. */
  judge(datagram: Buffer, sender: string): Judged {
    const client = this.#clients.find(sender)
    if (!client) return refused('stranger')
    const packet = readPacket(datagram)
    if (typeof packet === 'string') return refused(packet)
    const outcome = this.#outcome(packet, client, sender)
    return isAnswered(outcome)
      ? { outcome, answer: answerTo(packet, client.secret) }
      : refused(outcome)
  }

  #outcome(packet: RadiusPacket, client: RadiusClient, sender: string): RadiusOutcome {
    if (!isAuthentic(packet, client.secret)) return this.#wrongSecret(client)
    if (!isMessageAuthentic(packet, client.secret)) return 'wrong-message-authenticator'
    const record = readRecord(packet, client.name, sender)
    if (!record) return 'malformed-attribute'
    const copy = this.#seen.find(packet.authenticator)
    if (copy !== 'new') return copy
    const lateSeconds = this.#secondsLate(record)
    if (Math.abs(lateSeconds) > RADIUS_LIMITS.clockSkewSeconds)
      return this.#wrongClock(client, lateSeconds)
    const outcome = this.book.take(record, client.name)
    // Only now: a copy of what was refused is refused as well.
    this.#seen.note(packet.authenticator)
    return outcome
  }

  /** How long after it was sent it came, by the two clocks. What a controller could not tell at once carries its delay. */
  #secondsLate({ eventSeconds, delaySeconds }: AccountingRecord): number {
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

function refused(outcome: RadiusOutcome): Judged {
  return { outcome, answer: undefined }
}
