import type { EventBody } from '#domain/event.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { After } from '#platform/timer.ts'
import type { SelftestSummary } from '../control/control-api.ts'
import { runSelftest, type SelftestParts } from './run-selftest.ts'
import type { SelftestReport } from './selftest-report.ts'
import { startSelftestSchedule } from './selftest-schedule.ts'

const FAILURES_TOLD_MAX = 20

export interface SelftestOptions extends SelftestParts {
  readonly tell: (body: EventBody) => void
  /** Keeps what was found, as evidence. */
  readonly keep: (report: SelftestReport) => void
  /** When the newest evidence that is kept was found; undefined where there is none. */
  readonly lastKeptAt: () => number | undefined
  readonly onChange: () => void
  readonly after?: After
}

/** Runs the self-test when asked and once an hour, keeps what it finds, and tells when it finds other failures than before. */
export class Selftest {
  readonly #options: SelftestOptions
  #isRunning = false
  #newest: SelftestSummary | undefined
  #failures = ''
  #cancel: (() => void) | undefined

  constructor(options: SelftestOptions) {
    this.#options = options
  }

  start(): void {
    const { clock, lastKeptAt: lastAt, after } = this.#options
    const run = (): void => void this.run().catch(() => undefined)
    this.#cancel = startSelftestSchedule({ clock, lastAt, run, ...(after && { after }) })
  }

  stop(): void {
    this.#cancel?.()
  }

  /** Of the newest run for all groups. */
  get newest(): SelftestSummary | undefined {
    return this.#newest
  }

  async run(group?: string): Promise<SelftestReport | Failure<'refused' | 'bad-request'>> {
    if (this.#isRunning) return failure('refused', 'a self-test is running; try again in a minute')
    if (group !== undefined && !this.#options.keeper.config.groups.has(group))
      return failure('bad-request', 'no such group; groups are named in the configuration')
    this.#isRunning = true
    try {
      const report = await runSelftest(this.#options, group)
      if (group === undefined) this.#keep(report)
      return report
    } finally {
      this.#isRunning = false
    }
  }

  #keep(report: SelftestReport): void {
    const { at, passed, failed, unknown, checks } = report
    this.#options.keep(report)
    this.#newest = { at, passed, failed, unknown }
    const failures = checks.flatMap((check) =>
      check.failed.map((text) => `${check.group ?? 'box'}: ${text}`),
    )
    const text = failures.join('\n')
    if (text !== this.#failures)
      this.#options.tell({
        kind: 'selftest-changed',
        passed,
        failed,
        unknown,
        failures: failures.slice(0, FAILURES_TOLD_MAX),
      })
    this.#failures = text
    this.#options.onChange()
  }
}
