import type { EventBody } from '#domain/event.ts'
import type { Log } from '#platform/log.ts'
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
    onOutcome: (outcome) => {
      if (isRefused(outcome)) refuse(outcome, options)
      else apply(outcome, options)
    },
  })
}

function apply(config: ReadyConfig, { keeper, log, tell, use }: FollowOptions): void {
  keeper.useConfig(config)
  use(config)
  log.info({ policy: config.policyId }, 'policy applied')
  logNotes(config, log)
  tell({ kind: 'policy-applied', policy: config.policyId })
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
