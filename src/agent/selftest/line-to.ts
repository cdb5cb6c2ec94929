import { execFile } from 'node:child_process'
import { bareEnvironment } from '#platform/environment.ts'

/** By which line this machine would send to an address. */
export type Line =
  | { readonly kind: 'line'; readonly interface: string; readonly gateway: string }
  | { readonly kind: 'none' }
  /** `ip` (iproute2) cannot tell. */
  | { readonly kind: 'unknown' }

const TIMEOUT_MS = 2_000
const OUTPUT_BYTES_MAX = 65_536
const NOT_FOUND = 'ENOENT'

/** Asks the system's routes, of what is sent from an address of this machine where one is given. Sends nothing; never rejects. */
export function lineTo(address: string, from?: string): Promise<Line> {
  const words = ['-json', 'route', 'get', address, ...(from === undefined ? [] : ['from', from])]
  const options = { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX, env: bareEnvironment() }
  return new Promise((resolve) => {
    execFile('ip', words, options, (error, out) => {
      if (error)
        return resolve({ kind: error.code === NOT_FOUND || error.killed ? 'unknown' : 'none' })
      resolve(readRoute(out))
    })
  })
}

function readRoute(text: string): Line {
  const device = /"dev":"([^"]+)"/.exec(text)?.[1]
  if (device === undefined) return { kind: 'unknown' }
  return {
    kind: 'line',
    interface: device,
    gateway: /"gateway":"([^"]+)"/.exec(text)?.[1] ?? 'no gateway',
  }
}
