import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What packets can be captured with on this machine: paths, undefined where it is not there. */
export interface CaptureTools {
  readonly cap: string | undefined
  readonly tcpdump: string | undefined
}

const ADDON = join(import.meta.dirname, '../../node_modules/cap/build/Release/cap.node')
const TCPDUMPS = ['/usr/bin/tcpdump', '/usr/sbin/tcpdump']
const CAP_NET_RAW = 13n

/** Looks for them; the addon is not loaded, because it cannot be loaded twice. */
export function findCaptureTools(
  addon: string = ADDON,
  tcpdumps: readonly string[] = TCPDUMPS,
): CaptureTools {
  return {
    cap: existsSync(addon) ? addon : undefined,
    tcpdump: tcpdumps.find((path) => isExecutable(path)),
  }
}

/** Whether this process may open packet sockets (CAP_NET_RAW is effective). */
export function mayCapture(statusFile = '/proc/self/status'): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(statusFile, 'utf8'))?.[1] ?? '0'
    return ((BigInt(`0x${effective}`) >> CAP_NET_RAW) & 1n) === 1n
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
