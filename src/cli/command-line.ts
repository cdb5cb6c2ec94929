import { nearestWord } from '#agent/policy/nearest-word.ts'
import { isFailure } from '#domain/failure.ts'
import { readEnvironment } from '#platform/environment.ts'
import { helpOf, readArguments } from './arguments.ts'
import type { Invocation } from './command.ts'
import { COMMANDS, programHelp } from './commands.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printable } from './terminal-text.ts'

/** Runs the command that the words name; returns what to exit with. */
export async function runCommandLine(words: readonly string[]): Promise<ExitCode> {
  const [name = '', ...rest] = words
  if (name === '' || name === '--help' || name === '-h' || name === 'help') {
    say(programHelp())
    return name === '' ? EXIT.usage : EXIT.ok
  }
  const entry = COMMANDS.get(name)
  if (!entry) return unknownCommand(name)
  const command = await entry.load()
  const given = readArguments(command, rest)
  if (isFailure(given)) {
    complain(`${printable(given.detail)}; see supercloud-edge ${name} --help`)
    return EXIT.usage
  }
  if (given.switches.has('help')) {
    say(helpOf(command))
    return EXIT.ok
  }
  return command.run({ ...given, ...world() })
}

function world(): Omit<Invocation, 'positionals' | 'switches' | 'values'> {
  const isTerminal = process.stdout.isTTY
  return { environment: readEnvironment(), folder: process.cwd(), isTerminal, say, complain }
}

function unknownCommand(name: string): ExitCode {
  const near = nearestWord(name, [...COMMANDS.keys()])
  const hint = near === undefined ? 'see supercloud-edge --help' : `did you mean ${near}?`
  complain(`no command ${JSON.stringify(printable(name.slice(0, 60)))}; ${hint}`)
  return EXIT.usage
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): void {
  process.stderr.write(`supercloud-edge: ${line}\n`)
}
