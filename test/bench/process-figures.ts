import { readdirSync, readFileSync } from 'node:fs'

const NANOS = 1e9

/** CPU time of all threads of a process that are still there, in seconds, to the nanosecond (/proc/PID/task/N/schedstat). */
export function cpuSeconds(pid: number): number {
  const tasks = `/proc/${pid}/task`
  const nanos = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ', 1)[0]),
  )
  return nanos.reduce((sum, one) => sum + one, 0) / NANOS
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
