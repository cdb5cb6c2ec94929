import { readFileSync } from 'node:fs'

/** `CONFIG_HZ` as user space sees it: a hundredth of a second on every Linux we run on (proc(5)). */
const TICKS_PER_SECOND = 100

/** CPU time of a process and all its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Resident memory, in MiB. */
export function residentMib(pid: number): number {
  return statusMib(pid, 'VmRSS')
}

/** The most that was ever resident, in MiB. */
export function peakMib(pid: number): number {
  return statusMib(pid, 'VmHWM')
}

function statusMib(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024
}
