/** A flood of wrong RADIUS accounting from a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'
import { radiusRequest } from '#test/support/radius-request.ts'

const CHILD = join(import.meta.dirname, 'accounting-flood-child.ts')

/** Each is sent equally often, and is to be counted under this name. */
export const FLOOD_KINDS = [
  'wrong-secret',
  'replayed',
  'malformed-packet',
  'malformed-attribute',
  'not-accounting',
  'stranger',
] as const
export type FloodKind = (typeof FLOOD_KINDS)[number]

/** What the child prints. */
const report: z.ZodType<Sent> = z.strictObject({
  total: z.number(),
  seconds: z.number(),
  answers: z.number(),
  kinds: z.record(z.enum(FLOOD_KINDS), z.number()),
})

export interface Sent {
  readonly total: number
  readonly seconds: number
  /** That came back. */
  readonly answers: number
  readonly kinds: Readonly<Record<FloodKind, number>>
}

/** A logon that the attacker has a copy of. */
export function recordedStart(secret: string): Buffer {
  return radiusRequest({
    secret,
    attributes: [
      [40, 1],
      [44, 'recorded'],
      [1, 't.eacher'],
      [8, Uint8Array.of(192, 0, 2, 9)],
    ],
  })
}

export interface FloodOptions {
  readonly port: number
  readonly secret: string
  readonly controller: string
  readonly stranger: string
  readonly perSecond: number
}

/** Floods while `work` runs. */
export async function underAccountingFlood(
  { port, secret, controller, stranger, perSecond }: FloodOptions,
  work: () => Promise<void>,
): Promise<Sent> {
  const words = [port, secret, controller, stranger, perSecond].map(String)
  const child = spawn(process.execPath, [CHILD, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (part) => (said += String(part)))
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  try {
    await work()
  } finally {
    child.stdin.end()
    await closed
  }
  return report.parse(JSON.parse(said.slice(said.indexOf('\n'))))
}
