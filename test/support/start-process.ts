/** `supercloud-edge start` as a process of its own: supervisor, agent, collector and console, all on free ports. */
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freeDnsPort } from './free-port.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'supercloud-edge')
const START_TIMEOUT_MS = 60_000
/** The last line of the "try it" block. */
const READY = /^configuration: .*\n/m

export interface StartProcess {
  readonly pid: number
  readonly dnsPort: number
  readonly metricsUrl: string
  readonly collectorMetricsUrl: string
  readonly consoleUrl: string
  readonly stateDir: string
  readonly configFile: string
  /** Standard output and standard error so far. */
  readonly said: () => string
  /** Runs another command on the same state folder; returns what it prints. */
  readonly edge: (...words: readonly string[]) => string
  /** SIGTERM; tells the exit code and how long it took. */
  readonly stop: () => Promise<{ readonly code: number | null; readonly tookMs: number }>
}

/** Starts everything in `folder` (short: Unix sockets live in it) and waits for the "try it" block. */
export async function startEverything(
  folder: string,
  config: Readonly<Record<string, unknown>>,
): Promise<StartProcess> {
  const [dnsPort, metricsPort, consolePort, collectorMetricsPort] = await Promise.all([
    freeDnsPort(),
    freeDnsPort(),
    freeDnsPort(),
    freeDnsPort(),
  ])
  const stateDir = join(folder, 's')
  const configFile = join(folder, 'edge.yaml')
  const whole = {
    listen: {
      dns: [
        { address: '127.0.0.1', port: dnsPort },
        { address: '::1', port: dnsPort },
      ],
      metrics: { address: '127.0.0.1', port: metricsPort },
    },
    collector: { url: `http://127.0.0.1:${consolePort}` },
    ...config,
  }
  writeFileSync(configFile, JSON.stringify(whole))
  const words = ['start', '--state', stateDir, '--config', configFile]
  words.push(
    '--console',
    `127.0.0.1:${consolePort}`,
    '--metrics',
    `127.0.0.1:${collectorMetricsPort}`,
  )
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (part) => (said += String(part)))
  child.stderr.on('data', (part) => (said += String(part)))
  const exited = new Promise<number | null>((resolve) =>
    child.once('close', (code) => resolve(code)),
  )
  const giveUpAt = performance.now() + START_TIMEOUT_MS
  while (!READY.test(said)) {
    if (child.exitCode !== null || performance.now() > giveUpAt)
      throw new Error(`did not start:\n${said}`)
    await sleep(25)
  }
  return {
    pid: child.pid ?? 0,
    dnsPort,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    collectorMetricsUrl: `http://127.0.0.1:${collectorMetricsPort}/metrics`,
    consoleUrl: `http://127.0.0.1:${consolePort}`,
    stateDir,
    configFile,
    said: () => said,
    edge: (...more) => execFileSync(PROGRAM, [...more, '--state', stateDir], { encoding: 'utf8' }),
    stop: async () => {
      const startedAt = performance.now()
      child.kill('SIGTERM')
      return { code: await exited, tookMs: performance.now() - startedAt }
    },
  }
}
