import { resolve } from 'node:path'
import { startCollector } from '#collector/main.ts'
import { isFailure } from '#domain/failure.ts'
import { makeLog } from '#platform/log.ts'
import { COLLECTOR_OPTIONS, readCollectorPlaces } from './collector-options.ts'
import { type Command, type Invocation, LOG_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { isLogLevel, LOG_LEVEL_REFUSED } from './log-level.ts'
import { runService } from './run-service.ts'
import { findState, prepareState } from './state-folder.ts'
import { printable } from './terminal-text.ts'

export const collectorCommand: Command = {
  usage: 'collector [options]',
  about: 'Runs the collector and its console until SIGTERM or SIGINT.',
  options: {
    state: STATE_OPTION,
    ...COLLECTOR_OPTIONS,
    'log-level': LOG_OPTION,
    supervised: { help: 'stop when standard input closes (as `start` wants it)' },
  },
  positionals: [0, 0],
  run: runCollector,
}

async function runCollector(invocation: Invocation): Promise<ExitCode> {
  const { environment, folder, complain } = invocation
  const places = readCollectorPlaces(invocation)
  const logLevel = valueOf(invocation, 'log-level') ?? 'info'
  if (isFailure(places) || !isLogLevel(logLevel)) {
    complain(isFailure(places) ? printable(places.detail) : LOG_LEVEL_REFUSED)
    return EXIT.usage
  }
  const state = findState(valueOf(invocation, 'state'), environment, folder)
  const enrolled = valueOf(invocation, 'enrolled')
  const people = valueOf(invocation, 'people')
  const school = valueOf(invocation, 'school')
  return runService({
    part: 'collector',
    log: makeLog('collector', logLevel),
    isSupervised: invocation.switches.has('supervised'),
    notifySocket: environment.notifySocket,
    complain,
    start: () => {
      prepareState(state)
      return startCollector({
        stateDir: state.collector,
        ...places,
        enrolledDir: enrolled === undefined ? state.enrolled : resolve(folder, enrolled),
        publicHosts: [...(invocation.values.get('public-host') ?? [])],
        heads: [...(invocation.values.get('head') ?? [])],
        logLevel,
        ...(school === undefined ? {} : { school }),
        ...(people === undefined ? {} : { peopleFile: resolve(folder, people) }),
      })
    },
  })
}
