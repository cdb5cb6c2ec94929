import { existsSync } from 'node:fs'
import { isRefused } from '#agent/policy/config.ts'
import { type ConfigSource, findConfig, loadConfig } from '#agent/policy/config-source.ts'
import { type ConfigProblems, describeProblem } from '#agent/policy/problem.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { timeNotes } from '#agent/policy/time-notes.ts'
import { systemClock } from '#platform/clock.ts'
import { type Command, type Invocation, JSON_OPTION } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plural } from './plural.ts'
import { printable, printableJson } from './terminal-text.ts'

export const checkCommand: Command = {
  usage: 'check [FILE] [options]',
  about:
    'Reads a configuration file as the agent would and tells everything wrong with it, with lines. Without FILE: the one that the agent would use. Changes nothing.',
  options: { json: JSON_OPTION },
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

function tellGood(
  { switches, say }: Invocation,
  source: ConfigSource,
  config: ReadyConfig,
): ExitCode {
  const file = source.kind === 'file' ? source.path : undefined
  const notes = [
    ...config.notes,
    ...timeNotes(config, systemClock.wallMs()),
    ...missingLists(config),
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

/** A list that is not there is no fault of the file: the agent starts and says so. */
function missingLists({ lists }: ReadyConfig): readonly string[] {
  return lists
    .flatMap(({ id, origin }) => (origin.kind === 'file' ? [{ id, path: origin.path }] : []))
    .filter(({ path }) => !existsSync(path))
    .map(({ id, path }) => `list ${id}: there is no ${path}`)
}
