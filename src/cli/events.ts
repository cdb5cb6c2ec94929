import { userInfo } from 'node:os'
import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { REVEALED_MAX } from '#agent/control/control-requests.ts'
import { isFailure } from '#domain/failure.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { ask, exitOf, whyNot } from './control-client.ts'
import { countsReply, type RevealedReply, revealReply } from './event-replies.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plural } from './plural.ts'
import { readReply } from './read-reply.ts'
import { findState } from './state-folder.ts'
import { printable, printableJson } from './terminal-text.ts'

const REVEALED_BY_DEFAULT = 50
const NO_EVENTS = 'no safeguarding events'

export const eventsCommand: Command = {
  usage: 'events [options]',
  about:
    'Counts safeguarding events by day and category. With --reveal they are shown; who did and why is recorded first and sent to the collector.',
  options: {
    reveal: { help: 'show devices and names' },
    reason: { value: 'TEXT', help: 'why they must be seen; needed with --reveal' },
    limit: {
      value: 'N',
      help: `at most so many, newest first (default: ${REVEALED_BY_DEFAULT}, at most ${REVEALED_MAX})`,
    },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 0],
  run: runEvents,
}

async function runEvents(invocation: Invocation): Promise<ExitCode> {
  const { environment, folder } = invocation
  const { agentSocket } = findState(valueOf(invocation, 'state'), environment, folder)
  return invocation.switches.has('reveal')
    ? reveal(invocation, agentSocket)
    : countEvents(invocation, agentSocket)
}

async function countEvents(invocation: Invocation, socket: string): Promise<ExitCode> {
  const { say, complain } = invocation
  const answer = await ask({ socket, method: 'GET', path: CONTROL_PATHS.eventCounts })
  const counts = isFailure(answer) ? answer : readReply(countsReply, answer.reply)
  if (isFailure(counts)) {
    complain(whyNot('agent', counts))
    return exitOf(counts)
  }
  if (invocation.switches.has('json')) {
    say(printableJson(counts))
    return EXIT.ok
  }
  if (counts.rows.length === 0) say(NO_EVENTS)
  for (const { day, category, events, lookups } of counts.rows)
    say(
      `${printable(day)}  ${printable(category)}: ${plural(events, 'event')}, ${plural(lookups, 'lookup')}`,
    )
  say(`${counts.waiting} waiting for the collector`)
  return EXIT.ok
}

async function reveal(invocation: Invocation, socket: string): Promise<ExitCode> {
  const { say, complain, environment } = invocation
  const reason = valueOf(invocation, 'reason') ?? ''
  const limit = Number(valueOf(invocation, 'limit') ?? REVEALED_BY_DEFAULT)
  if (reason.trim().length < 5) {
    complain('--reveal needs --reason TEXT: a few words that will be recorded')
    return EXIT.usage
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > REVEALED_MAX) {
    complain(`--limit is a whole number from 1 to ${REVEALED_MAX}`)
    return EXIT.usage
  }
  const who = environment.sudoUser ?? userInfo().username
  const body = { who, reason: reason.trim(), limit }
  const answer = await ask({ socket, method: 'POST', path: CONTROL_PATHS.revealEvents, body })
  const told = isFailure(answer) ? answer : readReply(revealReply, answer.reply)
  if (isFailure(told)) {
    complain(whyNot('agent', told))
    return exitOf(told)
  }
  if (invocation.switches.has('json')) say(printableJson(isFailure(answer) ? told : answer.reply))
  else if (told.events.length === 0) say(NO_EVENTS)
  else for (const event of told.events) say(eventLine(event))
  return EXIT.ok
}

function eventLine({ at, body }: RevealedReply): string {
  const { client, group, category, name, count } = body
  const device = client.device === undefined ? '' : ` (${printable(client.device)})`
  const words = [
    new Date(at).toISOString(),
    printable(category),
    `${printable(client.address)}${device}`,
    `in ${printable(group)}`,
    name.name === undefined ? 'name withheld' : printable(name.name),
    `x${count}`,
  ]
  return words.join('  ')
}
