import { accessSync, constants } from 'node:fs'
import { loadLocked, statusOf } from '#agent/locked/locked-files.ts'
import { isRefused } from '#agent/policy/config.ts'
import { type ConfigSource, findConfig, loadConfig } from '#agent/policy/config-source.ts'
import { type ConfigProblems, describeProblem } from '#agent/policy/problem.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { timeNotes } from '#agent/policy/time-notes.ts'
import { lockedSentence } from '#domain/locked-status.ts'
import { systemClock } from '#platform/clock.ts'
import { folderNotes, missingLists } from './check-lists.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plural } from './plural.ts'
import { findState, type StateFolder } from './state-folder.ts'
import { printable, printableJson } from './terminal-text.ts'

export const checkCommand: Command = {
  usage: 'check [FILE] [options]',
  about:
    'Reads a configuration file as the agent would and tells everything wrong with it, with lines. Without FILE: the one that the agent would use. Changes nothing.',
  options: { state: STATE_OPTION, json: JSON_OPTION },
  positionals: [0, 1],
  run: runCheck,
}

async function runCheck(invocation: Invocation): Promise<ExitCode> {
  const { environment, folder, positionals } = invocation
  const [flag] = positionals
  const source = findConfig({ flag, environment: environment.configFile, folder })
  const outcome = loadConfig(source)
  return isRefused(outcome)
    ? tellProblems(invocation, outcome)
    : tellGood(invocation, source, outcome)
}

function tellProblems({ switches, say }: Invocation, refused: ConfigProblems): ExitCode {
  const { file, problems } = refused
  if (switches.has('json')) say(printableJson({ ok: false, file, problems }))
  else {
    for (const problem of problems) say(printable(describeProblem(file, problem)))
    say(`refused: ${printable(refused.detail)}`)
  }
  return EXIT.foundWrong
}

async function tellGood(
  invocation: Invocation,
  source: ConfigSource,
  config: ReadyConfig,
): Promise<ExitCode> {
  const { switches, say } = invocation
  const file = source.kind === 'file' ? source.path : undefined
  const notes = [
    lockedNote(invocation),
    ...config.notes,
    ...timeNotes(config, systemClock.wallMs()),
    ...missingLists(config),
    ...(await folderNotes(config, stateOf(invocation).agent)),
  ]
  const { policyId: policy, groups, networks, lists, strictestGroup } = config
  if (switches.has('json')) {
    say(
      printableJson({ ok: true, file, policy, groups: [...groups.keys()], strictestGroup, notes }),
    )
    return EXIT.ok
  }
  say(`good: ${file === undefined ? 'built-in defaults' : printable(file)} (policy ${policy})`)
  say(
    `  ${plural(groups.size, 'group')}, ${plural(networks.length, 'network')}, ${plural(lists.length, 'list')}`,
  )
  say(`  local addresses in no network get group ${strictestGroup}`)
  for (const note of notes) say(`note: ${printable(note)}`)
  return EXIT.ok
}

/** What stands on the disk; an agent that runs may have more in memory, which `status` tells. */
function lockedNote(invocation: Invocation): string {
  const state = stateOf(invocation)
  if (isClosed(state.agent)) return 'illegal-content lists: cannot be told by this user; try sudo'
  return lockedSentence(statusOf(loadLocked(state.agent)), systemClock.wallMs())
}

function stateOf(invocation: Invocation): StateFolder {
  const { environment, folder } = invocation
  return findState(valueOf(invocation, 'state'), environment, folder)
}

function isClosed(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES'
  }
}
