import { type Failure, failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { randomFraction } from '#platform/random.ts'
import { isLooping } from '#wire/loop-mark.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import type { ReadyUpstream } from '../policy/ready-config.ts'
import type { Strategy } from '../policy/sections/upstreams.ts'
import { Budget } from './budget.ts'
import { Inquiry } from './inquiry.ts'
import { UpstreamOrder } from './order-upstreams.ts'
import { Upstream } from './upstream.ts'
import type { UpstreamReport } from './upstream-report.ts'

export interface UpstreamLimits {
  readonly timeoutMs: number
  /** Messages to upstreams for one question, all upstreams, UDP and TCP together. */
  readonly triesMax: number
}

/** An upstream that somebody else may ask. */
export interface PreferredUpstream {
  readonly address: string
  readonly port: number
  readonly isAdTrusted: boolean
  /** What marks a question as ours, where it is to be marked. */
  readonly mark: Uint8Array | undefined
}

/** Whom somebody else may ask, the first one first, and within which limits. */
export interface PreferredUpstreams extends UpstreamLimits {
  readonly upstreams: readonly PreferredUpstream[]
  readonly strategy: Strategy
}

/** What a question has cost before it comes here. */
export interface Spent {
  /** Messages that have gone out for it. */
  readonly messages: number
  /** How long an answer may still take. */
  readonly leftMs: number
  /** Whether what came over UDP was cut, or not to be believed. */
  readonly isByTcp?: boolean | undefined
}

export interface PoolSettings extends UpstreamLimits {
  readonly strategy: Strategy
  /** Random bytes by which this process knows its own questions. */
  readonly mark: Uint8Array
}

/** An answer that comes later is not sent: a client has asked again by then, and held-back answers would go out all at once (DNSBomb). */
export const ANSWER_MS_MAX = 1_900
export const NOTHING_SPENT: Spent = { messages: 0, leftMs: ANSWER_MS_MAX }
/** Upstreams that rest are asked something so often, a quarter sooner or later. */
const PROBE_EVERY_MS = 2_000
const PROBE_JITTER = 0.25
/** Of those that are asked in turn, two are enough: one, and another when that is slow. */
const IN_ORDER_PREFERRED = 2

/** Asks upstreams: which first, who next where one fails or is slow, and whether one that failed is back. */
export class UpstreamPool {
  readonly upstreams: readonly Upstream[]
  readonly #settings: PoolSettings
  readonly #order: UpstreamOrder
  /** Questions on their way, so that the same is never asked twice at once (RFC 5452 section 5). */
  readonly #asking = new Map<string, Promise<StoredAnswer | Failure>>()
  #probing: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(upstreams: readonly ReadyUpstream[], settings: PoolSettings, clock: Clock) {
    this.#settings = settings
    this.upstreams = upstreams.map((one) => new Upstream(one, settings.mark, clock))
    this.#order = new UpstreamOrder(this.upstreams, settings.strategy)
  }

  /** Never rejects. A SERVFAIL or REFUSED of the last upstream tried is passed on as an answer. */
  ask(
    question: Question,
    spent: Spent = NOTHING_SPENT,
    budget: Budget = new Budget(this.#settings.triesMax, spent.messages),
  ): Promise<StoredAnswer | Failure> {
    const { mark, timeoutMs } = this.#settings
    if (isLooping(question.marks, mark))
      return Promise.resolve(failure('loop', 'the question has come back from an upstream'))
    const key = keyOf(question)
    const going = this.#asking.get(key)
    if (going) return going
    const asked = Inquiry.run({
      question,
      upstreams: this.#order.next(),
      budget,
      timeoutMs,
      deadlineMs: spent.leftMs,
      isByTcp: spent.isByTcp ?? false,
      onTrouble: () => this.#probeSoon(),
    }).finally(() => this.#asking.delete(key))
    this.#asking.set(key, asked)
    return asked
  }

  /** Those that may be asked over plain UDP by somebody else: none where the strategy leads to any that may not. */
  preferred(): PreferredUpstreams {
    const { timeoutMs, triesMax, strategy, mark } = this.#settings
    const limits = { timeoutMs, triesMax, strategy }
    const isPlain = this.upstreams.every(({ settings }) => settings.transport === 'udp')
    if (!isPlain) return { upstreams: [], ...limits }
    const steady = this.#order.steady()
    const awake = steady.filter(({ health }) => !health.isResting)
    const all = awake.length > 0 ? awake : steady
    const asked = strategy === 'in-order' ? steady.slice(0, IN_ORDER_PREFERRED) : all
    const upstreams = asked.map(({ settings, isAdTrusted, isNear }) => ({
      address: settings.address,
      port: settings.port,
      isAdTrusted,
      mark: isNear ? mark : undefined,
    }))
    return { upstreams, ...limits }
  }

  /** Takes up how an upstream has done when somebody else asked it. */
  learn(report: UpstreamReport): void {
    const { address, port, asked, answered, unanswered, overtaken, mismatched, rttMs } = report
    const isIt = ({ settings }: Upstream): boolean =>
      settings.address === address && settings.port === port
    const upstream = this.upstreams.find(isIt)
    if (!upstream) return
    const { counts, health } = upstream
    counts.queries += asked
    counts.udpMessages += asked
    counts.failures += unanswered
    counts.mismatched += mismatched
    if (answered > 0) return health.answered(rttMs)
    health.overtaken(overtaken)
    for (let i = 0; i < unanswered; i++) health.failed(0)
    this.#probeSoon()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#probing)
    for (const upstream of this.upstreams) upstream.close()
  }

  /** Asks those that rest something now and then, until none does. */
  #probeSoon(): void {
    if (this.#probing || this.#isClosed) return
    if (!this.upstreams.some(({ health }) => health.isResting)) return
    const jitter = 1 + PROBE_JITTER * (2 * randomFraction() - 1)
    this.#probing = setTimeout(() => {
      for (const upstream of this.upstreams)
        if (upstream.health.isResting)
          upstream.probe(this.#settings.timeoutMs).catch(() => undefined)
      this.#probing = undefined
      this.#probeSoon()
    }, PROBE_EVERY_MS * jitter)
    this.#probing.unref()
  }
}

function keyOf({ name, type, isDnssecOk, isCheckingDisabled }: Question): string {
  return `${Buffer.from(name).toString('latin1')} ${type} ${isDnssecOk} ${isCheckingDisabled}`
}
