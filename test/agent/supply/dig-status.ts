/** What dig is answered with, for many names at a time. */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const dig = promisify(execFile)

/** Why there is no dig, or false. */
export const skipDig: string | false = await dig('dig', ['-v']).then(
  () => false,
  () => 'dig is not installed',
)

interface Server {
  readonly port: number
}

/** The status of each name, in their order. */
export async function statusesOf(names: readonly string[], { port }: Server): Promise<string[]> {
  const words = ['@127.0.0.1', '-p', String(port), '+tries=1', ...names]
  const { stdout } = await dig('dig', words)
  return [...stdout.matchAll(/status: (\w+)/g)].map(([, status = '']) => status)
}

export async function statusOf(name: string, server: Server): Promise<string | undefined> {
  return (await statusesOf([name], server))[0]
}

/** Waits for something, for a minute at most. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return
    await sleep(100)
  }
  throw new Error(`never: ${what}`)
}
