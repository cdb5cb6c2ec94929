/** The collector as a process of its own, started through the command line. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'supercloud-edge')
/** Much else may run on the machine. */
const START_TIMEOUT_MS = 180_000
const POLL_MS = 25

export interface CollectorProcessOptions {
  /** The state folder; for believing an agent, the agent's own `enrolled` folder is named. */
  readonly stateDir: string
  readonly enrolledDir: string
  readonly port: number
  readonly metricsPort: number
  readonly peopleFile?: string
  readonly heads?: readonly string[]
  /** Another name by which it is asked. */
  readonly publicHost?: string
}

export interface CollectorProcess {
  readonly pid: number
  readonly url: string
  readonly log: () => string
  /** SIGTERM; resolves when it has ended. */
  readonly stop: () => Promise<void>
  /** SIGKILL. */
  readonly kill: () => Promise<void>
}

/** Starts a collector and waits until it serves. Throws, with its log, when it does not. */
export async function startCollectorProcess(
  options: CollectorProcessOptions,
): Promise<CollectorProcess> {
  const { stateDir, enrolledDir, port, metricsPort, peopleFile, heads = [], publicHost } = options
  const words = ['collector', '--supervised', '--state', stateDir, '--enrolled', enrolledDir]
  words.push('--console', `127.0.0.1:${port}`, '--metrics', `127.0.0.1:${metricsPort}`)
  if (peopleFile !== undefined) words.push('--people', peopleFile)
  if (publicHost !== undefined) words.push('--public-host', publicHost)
  for (const head of heads) words.push('--head', head)
  const child = spawn(PROGRAM, words, { stdio: ['pipe', 'ignore', 'pipe'] })
  let log = ''
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (part) => (log = `${log}${part}`.slice(-1_000_000)))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  const giveUpAt = performance.now() + START_TIMEOUT_MS
  while (!(await isServing(url))) {
    if (performance.now() > giveUpAt || child.exitCode !== null)
      throw new Error(`the collector did not start:\n${log}`)
    await sleep(POLL_MS)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await exited
  }
  return {
    pid: child.pid ?? 0,
    url,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/sign-in`)
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
