import { userInfo } from 'node:os'
import { z } from 'zod'
import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { REVEALED_MAX } from '#agent/control/control-requests.ts'
import { isFailure } from '#domain/failure.ts'
import { askAgent, tellNoAnswer } from './ask-agent.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { readReply } from './control-replies.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printable, printableJson } from './terminal-text.ts'

const SHOWN_BY_DEFAULT = 100
/** Longer than the agent takes to look through all days. */
const TIMEOUT_MS = 40_000

export const queriesCommand: Command = {
  usage: 'queries (--client WHO | --name NAME) --reason TEXT [options]',
  about:
    'Shows what was looked up, from the log on this box. Who read it and why is recorded first and sent to the collector. Protected help is not in the log.',
  options: {
    client: { value: 'WHO', help: 'an address, or the MAC of a device behind a forwarder' },
    name: { value: 'NAME', help: 'a name, with all below it' },
    from: {
      value: 'TIME',
      help: 'on the school’s clocks, as 2026-03-02T10:05 (default: a day before)',
    },
    to: { value: 'TIME', help: 'likewise (default: now)' },
    reason: { value: 'TEXT', help: 'why it must be seen' },
    limit: {
      value: 'N',
      help: `at most so many, newest first (default: ${SHOWN_BY_DEFAULT}, at most ${REVEALED_MAX})`,
    },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 0],
  run: runQueries,
}

const queriesReply = z.object({
  rows: z.array(
    z.object({
      at: z.number(),
      time: z.string(),
      client: z.string(),
      name: z.string(),
      verdict: z.string(),
      category: z.string().optional(),
      count: z.number(),
    }),
  ),
})

async function runQueries(invocation: Invocation): Promise<ExitCode> {
  const { switches, environment, say, complain } = invocation
  const reason = valueOf(invocation, 'reason') ?? ''
  const limit = Number(valueOf(invocation, 'limit') ?? SHOWN_BY_DEFAULT)
  const [client, name] = [valueOf(invocation, 'client'), valueOf(invocation, 'name')]
  const [from, to] = [valueOf(invocation, 'from'), valueOf(invocation, 'to')]
  if (client === undefined && name === undefined) {
    complain('--client WHO or --name NAME is needed')
    return EXIT.usage
  }
  if (reason.trim().length < 5) {
    complain('--reason TEXT is needed: a few words that will be recorded')
    return EXIT.usage
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > REVEALED_MAX) {
    complain(`--limit is a whole number from 1 to ${REVEALED_MAX}`)
    return EXIT.usage
  }
  const who = environment.sudoUser ?? userInfo().username
  const body = { who, reason: reason.trim(), limit, client, name, from, to }
  const question = {
    method: 'POST',
    path: CONTROL_PATHS.queries,
    body,
    timeoutMs: TIMEOUT_MS,
  } as const
  const told = await askAgent(invocation, question)
  const reply = isFailure(told) ? told : readReply(queriesReply, told.reply)
  if (isFailure(reply)) return tellNoAnswer(invocation, reply)
  if (switches.has('json')) say(printableJson(reply))
  else if (reply.rows.length === 0) say('nothing was looked up')
  else for (const row of reply.rows) say(rowLine(row))
  return EXIT.ok
}

function rowLine(row: z.infer<typeof queriesReply>['rows'][number]): string {
  const { time, client, name, verdict, category = '', count } = row
  return [time, client, name, verdict, category, `x${count}`].map(printable).join('  ')
}
