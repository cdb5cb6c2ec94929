import { userInfo } from 'node:os'
import { type Invocation, valueOf } from './command.ts'
import { ask, exitOf, type Question, whyNot } from './control-client.ts'
import type { ExitCode } from './exit-code.ts'
import { findState } from './state-folder.ts'

/** Who is recorded as having asked: `--who`, else whoever became root, else the user of this terminal. */
export function whoAsks(invocation: Invocation): string {
  return valueOf(invocation, 'who') ?? invocation.environment.sudoUser ?? userInfo().username
}

/** Asks the agent of the state folder that the command line names. */
export function askAgent(
  invocation: Invocation,
  question: Omit<Question, 'socket'>,
): ReturnType<typeof ask> {
  const { environment, folder } = invocation
  const { agentSocket } = findState(valueOf(invocation, 'state'), environment, folder)
  return ask({ ...question, socket: agentSocket })
}

/** Says why there is no answer; the answer is what to exit with. */
export function tellFailure(
  { complain }: Invocation,
  told: Parameters<typeof exitOf>[0],
): ExitCode {
  complain(whyNot('agent', told))
  return exitOf(told)
}
