import type { BoxTask, PolicyPoll } from '#domain/console-rules.ts'
import { POLICY_PATH } from '#domain/console-rules.ts'
import type { TimetableState } from '#domain/console-timetable.ts'
import { isFailure } from '#domain/failure.ts'
import { randomFraction } from '#platform/random.ts'
import { judgeAnswer } from '../outbox/judge-answer.ts'
import type { Poster } from '../outbox/post-signed.ts'
import { retryDelay } from '../outbox/retry-delay.ts'
import { readNews } from './read-news.ts'
import type { RulesTaker } from './rules-taker.ts'

/** A collector that answers at once is asked at most this often. */
const POLL_GAP_MS = 200
/** The longest wait for a collector that is away. */
const AWAY_MS_MAX = 30_000

export interface ConsolePollParts {
  readonly appliance: string
  readonly poster: Pick<Poster, 'post'>
  readonly taker: RulesTaker
  readonly groups: () => readonly string[]
  readonly timetable: () => TimetableState
  /** Takes a task on; returns at once. */
  readonly begin: (task: BoxTask) => void
  readonly onFault: (text: string) => void
}

export const POLL_OUTCOMES = ['quiet', 'news', 'away'] as const
export type PollOutcome = (typeof POLL_OUTCOMES)[number]

/** Asks the collector for news, again and again. Nothing here waits for it: without it, what was told before stays in force. */
export class ConsolePoll {
  readonly #parts: ConsolePollParts
  readonly counts: Record<PollOutcome, number> = { quiet: 0, news: 0, away: 0 }
  #failures = 0
  #isClosed = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(parts: ConsolePollParts) {
    this.#parts = parts
  }

  start(): void {
    this.#after(0)
  }

  /** No more turns; a poll that is under way is its sender's to break off. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #after(waitMs: number): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#turn().then(
        (outcome) => this.#settle(outcome),
        (error: unknown) => {
          this.#parts.onFault(`a part failed while news was taken: ${String(error)}`)
          this.#settle('away')
        },
      )
    }, waitMs)
  }

  #settle(outcome: PollOutcome): void {
    this.counts[outcome] += 1
    this.#failures = outcome === 'away' ? this.#failures + 1 : 0
    this.#after(
      this.#failures === 0
        ? POLL_GAP_MS
        : retryDelay(this.#failures, AWAY_MS_MAX, randomFraction()),
    )
  }

  /** That a collector is away, the outbox tells. */
  async #turn(): Promise<PollOutcome> {
    const { poster, taker, begin, onFault } = this.#parts
    const judgement = judgeAnswer(await poster.post(POLICY_PATH, JSON.stringify(this.#poll())))
    if (judgement.kind !== 'taken') return 'away'
    const news = readNews(judgement.body)
    if (isFailure(news)) {
      onFault(news.detail)
      return 'away'
    }
    for (const task of news.tasks) begin(task)
    const fault = news.rules && (await taker.take(news.rules))
    if (fault) {
      onFault(fault.detail)
      return 'away'
    }
    return news.rules || news.tasks.length > 0 ? 'news' : 'quiet'
  }

  #poll(): PolicyPoll {
    const { appliance, taker, groups, timetable } = this.#parts
    const { inForce, refused } = taker
    return {
      v: 1,
      appliance,
      ...(inForce && { inForce: { id: inForce.id, version: inForce.version } }),
      ...(refused && { refused }),
      groups: groups(),
      timetable: timetable(),
    }
  }
}
