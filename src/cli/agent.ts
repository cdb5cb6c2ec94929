import { startAgent } from '#agent/main.ts'
import { isRefused } from '#agent/policy/config.ts'
import { findConfig, loadConfig } from '#agent/policy/config-source.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import { isFailure } from '#domain/failure.ts'
import { makeLog } from '#platform/log.ts'
import { takePassedDescriptors } from '#platform/passed-descriptors.ts'
import { ensureAppliance } from './appliance.ts'
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
import { runService } from './run-service.ts'
import { findState, prepareState } from './state-folder.ts'
import { printable } from './terminal-text.ts'

export const agentCommand: Command = {
  usage: 'agent [options]',
  about: 'Runs the agent until SIGTERM or SIGINT. SIGHUP reads the configuration again.',
  options: {
    state: STATE_OPTION,
    config: CONFIG_OPTION,
    'log-level': LOG_OPTION,
    supervised: { help: 'stop when standard input closes (as `start` wants it)' },
  },
  positionals: [0, 0],
  run: runAgent,
}

async function runAgent(invocation: Invocation): Promise<ExitCode> {
  const { environment, folder, complain } = invocation
  const passed = takePassedDescriptors()
  if (isFailure(passed)) {
    complain(printable(passed.detail))
    return EXIT.cannotStart
  }
  const logLevel = valueOf(invocation, 'log-level') ?? 'info'
  if (!isLogLevel(logLevel)) {
    complain(LOG_LEVEL_REFUSED)
    return EXIT.usage
  }
  const state = findState(valueOf(invocation, 'state'), environment, folder)
  const flag = valueOf(invocation, 'config')
  const config = findConfig({ flag, environment: environment.configFile, folder })
  const loaded = loadConfig(config)
  if (isRefused(loaded)) {
    for (const problem of loaded.problems)
      complain(printable(describeProblem(loaded.file, problem)))
    return EXIT.cannotStart
  }
  return runService({
    part: 'agent',
    log: makeLog('agent', logLevel),
    isSupervised: invocation.switches.has('supervised'),
    notifySocket: environment.notifySocket,
    complain,
    start: () => {
      prepareState(state)
      ensureAppliance(state)
      return startAgent({ stateDir: state.agent, config, logLevel, passed })
    },
  })
}
