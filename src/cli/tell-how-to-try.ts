import { join, relative } from 'node:path'
import type { z } from 'zod'
import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { isFailure } from '#domain/failure.ts'
import { collectorReply } from './collector-replies.ts'
import type { Invocation } from './command.ts'
import { ask, type NoAnswer, whyNot } from './control-client.ts'
import { readReply } from './read-reply.ts'
import { newSignInCode } from './sign-in-code.ts'
import type { StateFolder } from './state-folder.ts'
import { statusReply } from './status-reply.ts'
import { tryItLines } from './try-it.ts'

const PROGRAM = join(import.meta.dirname, 'supercloud-edge')

/** Says what runs and how to use it. The code opens the console, so it is only ever shown to a person, never left in a log file. */
export async function tellHowToTry(
  invocation: Invocation,
  state: StateFolder,
  configFile: string | undefined,
): Promise<void> {
  const { isTerminal, say, complain, folder } = invocation
  const status = await statusOf(state.agentSocket, statusReply)
  const collector = await statusOf(state.collectorSocket, collectorReply)
  if (isFailure(status)) return complain(whyNot('agent', status))
  if (isFailure(collector)) complain(whyNot('collector', collector))
  const made =
    isTerminal && !isFailure(collector) ? await newSignInCode(state.collectorSocket) : undefined
  const command = `${programName(folder)} sign-in-code --state ${state.root}`
  const lines = tryItLines({
    listeners: status.listeners,
    hasUpstream: status.link.upstreams.length > 0,
    console: isFailure(collector)
      ? undefined
      : { url: collector.consoleUrl, signIn: made && !isFailure(made) ? made : { command } },
    capture: status.capture,
    configFile,
  })
  for (const line of lines) say(line)
}

async function statusOf<T>(socket: string, schema: z.ZodType<T>): Promise<T | NoAnswer> {
  const answer = await ask({ socket, method: 'GET', path: CONTROL_PATHS.status })
  return isFailure(answer) ? answer : readReply(schema, answer.reply)
}

/** How to call the program from a folder, whether or not it stands in the PATH. */
function programName(folder: string): string {
  const inside = relative(folder, PROGRAM)
  return inside.startsWith('..') ? PROGRAM : `./${inside}`
}
