import type { TimetableState, TimetableTold } from '#domain/console-timetable.ts'
import { isRefused } from '../policy/config.ts'
import { type ConfigSource, loadConfig } from '../policy/config-source.ts'
import type { ConfigProblem, ConfigProblems } from '../policy/problem.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import { toldOf } from '../policy/told-timetable.ts'

/** Reasons that are told; the rest wait for those to be mended. */
const PROBLEMS_MAX = 10

/**
 * The timetable that people set in the console, and the configuration with it in place of the file's. The file comes first: one that
 * does not go with that timetable is used as it is, so that a box never fails to start or to follow its file because of the console.
 */
export class TimetableOfConsole {
  readonly #source: ConfigSource
  #told: TimetableTold | undefined
  #problems: readonly string[] = []

  constructor(source: ConfigSource, told: TimetableTold | undefined) {
    this.#source = source
    this.#told = told
  }

  /** Why the timetable of the console is not in force; empty where it is, or there is none. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Blocks on the disk; never throws. */
  load(): ReadyConfig | ConfigProblems {
    this.#problems = []
    const own = loadConfig(this.#source)
    if (this.#told === undefined || isRefused(own)) return own
    const both = loadConfig(this.#source, this.#told)
    if (!isRefused(both)) return both
    this.#problems = wordsOf(both)
    return own
  }

  /** Why this box would not go by another timetable; empty where it would. Blocks on the disk; never throws. */
  check(told: TimetableTold | undefined): readonly string[] {
    if (this.isSame(told)) return []
    const next = loadConfig(this.#source, told)
    return isRefused(next) ? wordsOf(next) : []
  }

  isSame(told: TimetableTold | undefined): boolean {
    return JSON.stringify(told) === JSON.stringify(this.#told)
  }

  /** In force with the next `load`. */
  use(told: TimetableTold | undefined): void {
    this.#told = told
  }

  state({ timetable }: ReadyConfig): TimetableState {
    if (this.#told !== undefined && this.#problems.length === 0) return { source: 'console' }
    return { source: 'file', timetable: toldOf(timetable), problems: this.#problems }
  }
}

function wordsOf({ problems }: ConfigProblems): readonly string[] {
  return problems.slice(0, PROBLEMS_MAX).map(wordOf)
}

/** Without file and line: whoever reads it has set the timetable elsewhere. */
function wordOf({ path, found, allowed, hint }: ConfigProblem): string {
  const place = path === '' ? 'the box’s own file' : path
  return `${place}: found ${found}; allowed: ${allowed}${hint === '' ? '' : ` (${hint})`}`
}
