import { spawn } from 'node:child_process'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command line in a process of its own, in `cwd`, with nothing of systemd or of the caller's choices around it. */
export function run(cwd: string, ...words: readonly string[]): Promise<Ran> {
  const { SUPERCLOUD_EDGE_CONFIG: _, STATE_DIRECTORY: __, NOTIFY_SOCKET: ___, ...env } = process.env
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (part) => (out += part))
  child.stderr.on('data', (part) => (err += part))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}
