/** Somebody who asks all the while, and tells afterwards what he felt of an attack. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'

const CHILD = join(import.meta.dirname, 'witness-child.ts')
const PER_SECOND = 200

/** What the child prints. */
const report: z.ZodType<WitnessReport> = z.strictObject({
  sent: z.number(),
  unanswered: z.number(),
  empty: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
})

export interface WitnessReport {
  readonly sent: number
  readonly unanswered: number
  /** Answers without a record. */
  readonly empty: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Asks `names`, which have addresses, over UDP while `attack` runs. */
export async function underWitness(
  port: number,
  names: readonly string[],
  attack: () => Promise<void>,
): Promise<WitnessReport> {
  const words = [CHILD, String(port), String(PER_SECOND), ...names]
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (part) => (said += String(part)))
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  try {
    await attack()
  } finally {
    child.stdin.end()
    await closed
  }
  return report.parse(JSON.parse(said.slice(said.indexOf('\n'))))
}
