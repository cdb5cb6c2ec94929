import { type Invocation, valueOf } from './command.ts'
import { ask, exitOf, type NoAnswer, type Question, whyNot } from './control-client.ts'
import type { ExitCode } from './exit-code.ts'
import { findState } from './state-folder.ts'

/** Asks the agent of the state folder that the invocation means. Never rejects. */
export function askAgent(
  invocation: Invocation,
  question: Omit<Question, 'socket'>,
): ReturnType<typeof ask> {
  const { environment, folder } = invocation
  const { agentSocket } = findState(valueOf(invocation, 'state'), environment, folder)
  return ask({ ...question, socket: agentSocket })
}

/** Tells that there was no answer; what to exit with. */
export function tellNoAnswer({ complain }: Invocation, told: NoAnswer): ExitCode {
  complain(whyNot('agent', told))
  return exitOf(told)
}
