import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const CHILD = join(import.meta.dirname, 'school-child.ts')
/** Popular names: what is cached costs least, so that what is added shows most. */
const NAMES = Array.from({ length: 200 }, (_, i) => `site${i}.example.org`)
const WARM_UP_MS = 1_000

export interface SchoolOptions {
  readonly address: string
  readonly port: number
  readonly devices: number
  readonly perSecond: number
}

/** Runs `work` while so many devices ask at a steady rate; answers what it gives. */
export async function whileSchoolAsks<T>(
  { address, port, devices, perSecond }: SchoolOptions,
  work: () => Promise<T>,
): Promise<T> {
  const words = [CHILD, address, ...[port, devices, perSecond].map(String), ...NAMES]
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  try {
    await sleep(WARM_UP_MS)
    return await work()
  } finally {
    child.stdin.end()
    await closed
  }
}
