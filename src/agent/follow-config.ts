import type { EventBody } from '#domain/event.ts'
import type { Log } from '#platform/log.ts'
import type { TimetableOfConsole } from './console-rules/timetable-of-console.ts'
import type { Faults } from './faults.ts'
import { isRefused } from './policy/config.ts'
import type { ConfigSource } from './policy/config-source.ts'
import { type ConfigProblems, describeProblem } from './policy/problem.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import { type ConfigWatch, watchConfig } from './policy/watch-config.ts'
import type { PolicyKeeper } from './policy-keeper.ts'

/** Problems told in one event. */
const PROBLEMS_TOLD_MAX = 20

export interface FollowOptions {
  readonly source: ConfigSource
  readonly timetable: TimetableOfConsole
  readonly keeper: PolicyKeeper
  readonly faults: Faults
  readonly log: Log
  readonly tell: (body: EventBody) => void
  /** Puts a good configuration in force everywhere but in the keeper. */
  readonly use: (config: ReadyConfig) => void
}

/** Puts each new good configuration in force; a bad one leaves the old one and says why. */
export function followConfig(options: FollowOptions): ConfigWatch {
  return watchConfig({
    source: options.source,
    load: () => options.timetable.load(),
    onOutcome: (outcome) => {
      if (isRefused(outcome)) refuse(outcome, options)
      else apply(outcome, options)
    },
  })
}

function apply(
  config: ReadyConfig,
  { keeper, timetable, faults, log, tell, use }: FollowOptions,
): void {
  keeper.useConfig(config)
  use(config)
  log.info({ policy: config.policyId }, 'policy applied')
  logNotes(config, log)
  tellTimetable(timetable, faults, log)
  tell({ kind: 'policy-applied', policy: config.policyId })
}

/** The file and the timetable of the console do not go together. */
export function tellTimetable({ problems }: TimetableOfConsole, faults: Faults, log: Log): void {
  if (problems.length === 0) return
  const [first = ''] = problems
  faults.add('console', `the timetable of the console is not in force, the file’s is: ${first}`)
  log.warn({ problems }, 'the timetable of the console is not in force, the file’s is')
}

/** What is good, and yet may not be what was meant. */
export function logNotes({ notes }: ReadyConfig, log: Log): void {
  for (const note of notes) log.info({ note }, 'configuration')
}

function refuse(problems: ConfigProblems, { keeper, faults, log, tell }: FollowOptions): void {
  const lines = problems.problems.map((problem) => describeProblem(problems.file, problem))
  keeper.refused = lines
  faults.add('policy', `configuration refused, the old one stays: ${lines[0] ?? problems.detail}`)
  log.warn({ problems: lines }, 'configuration refused, the old one stays')
  tell({ kind: 'policy-refused', problems: lines.slice(0, PROBLEMS_TOLD_MAX) })
}
