import { readFileSync } from 'node:fs'
import { cpuSeconds, residentMib } from './process-figures.ts'

/** What a process of the agent does: its own work, the capture, or what other programs do for it. */
export interface ProcessPart {
  readonly part: string
  readonly pids: readonly number[]
}

/** The agent and each kind of process that it has started. */
export function partsOf(agentPid: number): readonly ProcessPart[] {
  const others = Map.groupBy(descendants(agentPid), nameOf)
  return [
    { part: 'agent', pids: [agentPid] },
    ...[...others].map(([part, pids]) => ({ part, pids })),
  ]
}

export function cpuSecondsOf({ pids }: ProcessPart): number {
  return pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
}

export function residentMibOf({ pids }: ProcessPart): number {
  return pids.reduce((sum, pid) => sum + residentMib(pid), 0)
}

/** Processes that a process has started, and those that these have. */
function descendants(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  const children = readFileSync(path, 'latin1').split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function nameOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
  return words.includes('capture') ? 'capture' : 'others'
}
