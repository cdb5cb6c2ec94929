import type { AgentProcess } from '#test/support/agent-process.ts'

/** When an agent was killed, and when it was gone. On the clock of this process, in milliseconds. */
export interface Death {
  readonly killedAtMs: number
  readonly goneAtMs: number
}

/** Kills an agent, and tells when. */
export async function killAgent(agent: AgentProcess): Promise<Death> {
  const killedAtMs = performance.now()
  await agent.kill()
  return { killedAtMs, goneAtMs: performance.now() }
}

export const DURABLE_WITHIN_MS = 500
/** An answer that the killed agent had sent may still be read this long after it is gone; a new one takes longer to answer. */
const LATE_READ_MS = 100

/** Whether an answer left too shortly before the kill to be held against the agent that was killed. */
export function isExcused(answeredAtMs: number, { killedAtMs, goneAtMs }: Death): boolean {
  return answeredAtMs > killedAtMs - DURABLE_WITHIN_MS && answeredAtMs < goneAtMs + LATE_READ_MS
}
