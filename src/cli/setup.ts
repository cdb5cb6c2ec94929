import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { isFailure } from '#domain/failure.ts'
import { askAgent, tellNoAnswer } from './ask-agent.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { readReply } from './read-reply.ts'
import { type SetupReply, setupReply } from './setup-reply.ts'
import { printable, printableJson } from './terminal-text.ts'

export const setupCommand: Command = {
  usage: 'setup [options]',
  about:
    'Tells what is still to be done on this box, or is wrong with how it is set up, and how to mend it. Ends with 1 when something is wrong.',
  options: {
    all: { help: 'also what is done' },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 0],
  run: runSetup,
}

async function runSetup(invocation: Invocation): Promise<ExitCode> {
  const told = await askAgent(invocation, { method: 'GET', path: CONTROL_PATHS.setup })
  const reply = isFailure(told) ? told : readReply(setupReply, told.reply)
  if (isFailure(reply)) return tellNoAnswer(invocation, reply)
  const { switches, say } = invocation
  if (switches.has('json')) say(printableJson(reply))
  else for (const line of setupLines(reply, switches.has('all'))) say(line)
  return reply.items.some(({ state }) => state === 'wrong') ? EXIT.foundWrong : EXIT.ok
}

function setupLines({ items }: SetupReply, isAll: boolean): readonly string[] {
  const shown = items.filter(({ state }) => isAll || state !== 'done')
  const width = Math.max(0, ...shown.map(({ item }) => item.length))
  const lines = shown.flatMap(({ item, state, say, remedy }) => [
    `${state.padEnd(5)}  ${item.padEnd(width)}  ${say}`,
    ...(remedy === '' ? [] : [`${' '.repeat(width + 9)}${remedy}`]),
  ])
  const count = (state: string): number => items.filter((one) => one.state === state).length
  const sum = `${count('done')} done, ${count('to-do')} to do, ${count('wrong')} wrong`
  return [...lines, sum].map(printable)
}
