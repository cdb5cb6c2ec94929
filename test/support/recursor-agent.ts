/** An agent with Unbound beside it, as processes of their own. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import {
  type AgentProcess,
  type AgentProcessOptions,
  metricsOf,
  startAgentProcess,
} from './agent-process.ts'
import { ask, rcodeOf } from './dns-client.ts'
import { runCommand } from './run-command.ts'

const POLL_MS = 25
/** Of the kernel's clock as it tells it to programs. */
const TICK_MS = 10
const WAIT_MS_MAX = 30_000

/** Starts it, and waits until a name that only its recursor knows is answered. */
export async function startRecursorAgent(
  t: Test,
  options: AgentProcessOptions,
  known: string,
): Promise<AgentProcess> {
  const agent = await startAgentProcess(options)
  t.teardown(() => agent.stop())
  await until(() => isAnswered(agent, known), `an answer to ${known}:\n${agent.log()}`)
  return agent
}

export async function isAnswered({ port }: AgentProcess, name: string): Promise<boolean> {
  const reply = await ask(name, 'A', { port, timeoutMs: 1_000 }).catch(() => undefined)
  return reply !== undefined && rcodeOf(reply) === 0 && (reply.answers ?? []).length > 0
}

/** The Unbound that is a child of an agent; undefined where there is none. */
export function unboundOf(agentPid: number): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => pid > 0 && isUnboundOf(pid, agentPid))
}

/** Whether a process is there and is no zombie. */
export function isAlive(pid: number): boolean {
  return !/^(?:|.*\) [ZX] .*)$/s.test(read(`/proc/${pid}/stat`))
}

/** CPU time that a process has used so far, in its threads, to a hundredth of a second. */
export function cpuMsOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** What `status --json` says of an agent. */
export async function statusOf(agent: AgentProcess): Promise<Record<string, unknown>> {
  const ran = await runCommand(agent.folder, 'status', '--json', '--state', agent.stateDir)
  return JSON.parse(ran.out) as Record<string, unknown>
}

/** One figure without labels. */
export async function figureOf(agent: AgentProcess, name: string): Promise<number> {
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(await metricsOf(agent))
  return Number(found?.[1])
}

/** Waits until something holds; what throws does not hold yet. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  what: string,
  withinMs: number = WAIT_MS_MAX,
): Promise<void> {
  const giveUpAtMs = performance.now() + withinMs
  while (performance.now() < giveUpAtMs) {
    const isSo = await Promise.resolve()
      .then(holds)
      .catch(() => false)
    if (isSo) return
    await sleep(POLL_MS)
  }
  throw new Error(`waited too long for ${what}`)
}

function isUnboundOf(pid: number, agentPid: number): boolean {
  const [, name = '', rest = ''] = /^\d+ \((.*)\) \S (.*)$/s.exec(read(`/proc/${pid}/stat`)) ?? []
  return name === 'unbound' && Number(rest.split(' ')[0]) === agentPid
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It has ended.
  }
}
