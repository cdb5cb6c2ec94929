/** `feed-child.ts` in a network namespace. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import type { Sighting } from '#agent/identity/sighting.ts'
import type { Namespace } from '#test/support/namespaces.ts'
import { addressesIn, within } from './feed-support.ts'

export interface FeedProcess {
  readonly child: ChildProcess
  readonly told: Sighting[]
  readonly faults: string[]
  readonly addresses: () => ReadonlyMap<string, string>
  /** Writes a line to it. */
  readonly say: (line: string) => void
  readonly readings: () => Promise<Readonly<Record<string, unknown>>>
}

/** Starts it, and waits until it runs. */
export async function startFeedProcess(
  t: Test,
  where: Namespace,
  ...words: readonly string[]
): Promise<FeedProcess> {
  const script = join(import.meta.dirname, 'feed-child.ts')
  const child = where.spawn(t, process.execPath, [script, ...words])
  const told: Sighting[] = []
  const faults: string[] = []
  let readings: Readonly<Record<string, unknown>> | undefined
  let isReady = false
  child.stderr?.on('data', (part) => t.comment(String(part)))
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const one = JSON.parse(line)
      if (one.ready) isReady = true
      else if (one.fault) faults.push(one.fault)
      else if (one.readings) readings = one.readings
      else told.push(one)
    })
  await within(10_000, 'the process', () => isReady)
  return {
    child,
    told,
    faults,
    addresses: () => addressesIn(told),
    say: (line) => child.stdin?.write(`${line}\n`),
    readings: async () => {
      readings = undefined
      child.stdin?.write('readings\n')
      await within(5_000, 'readings', () => readings !== undefined)
      return readings ?? {}
    },
  }
}
