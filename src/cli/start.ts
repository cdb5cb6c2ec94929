import { setTimeout } from 'node:timers/promises'
import { isServed } from '#agent/control/socket-path.ts'
import { isRefused } from '#agent/policy/config.ts'
import { findConfig, loadConfig } from '#agent/policy/config-source.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import { isFailure } from '#domain/failure.ts'
import { ensureAppliance } from './appliance.ts'
import { COLLECTOR_OPTIONS, readCollectorPlaces } from './collector-options.ts'
import {
  CONFIG_OPTION,
  type Command,
  type Invocation,
  LOG_OPTION,
  STATE_OPTION,
  valueOf,
} from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { isLogLevel, LOG_LEVEL_REFUSED } from './log-level.ts'
import { startFault } from './start-fault.ts'
import { partsOf } from './start-parts.ts'
import { findState, prepareState, type StateFolder } from './state-folder.ts'
import { type SupervisedPart, supervise } from './supervise.ts'
import { tellHowToTry } from './tell-how-to-try.ts'
import { printable } from './terminal-text.ts'

const LEFTOVER_MS = 2000
const LEFTOVER_POLL_MS = 100

export const startCommand: Command = {
  usage: 'start [options]',
  about:
    'Runs an agent and a collector as two processes and starts either again when it dies, until SIGTERM or SIGINT. SIGHUP reads the configuration again.',
  options: {
    state: STATE_OPTION,
    config: CONFIG_OPTION,
    ...COLLECTOR_OPTIONS,
    'log-level': LOG_OPTION,
  },
  positionals: [0, 0],
  run: runStart,
}

/** All that the two parts are told. */
interface StartPlan {
  readonly state: StateFolder
  readonly configFile: string | undefined
  readonly parts: readonly SupervisedPart[]
}

async function runStart(invocation: Invocation): Promise<ExitCode> {
  const plan = makePlan(invocation)
  if (typeof plan === 'number') return plan
  try {
    prepareState(plan.state)
    ensureAppliance(plan.state)
  } catch (error) {
    invocation.complain(`cannot start: ${printable(startFault(error))}`)
    return EXIT.foundWrong
  }
  if (await isTaken(plan.state)) {
    invocation.complain(
      `cannot start: it already runs on ${printable(plan.state.root)}; stop that first`,
    )
    return EXIT.foundWrong
  }
  return supervise({
    parts: plan.parts,
    complain: invocation.complain,
    isTerminal: invocation.isTerminal,
    onReady: () => tellHowToTry(invocation, plan.state, plan.configFile),
  })
}

/**
 * Whether another start serves this state folder: its sockets would answer for our parts. The parts of one that was just
 * killed are given a moment to notice.
 */
async function isTaken({ agentSocket, collectorSocket }: StateFolder): Promise<boolean> {
  const isAnyServed = async (): Promise<boolean> =>
    (await isServed(agentSocket)) || (await isServed(collectorSocket))
  for (let waited = 0; waited < LEFTOVER_MS; waited += LEFTOVER_POLL_MS) {
    if (!(await isAnyServed())) return false
    await setTimeout(LEFTOVER_POLL_MS)
  }
  return isAnyServed()
}

function makePlan(invocation: Invocation): StartPlan | ExitCode {
  const { environment, folder, complain } = invocation
  const places = readCollectorPlaces(invocation)
  const logLevel = valueOf(invocation, 'log-level') ?? 'info'
  if (isFailure(places) || !isLogLevel(logLevel)) {
    complain(isFailure(places) ? printable(places.detail) : LOG_LEVEL_REFUSED)
    return EXIT.usage
  }
  const state = findState(valueOf(invocation, 'state'), environment, folder)
  const flag = valueOf(invocation, 'config')
  const config = findConfig({ flag, environment: environment.configFile, folder })
  const loaded = loadConfig(config)
  if (isRefused(loaded)) {
    for (const problem of loaded.problems)
      complain(printable(describeProblem(loaded.file, problem)))
    return EXIT.foundWrong
  }
  const common = ['--supervised', '--state', state.root, '--log-level', logLevel]
  return { state, configFile: loaded.file, parts: partsOf(invocation, state, config, common) }
}
