import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { ANSWER_CHARS_MAX } from '#agent/requests/request-file.ts'
import { isFailure } from '#domain/failure.ts'
import { askAgent, tellNoAnswer } from './ask-agent.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { readReply } from './read-reply.ts'
import { type RequestReply, requestReply, requestsReply } from './request-reply.ts'
import { printable, printableJson } from './terminal-text.ts'
import { whoAsks } from './who-asks.ts'

export const requestsCommand: Command = {
  usage: 'requests [--close REFERENCE --answer TEXT] [options]',
  about:
    'Lists what people on the block page have asked to be unblocked. Closing a request opens nothing by itself: change the configuration or release the name first. The answer is shown to whoever asked, when they open the page again.',
  options: {
    all: { help: 'answered ones too' },
    close: { value: 'REFERENCE', help: 'answer a request' },
    answer: { value: 'TEXT', help: `what to tell, at most ${ANSWER_CHARS_MAX} characters` },
    who: { value: 'NAME', help: 'who answers (default: the user of this terminal)' },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 0],
  run: (invocation) =>
    valueOf(invocation, 'close') === undefined
      ? listRequests(invocation)
      : closeRequest(invocation, valueOf(invocation, 'close') ?? ''),
}

async function closeRequest(invocation: Invocation, reference: string): Promise<ExitCode> {
  const answer = (valueOf(invocation, 'answer') ?? '').trim()
  if (answer.length < 2 || answer.length > ANSWER_CHARS_MAX) {
    invocation.complain(
      `--close needs --answer TEXT, at most ${ANSWER_CHARS_MAX} characters, for whoever asked`,
    )
    return EXIT.usage
  }
  const body = { reference: reference.toUpperCase(), who: whoAsks(invocation), answer }
  const told = await askAgent(invocation, {
    method: 'POST',
    path: CONTROL_PATHS.closeRequest,
    body,
  })
  const request = isFailure(told) ? told : readReply(requestReply, told.reply)
  if (isFailure(request)) return tellNoAnswer(invocation, request)
  if (invocation.switches.has('json')) invocation.say(printableJson(request))
  else invocation.say(`answered: ${requestLines(request).join('\n')}`)
  return EXIT.ok
}

async function listRequests(invocation: Invocation): Promise<ExitCode> {
  const told = await askAgent(invocation, { method: 'GET', path: CONTROL_PATHS.requests })
  const answer = isFailure(told) ? told : readReply(requestsReply, told.reply)
  if (isFailure(answer)) return tellNoAnswer(invocation, answer)
  const isShown = ({ closed }: RequestReply): boolean =>
    closed === undefined || invocation.switches.has('all')
  const requests = answer.requests.filter(isShown)
  if (invocation.switches.has('json')) invocation.say(printableJson({ requests }))
  else if (requests.length === 0) invocation.say('no requests')
  else
    for (const request of requests) for (const line of requestLines(request)) invocation.say(line)
  return EXIT.ok
}

/** A request as some lines, fit for a terminal. */
function requestLines(request: RequestReply): readonly string[] {
  const { reference, group, name, category, why, lesson, minutes, count, closed } = request
  const as = category === undefined ? '' : `, blocked as ${category}`
  const again = count > 1 ? `, asked ${count} times, last ${request.lastAt}` : ''
  const wanted = [
    ...(lesson === undefined ? [] : [`for ${lesson}`]),
    ...(minutes === undefined ? [] : [`for ${minutes} minutes`]),
  ].join(', ')
  const lines = [
    `${reference}  ${name}  ${group}, ${request.firstAt}${again}${as}`,
    `           ${why}${wanted === '' ? '' : ` (${wanted})`}`,
  ]
  if (closed) lines.push(`           answered ${closed.at} by ${closed.who}: ${closed.answer}`)
  return lines.map(printable)
}
