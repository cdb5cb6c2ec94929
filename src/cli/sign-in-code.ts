import { isFailure } from '#domain/failure.ts'
import { signInReply } from './collector-replies.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { ask, exitOf, type NoAnswer, whyNot } from './control-client.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { readReply } from './read-reply.ts'
import { findState } from './state-folder.ts'
import { printable, printableJson } from './terminal-text.ts'

export const signInCodeCommand: Command = {
  usage: 'sign-in-code [options]',
  about:
    'Makes a one-time code for the console and prints it. It opens the console once, within 15 minutes; an earlier code stops working.',
  options: { state: STATE_OPTION, json: JSON_OPTION },
  positionals: [0, 0],
  run: runSignInCode,
}

/** Asks the collector behind a socket for a code. Never rejects. */
export async function newSignInCode(socket: string): Promise<{ readonly code: string } | NoAnswer> {
  const answer = await ask({ socket, method: 'POST', path: '/sign-in-code', body: {} })
  return isFailure(answer) ? answer : readReply(signInReply, answer.reply)
}

async function runSignInCode(invocation: Invocation): Promise<ExitCode> {
  const { environment, folder, say, complain } = invocation
  const state = findState(valueOf(invocation, 'state'), environment, folder)
  const made = await newSignInCode(state.collectorSocket)
  if (isFailure(made)) {
    complain(whyNot('collector', made))
    return exitOf(made)
  }
  say(invocation.switches.has('json') ? printableJson(made) : printable(made.code))
  return EXIT.ok
}
