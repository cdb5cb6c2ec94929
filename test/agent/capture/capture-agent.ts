import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventBody } from '#domain/event.ts'
import type { CaptureLab } from '#test/support/capture-lab.ts'
import { eventsIn, type OutboxEvent } from '#test/support/outbox-events.ts'
import { BLOCKED_NAME, LOOP_PORTS } from './dns-loop.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'supercloud-edge')
const METRICS_PORT = 9153
const STARTS_WITHIN_MS = 80_000
const POLL_MS = 100

/** A real agent in the box of a lab, which captures on its wire. */
export interface CaptureAgent {
  readonly process: ChildProcess
  readonly log: () => string
  /** Of its metrics; NaN where it has none of that name. */
  readonly figure: (name: string) => Promise<number>
  readonly isCapturing: () => Promise<boolean>
  readonly events: <K extends EventBody['kind']>(kind: K) => readonly OutboxEvent<K>[]
  /** What the command line says. */
  readonly edge: (...words: readonly string[]) => string
  /** Waits until it is so, and answers how long that took; throws, with the log, when it takes too long. */
  readonly becomes: (
    what: string,
    holds: () => boolean | Promise<boolean>,
    withinMs?: number,
  ) => Promise<number>
  readonly stop: () => Promise<void>
}

/** Resolves when it captures. */
export async function startCaptureAgent(
  lab: CaptureLab,
  capture: Readonly<Record<string, unknown>>,
): Promise<CaptureAgent> {
  const config = join(lab.folder, 'edge.yaml')
  const state = join(lab.folder, 's')
  mkdirSync(state, { mode: 0o700 })
  writeFileSync(config, JSON.stringify(configOf(capture)))
  const words = ['agent', '--supervised', '--state', state, '--config', config]
  const child = lab.inBox([PROGRAM, ...words])
  let log = ''
  child.stderr?.on('data', (part) => (log += String(part)))
  const figure = async (name: string): Promise<number> => {
    const line = (await metricsOf(lab)).split('\n').find((one) => one.startsWith(`${name} `))
    return Number(line?.split(' ').at(-1) ?? Number.NaN)
  }
  const agent: CaptureAgent = {
    process: child,
    log: () => log,
    figure,
    isCapturing: async () => (await figure('edge_capture_up')) === 1,
    events: (kind) => eventsIn(state, kind),
    edge: (...more) =>
      execFileSync(PROGRAM, [...more, '--state', state], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    becomes: async (what, holds, withinMs = STARTS_WITHIN_MS) => {
      const startedMs = performance.now()
      while (!(await holds())) {
        if (performance.now() - startedMs > withinMs)
          throw new Error(`waited in vain for ${what}:\n${log}`)
        await sleep(POLL_MS)
      }
      return performance.now() - startedMs
    },
    stop: async () => {
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      await closed
    },
  }
  await agent.becomes('the agent to capture', agent.isCapturing)
  return agent
}

function configOf(capture: Readonly<Record<string, unknown>>): object {
  return {
    listen: {
      dns: [{ address: '127.0.0.1', port: LOOP_PORTS.agent }],
      metrics: { address: '127.0.0.1', port: METRICS_PORT },
    },
    upstreams: [{ address: '127.0.0.1', port: LOOP_PORTS.upstream }],
    networks: [
      { cidr: '127.0.0.0/8', group: 'staff' },
      { cidr: '192.0.2.0/24', group: 'ks3' },
      { cidr: '2001:db8::/64', group: 'ks3' },
    ],
    deny: [{ name: BLOCKED_NAME, reason: 'a test' }],
    identity: { neighbours: false, names: { reverse: false } },
    capture: { interfaces: ['cap0'], ...capture },
  }
}

/** Empty before it listens. */
async function metricsOf(lab: CaptureLab): Promise<string> {
  const curl = lab.inBox(['curl', '-s', `http://127.0.0.1:${METRICS_PORT}/metrics`])
  let text = ''
  curl.stdout?.on('data', (part) => (text += String(part)))
  await once(curl, 'close')
  return text
}

/** The processes below one, with their words and what the kernel says of them. */
export interface Below {
  readonly words: readonly string[]
  readonly status: string
}

export function processesBelow(pid: number): readonly Below[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children
    .trim()
    .split(' ')
    .filter(Boolean)
    .flatMap((child): readonly Below[] => {
      const words = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').filter(Boolean)
      const status = readFileSync(`/proc/${child}/status`, 'utf8')
      return [{ words, status }, ...processesBelow(Number(child))]
    })
}
