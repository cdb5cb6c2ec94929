/** The floor as a server: it receives and sends back in batches, and does nothing else. */
import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Failure, failure } from '#domain/failure.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'

const SOURCE = join(import.meta.dirname, 'floor', 'echo-batches.c')
const TRIES_MAX = 100
const POLL_MS = 20

export interface FloorServer {
  readonly pid: number
  readonly port: number
  readonly stop: () => Promise<void>
}

/** Compiles and starts it, or says why not. */
export async function startFloor(folder: string): Promise<FloorServer | Failure<'no-floor'>> {
  const program = join(folder, 'echo-batches')
  try {
    execFileSync('cc', ['-O2', '-o', program, SOURCE], { stdio: 'pipe' })
  } catch (error) {
    return failure('no-floor', error instanceof Error ? error.message : String(error))
  }
  const port = await freeDnsPort()
  const child = spawn(program, [String(port)], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (await askRaw(Buffer.alloc(12), { port, timeoutMs: POLL_MS }))
      return { pid: child.pid ?? 0, port, stop }
    await sleep(POLL_MS)
  }
  await stop()
  return failure('no-floor', 'it does not echo')
}
