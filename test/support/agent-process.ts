/** The agent as a process of its own, started through the command line as a school starts it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, rcodeOf } from './dns-client.ts'
import { freeDnsPort } from './free-port.ts'

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli')
const AS_SHIPPED = [join(CLI, 'supercloud-edge')]
/** Without what saves a small box its memory and costs a second at each of some hundred starts. */
const QUICK = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=16',
  join(CLI, 'main.ts'),
]
const START_TIMEOUT_MS = 40_000
const STOP_TIMEOUT_MS = 5_000
const POLL_MS = 25
const METRICS_TRIES_MAX = 100
const METRICS_POLL_MS = 100
const PROBE_TIMEOUT_MS = 250
/** The last of what the agent wrote to standard error. */
const LOG_CHARS_MAX = 1_000_000
/** Nothing listens there, so events stay in the outbox and nothing leaves the machine. */
const NO_COLLECTOR = 'http://127.0.0.1:9'
const NXDOMAIN = 3

export interface AgentProcessOptions {
  /** An existing folder of the caller's: gets `edge.yaml` and `state/`. The same folder again is a restart. */
  readonly folder: string
  /** Resolvers on 127.0.0.1. There is no default, so no test asks the machine's own. */
  readonly upstreamPorts: readonly number[]
  /** For a restart on the same port; a free one otherwise. Metrics are on a free port too. */
  readonly port?: number
  /** How UDP is received; as the product does unless told otherwise. */
  readonly udp?: 'batch' | 'node'
  /** Descriptors of bound sockets that it is passed, as systemd does (sd_listen_fds(3)). */
  readonly passed?: readonly number[]
  /** Further variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** Threads that answer UDP. */
  readonly workers?: number
  /** Where it listens; on 127.0.0.1 and ::1 unless told otherwise. */
  readonly addresses?: readonly string[]
  /** Further sections of the configuration, over those made here. */
  readonly config?: Readonly<Record<string, unknown>>
  /** With the runtime's flags that it has on a box, for whoever measures it; always so where no test runs it. */
  readonly isAsShipped?: true
  /** Files beside `edge.yaml`, by relative path: lists. */
  readonly files?: Readonly<Record<string, string>>
  /** Where compiled code is kept between starts, as the unit files have it; where the tests keep their own when absent. */
  readonly compileCache?: string
  /** For lists that take longer to compile than a test's do. */
  readonly startTimeoutMs?: number
  /** A name of the configuration's lists or denials; the agent counts as started once it is blocked. */
  readonly untilBlocked?: string
}

export interface AgentExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface AgentProcess {
  readonly pid: number
  /** DNS over UDP and TCP, on 127.0.0.1 and ::1. */
  readonly port: number
  readonly metricsUrl: string
  readonly folder: string
  readonly stateDir: string
  readonly configFile: string
  /** From the start of the process until it answers, or blocks `untilBlocked`. */
  readonly startedInMs: number
  /** Standard error so far: one JSON line an entry. */
  readonly log: () => string
  /** Resolves when the process has ended, however it did. */
  readonly exited: Promise<AgentExit>
  readonly isRunning: () => boolean
  /** SIGTERM, then SIGKILL when that takes too long. Ends at once where the process is gone. */
  readonly stop: () => Promise<AgentExit>
  /** SIGKILL: what a power cut leaves of a process. */
  readonly kill: () => Promise<AgentExit>
}

/**
 * Starts an agent and waits until it answers. Throws, with its log, when it ends before or takes too long. The agent
 * goes down with this process, however this one ends.
 */
export async function startAgentProcess(options: AgentProcessOptions): Promise<AgentProcess> {
  const port = options.port ?? (await freeDnsPort())
  const metricsPort = await freeDnsPort()
  const configFile = writeConfig(options, port, metricsPort)
  const stateDir = join(options.folder, 'state')
  const startedAt = performance.now()
  const { passed = [] } = options
  const program = process.env['TAP'] === undefined || options.isAsShipped ? AS_SHIPPED : QUICK
  const words = ['agent', '--supervised', '--state', stateDir, '--config', configFile]
  // The shell becomes the agent, so that the number of its process is the agent's.
  const child = spawn('/bin/sh', ['-c', 'LISTEN_PID=$$ exec "$0" "$@"', ...program, ...words], {
    cwd: options.folder,
    env: environmentOf(options),
    stdio: ['pipe', 'ignore', 'pipe', ...passed],
  })
  const running = watch(child)
  await waitUntilAnswering(running, port, options)
  return {
    ...running,
    port,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    folder: options.folder,
    stateDir,
    configFile,
    startedInMs: performance.now() - startedAt,
  }
}

/** The metrics as Prometheus gets them. Queries are answered before metrics are. */
export async function metricsOf({ metricsUrl }: Pick<AgentProcess, 'metricsUrl'>): Promise<string> {
  for (let tries = 0; ; tries++)
    try {
      return await (await fetch(metricsUrl)).text()
    } catch (error) {
      if (tries === METRICS_TRIES_MAX) throw error
      await sleep(METRICS_POLL_MS)
    }
}

type Running = Pick<AgentProcess, 'pid' | 'log' | 'exited' | 'isRunning' | 'stop' | 'kill'>

function watch(child: ChildProcess): Running {
  let log = ''
  child.stderr?.on('data', (part) => {
    log = `${log}${part}`.slice(-LOG_CHARS_MAX)
  })
  child.stdin?.on('error', () => undefined)
  const exited = new Promise<AgentExit>((resolve) => {
    child.once('error', (error) => {
      log += String(error)
      resolve({ code: null, signal: null })
    })
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const end = (signal: NodeJS.Signals): Promise<AgentExit> => {
    child.kill(signal)
    return exited
  }
  return {
    pid: child.pid ?? 0,
    log: () => log,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      return end('SIGTERM').finally(() => clearTimeout(timer))
    },
    kill: () => end('SIGKILL'),
  }
}

async function waitUntilAnswering(
  running: Running,
  port: number,
  { untilBlocked, startTimeoutMs = START_TIMEOUT_MS }: AgentProcessOptions,
): Promise<void> {
  const giveUpAt = performance.now() + startTimeoutMs
  while (performance.now() < giveUpAt && running.isRunning()) {
    if (await isAnswering(port, untilBlocked)) return
    await sleep(POLL_MS)
  }
  await running.kill()
  throw new Error(`the agent did not start to answer:\n${running.log()}`)
}

async function isAnswering(port: number, untilBlocked: string | undefined): Promise<boolean> {
  const at = { port, timeoutMs: PROBE_TIMEOUT_MS }
  try {
    const reply = await ask(untilBlocked ?? 'localhost', 'A', at)
    return untilBlocked === undefined || rcodeOf(reply) === NXDOMAIN
  } catch {
    return false
  }
}

/** JSON is YAML 1.2, so the file needs no writer of its own. */
function writeConfig(options: AgentProcessOptions, port: number, metricsPort: number): string {
  const { folder, upstreamPorts, config = {}, files = {} } = options
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const whole = {
    listen: {
      dns: (options.addresses ?? ['127.0.0.1', '::1']).map((address) => ({ address, port })),
      metrics: { address: '127.0.0.1', port: metricsPort },
      ...(options.udp && { udp: options.udp }),
      ...(options.workers && { workers: options.workers }),
    },
    upstreams: upstreamPorts.map((upstream) => ({ address: '127.0.0.1', port: upstream })),
    collector: { url: NO_COLLECTOR },
    ...config,
  }
  const file = join(folder, 'edge.yaml')
  writeFileSync(file, JSON.stringify(whole, undefined, 2))
  return file
}

/** Nothing of systemd, of a caller's choices or of a proxy reaches the agent. */
function environmentOf(options: AgentProcessOptions): NodeJS.ProcessEnv {
  const { compileCache = process.env['NODE_COMPILE_CACHE'], passed = [], environment } = options
  const { HOME, PATH, LANG } = process.env
  const listen = passed.length > 0 ? { LISTEN_FDS: String(passed.length) } : {}
  const clean = { HOME, PATH, LANG, ...listen, ...environment }
  return compileCache === undefined ? clean : { ...clean, NODE_COMPILE_CACHE: compileCache }
}
