import { readFileSync } from 'node:fs'

const BYTES_PER_KIB = 1_024

/** Resident memory in bytes; 0 when the process is gone or this is not Linux. */
export function residentBytes(pid: number): number {
  return statusKib(pid, 'VmRSS') * BYTES_PER_KIB
}

/** The most that it ever was. */
export function peakResidentBytes(pid: number): number {
  return statusKib(pid, 'VmHWM') * BYTES_PER_KIB
}

/** Datagrams that the kernel threw away because a UDP socket of this port was full. */
export function socketDrops(port: number): number {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  return ['/proc/net/udp', '/proc/net/udp6']
    .flatMap((file) => readText(file).split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hexPort}`))
    .reduce((sum, fields) => sum + Number(fields.at(-1) ?? 0), 0)
}

/** What V8 keeps of objects that outlived two collections: a leak shows here first. 0 when nobody answers. */
export async function oldSpaceBytes(metricsUrl: string): Promise<number> {
  try {
    const text = await (await fetch(metricsUrl)).text()
    return Number(/^nodejs_heap_space_size_total_bytes\{space="old"\} (\d+)/m.exec(text)?.[1] ?? 0)
  } catch {
    return 0
  }
}

function statusKib(pid: number, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readText(`/proc/${pid}/status`))
  return Number(match?.[1] ?? 0)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
