import { z } from 'zod'
import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { isFailure } from '#domain/failure.ts'
import { askAgent, tellNoAnswer } from './ask-agent.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plural } from './plural.ts'
import { readReply } from './read-reply.ts'
import { printable, printableJson } from './terminal-text.ts'

export const flushCommand: Command = {
  usage: 'flush (NAME [--below] | --all) [options]',
  about:
    'Drops answers from the cache, so that the upstreams are asked anew: those of a name, of whatever type, or all. What is on the way just then may still come.',
  options: {
    below: { help: 'with every name below it' },
    all: { help: 'everything' },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 1],
  run: runFlush,
}

const flushReply = z.object({ main: z.number(), worker: z.number().optional() })

async function runFlush(invocation: Invocation): Promise<ExitCode> {
  const { positionals, switches, say, complain } = invocation
  const [name] = positionals
  const isAll = switches.has('all')
  if (isAll === (name !== undefined) || (isAll && switches.has('below'))) {
    complain('one of NAME and --all is needed; --below goes with NAME')
    return EXIT.usage
  }
  const body = isAll ? { all: true } : { name, below: switches.has('below') }
  const told = await askAgent(invocation, { method: 'POST', path: CONTROL_PATHS.flush, body })
  const reply = isFailure(told) ? told : readReply(flushReply, told.reply)
  if (isFailure(reply)) return tellNoAnswer(invocation, reply)
  const { main, worker } = reply
  if (switches.has('json')) say(printableJson(reply))
  else {
    const fast = worker === undefined ? 'the fast path did not say' : `${worker} by the fast path`
    const what = isAll ? '' : ` of ${printable(name ?? '')}`
    say(`dropped${what}: ${plural(main, 'answer')} by the main thread, ${fast}`)
  }
  return worker === undefined ? EXIT.foundWrong : EXIT.ok
}
