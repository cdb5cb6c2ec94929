import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import type { EventBody } from '#domain/event.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type Log, makeLog } from '#platform/log.ts'
import type { PassedDescriptor } from '#platform/passed-descriptors.ts'
import { openRulesFile, type RulesFile } from './console-rules/rules-file.ts'
import { TimetableOfConsole } from './console-rules/timetable-of-console.ts'
import { EarlyQueue } from './early-queue.ts'
import { Faults } from './faults.ts'
import { logNotes, tellTimetable } from './follow-config.ts'
import { Identities } from './identity/identities.ts'
import { isRefused } from './policy/config.ts'
import type { ConfigSource } from './policy/config-source.ts'
import { describeProblem } from './policy/problem.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { BlockedLookup } from './signals/blocked-lookup.ts'

export interface AgentOptions {
  /** Exists, is ours alone, and holds `appliance.key`. */
  readonly stateDir: string
  readonly config: ConfigSource
  readonly logLevel: string
  /** Sockets that were passed to this process. */
  readonly passed?: readonly PassedDescriptor[]
}

/** A fault that keeps the agent from starting, in one plain sentence. */
export class AgentStartError extends Error {
  readonly code = 'EDGE_AGENT_START'
}

/** What every part is given. */
export interface AgentBase extends AgentOptions {
  readonly log: Log
  readonly clock: Clock
  readonly startedAt: number
  readonly first: ReadyConfig
  /** What people set in the console, as the run before left it. */
  readonly rulesFile: RulesFile
  readonly timetable: TimetableOfConsole
  readonly faults: Faults
  readonly registry: Registry
  readonly bodies: EarlyQueue<EventBody>
  readonly lookups: EarlyQueue<BlockedLookup>
  readonly identities: Identities
  /** Told of every change that the collector should soon hear of. */
  readonly changed: { tell: () => void }
}

/** Things that come before the outbox is open. */
const EARLY_MAX = 10_000

/** Reads the configuration and makes what needs nothing else. Throws AgentStartError for a configuration that is refused. */
export function prepareAgent(options: AgentOptions): AgentBase {
  const clock = systemClock
  const log = makeLog('agent', options.logLevel)
  const faults = new Faults(clock)
  const rulesFile = openRulesFile(options.stateDir, (text) => faults.add('console', text))
  const timetable = new TimetableOfConsole(options.config, rulesFile.kept?.timetable)
  const first = readConfig(timetable)
  logNotes(first, log)
  tellTimetable(timetable, faults, log)
  return {
    ...options,
    clock,
    log,
    startedAt: clock.wallMs(),
    first,
    rulesFile,
    timetable,
    faults,
    registry: new Registry(),
    bodies: new EarlyQueue(EARLY_MAX),
    lookups: new EarlyQueue(EARLY_MAX),
    identities: new Identities({ config: first, clock }),
    changed: { tell: () => undefined },
  }
}

function readConfig(timetable: TimetableOfConsole): ReadyConfig {
  const config = timetable.load()
  if (!isRefused(config)) return config
  const lines = config.problems.map((problem) => describeProblem(config.file, problem))
  throw new AgentStartError(lines.join('\n'))
}

/** The appliance's private key, PEM. Throws AgentStartError where it cannot be read. */
export function readKey(stateDir: string): string {
  const file = join(stateDir, 'appliance.key')
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new AgentStartError(`cannot read the appliance key ${file}`, { cause: error })
  }
}
