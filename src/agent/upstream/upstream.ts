import { failure, isFailure } from '#domain/failure.ts'
import { isLocalAddress, parseAddress } from '#domain/ip-address.ts'
import type { Clock } from '#platform/clock.ts'
import { randomWord } from '#platform/random.ts'
import { TYPE } from '#wire/constants.ts'
import { withOwnMark } from '#wire/loop-mark.ts'
import { hasSameCase, mixCase } from '#wire/mixed-case.ts'
import {
  isCutShort,
  type QueryExtras,
  type Question,
  writeUpstreamQuery,
} from '#wire/upstream-query.ts'
import { isLoopback } from '../policy/own-listener.ts'
import type { ReadyUpstream } from '../policy/ready-config.ts'
import { Budget } from './budget.ts'
import { CaseHabit } from './case-habit.ts'
import type { Channel, ExchangeFailure } from './exchange.ts'
import { makeChannel } from './make-channel.ts'
import { newQueryId } from './query-id.ts'
import { exchangeUdp } from './udp-exchange.ts'
import { UpstreamHealth } from './upstream-health.ts'

/** One question for one upstream; the first message of `budget` has been taken for it. */
export interface Errand {
  readonly question: Question
  readonly timeoutMs: number
  readonly budget: Budget
  /** Another upstream has answered before: its silence has been counted. */
  isOvertaken: boolean
  /** Whether an upstream that is asked over UDP is asked over TCP this time. */
  readonly isByTcp: boolean
}

const PROBE: Question = {
  name: Uint8Array.of(0),
  type: TYPE.NS,
  isDnssecOk: false,
  isCheckingDisabled: false,
}

/** What has been counted of an upstream. */
export interface UpstreamCounts {
  queries: number
  failures: number
  probes: number
  /** Messages that answered nothing that was asked. */
  mismatched: number
  truncated: number
  /** Questions that went on over TCP, for a truncated answer or one that matched nothing. */
  tcpFallbacks: number
  /** Messages sent. */
  udpMessages: number
  streamMessages: number
}

/** One upstream: the ways to it, how it is doing, and what is known of it. */
export class Upstream {
  readonly settings: ReadyUpstream
  readonly health: UpstreamHealth = new UpstreamHealth()
  readonly counts: UpstreamCounts = {
    queries: 0,
    failures: 0,
    probes: 0,
    mismatched: 0,
    truncated: 0,
    tcpFallbacks: 0,
    udpMessages: 0,
    streamMessages: 0,
  }
  /** Whether its AD bit is to be believed: it checks signatures, and nobody between it and us can set the bit. */
  readonly isAdTrusted: boolean
  readonly #clock: Clock
  readonly #mark: Uint8Array
  /** Whether it has an address of the site. */
  readonly isNear: boolean
  readonly #caseHabit = new CaseHabit()
  readonly #channel: Channel

  constructor(settings: ReadyUpstream, mark: Uint8Array, clock: Clock) {
    const { address, transport, validates } = settings
    const bytes = parseAddress(address)
    const isEncrypted = transport === 'dot' || transport === 'doh'
    this.settings = settings
    this.#clock = clock
    this.#mark = mark
    this.isNear = bytes !== undefined && isLocalAddress(bytes)
    this.isAdTrusted = validates && (isEncrypted || isLoopback(address))
    this.#channel = makeChannel(settings, clock, () => this.#mismatch())
  }

  /** Never rejects. Learns from the outcome, however late it comes. */
  async ask(errand: Errand): Promise<Buffer | ExchangeFailure> {
    const startedAtMs = this.#clock.monotonicMs()
    this.counts.queries += 1
    const outcome = await (this.settings.transport === 'udp'
      ? this.#askPlain(errand)
      : this.#askStream(errand))
    const tookMs = this.#clock.monotonicMs() - startedAtMs
    if (!isFailure(outcome)) this.health.answered(tookMs)
    else if (outcome.failure !== 'busy' && outcome.failure !== 'flooded') {
      this.counts.failures += 1
      if (!errand.isOvertaken) this.health.failed(tookMs)
    }
    return outcome
  }

  /** Asks for the root's name servers, which every resolver knows. */
  async probe(timeoutMs: number): Promise<void> {
    this.counts.probes += 1
    const budget = new Budget(1, 1)
    await this.ask({ question: PROBE, timeoutMs, budget, isOvertaken: false, isByTcp: false })
  }

  close(): void {
    this.#channel.close()
  }

  async #askStream({ question, timeoutMs, budget }: Errand): Promise<Buffer | ExchangeFailure> {
    const write = (id: number): Buffer => {
      this.counts.streamMessages += 1
      return writeUpstreamQuery(question, id, this.#extras(question))
    }
    const outcome = await this.#channel.ask(write, timeoutMs)
    // A server may end an idle connection at the very moment at which it is used (RFC 7766 section 6.2.4).
    const isAgain = isFailure(outcome) && outcome.failure === 'closed' && budget.take()
    return isAgain ? this.#channel.ask(write, timeoutMs) : outcome
  }

  #askPlain(errand: Errand): Promise<Buffer | ExchangeFailure> {
    if (!errand.isByTcp) return this.#askUdp(errand)
    this.counts.tcpFallbacks += 1
    return this.#askStream(errand)
  }

  /**
   * What answers nothing that was asked may be a forger's, who must not win by being early: the first such message starts the same
   * question over TCP, and the answer over UDP is still waited for.
   */
  #askUdp(errand: Errand): Promise<Buffer | ExchangeFailure> {
    const { question, timeoutMs, budget } = errand
    const query = writeUpstreamQuery(question, newQueryId(), this.#extras(question))
    // What has gone wrong once is asked in plain letters, from another port.
    const isMixed = budget.spent <= 1 && this.#caseHabit.isKept
    if (isMixed) mixCase(query, randomWord)
    this.counts.udpMessages += 1
    return new Promise((resolve) => {
      let going = 1
      let hasTcp = false
      let flood: ExchangeFailure | undefined
      const settle = (outcome: Buffer | ExchangeFailure): void => {
        going -= 1
        if (isFailure(outcome) && outcome.failure === 'flooded') flood = outcome
        if (!isFailure(outcome)) resolve(outcome)
        else if (going === 0) resolve(flood ?? outcome)
      }
      const goOnByTcp = (): boolean => {
        if (hasTcp || !budget.take()) return false
        hasTcp = true
        going += 1
        this.counts.tcpFallbacks += 1
        this.#askStream(errand).then(settle, () => undefined)
        return true
      }
      exchangeUdp(this.settings, {
        query,
        timeoutMs,
        accepts: isMixed ? this.#caseHabit.judge(query) : (message) => hasSameCase(query, message),
        onMismatch: () => {
          this.#mismatch()
          goOnByTcp()
        },
      }).then(
        (outcome) => {
          if (isFailure(outcome) || !isCutShort(outcome)) return settle(outcome)
          this.counts.truncated += 1
          goOnByTcp()
          settle(failure('malformed-answer', 'truncated'))
        },
        () => undefined,
      )
    })
  }

  /** The mark goes to machines of the site alone: a question that goes round comes back from one of them. */
  #extras({ marks }: Question): QueryExtras {
    const { transport } = this.settings
    return {
      asksForAd: this.isAdTrusted,
      marks: this.isNear ? withOwnMark(marks, this.#mark) : undefined,
      isPadded: transport === 'dot' || transport === 'doh',
    }
  }

  #mismatch(): void {
    this.counts.mismatched += 1
  }
}
