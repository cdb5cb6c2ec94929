/** A command of the command line in this process, as `main.ts` runs it: without the second that a process of its own takes. */
import { readArguments } from '#cli/arguments.ts'
import { COMMANDS } from '#cli/commands.ts'
import { isFailure } from '#domain/failure.ts'
import type { Ran } from '#test/cli/run.ts'

/** Runs `words` in the folder `folder`. The environment is empty. */
export async function runCommand(folder: string, ...words: readonly string[]): Promise<Ran> {
  const [name = '', ...rest] = words
  const command = await COMMANDS.get(name)?.load()
  const given = command && readArguments(command, rest)
  if (!command || !given || isFailure(given)) throw new Error(`no command: ${words.join(' ')}`)
  let out = ''
  let err = ''
  const code = await command.run({
    ...given,
    environment: {
      configFile: undefined,
      stateDirectory: undefined,
      notifySocket: undefined,
      sudoUser: undefined,
    },
    folder,
    isTerminal: false,
    say: (line) => (out += `${line}\n`),
    complain: (line) => (err += `${line}\n`),
  })
  return { code, out, err }
}
