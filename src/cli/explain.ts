import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { isFailure } from '#domain/failure.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { ask, exitOf, whyNot } from './control-client.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { type ExplainReply, explainReply } from './explain-reply.ts'
import { readReply } from './read-reply.ts'
import { findState } from './state-folder.ts'
import { printable, printableJson } from './terminal-text.ts'

export const explainCommand: Command = {
  usage: 'explain NAME [options]',
  about:
    'Tells stage by stage what would happen to a lookup. An upstream is asked where a real lookup would ask; nothing is recorded.',
  options: {
    client: { value: 'IP', help: 'as if this client asked (default: 127.0.0.1)' },
    group: { value: 'NAME', help: 'as if a client of this group asked' },
    at: {
      value: 'TIME',
      help: "as if it were this time on the school's clocks: 2026-03-02T10:05 (default: now)",
    },
    type: { value: 'TYPE', help: 'type of the query (default: A)' },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [1, 1],
  run: runExplain,
}

async function runExplain(invocation: Invocation): Promise<ExitCode> {
  const { environment, folder, say, complain, positionals } = invocation
  const client = valueOf(invocation, 'client')
  const group = valueOf(invocation, 'group')
  const at = valueOf(invocation, 'at')
  if (client !== undefined && group !== undefined) {
    complain('--client and --group cannot both be given')
    return EXIT.usage
  }
  const state = findState(valueOf(invocation, 'state'), environment, folder)
  const body = {
    name: positionals[0] ?? '',
    type: (valueOf(invocation, 'type') ?? 'A').toUpperCase(),
    ...(client === undefined ? {} : { client }),
    ...(group === undefined ? {} : { group }),
    ...(at === undefined ? {} : { at }),
  }
  const { agentSocket: socket } = state
  const answer = await ask({ socket, method: 'POST', path: CONTROL_PATHS.explain, body })
  const told = isFailure(answer) ? answer : readReply(explainReply, answer.reply)
  if (isFailure(told)) {
    complain(whyNot('agent', told))
    return exitOf(told)
  }
  if (invocation.switches.has('json')) {
    say(printableJson(told))
    return EXIT.ok
  }
  say(printable(`${told.name} ${told.type} for group ${told.group} at ${told.time}`))
  const width = Math.max(0, ...told.stages.map(({ stage }) => stage.length))
  for (const { stage, say: words } of told.stages)
    say(`  ${printable(stage).padEnd(width)}  ${printable(words)}`)
  say(`verdict: ${printable(verdictText(told))}`)
  return EXIT.ok
}

/** Most reasons begin with the verdict itself, which need not be said twice. */
function verdictText({ verdict, reason }: ExplainReply): string {
  return reason.startsWith(`${verdict} `) ? reason : `${verdict}: ${reason}`
}
