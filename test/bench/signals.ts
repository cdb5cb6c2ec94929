/** What it costs to look at lookups together and to log them: CPU a query with and without, in pairs, and the signal thread's share of a core. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFailure } from '#domain/failure.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { popular } from './mixes.ts'
import type { Report } from './report.ts'
import { spread, withRange } from './spread.ts'
import { compileSteadyClient } from './steady-client.ts'
import { measureSteady } from './steady-load.ts'

const RATES = [1_500, 60_000] as const
const WARM_UP = { perSecond: 5_000, seconds: 6 } as const
const SECONDS = { quick: 1, full: 3 } as const
const NANOS = 1e9
/** So that no client's own bound makes the load smaller than that of a school: all come from one address. */
const ONE_CLIENT = { 'signal-names-per-client': 100_000 }

interface Options {
  readonly folder: string
  readonly upstreamPort: number
  readonly rounds: number
  readonly quick: boolean
}

interface Pair {
  readonly off: number
  readonly on: number
  readonly ratio: number
  /** Percent of a core, of the signal thread and of that of the log. */
  readonly signals: number
  readonly queries: number
}

export async function benchSignals(report: Report, options: Options): Promise<void> {
  report.heading('Signals and the query log')
  const { folder, rounds, quick } = options
  const program = compileSteadyClient(folder)
  if (isFailure(program)) return report.text(`Not measured: ${program.detail}`)
  const agents = { off: await start(false, options), on: await start(true, options) }
  const names = popular()
  const load = { program, folder, names }
  try {
    for (const agent of quick ? [] : Object.values(agents))
      await measureSteady(agent, { ...load, ...WARM_UP })
    const rows: (readonly string[])[] = []
    for (const perSecond of RATES) {
      const pairs: Pair[] = []
      const one = { ...load, perSecond, seconds: quick ? SECONDS.quick : SECONDS.full }
      for (let round = 0; round < rounds; round++) pairs.push(await pairOf(agents, one, round))
      rows.push(rowOf(perSecond, pairs))
    }
    report.text(
      `Both on, as by default, and both off; ${rounds} pairs, medians (least to most). Requirements: at most 1.05 at 60,000 a second, and 5 % of a core for the signal thread at 1,500.`,
    )
    report.table(
      ['a second', 'CPU us off', 'CPU us on', 'on to off', 'signal thread %', 'log thread %'],
      rows,
    )
  } finally {
    await agents.off.stop()
    await agents.on.stop()
  }
}

async function start(enabled: boolean, { folder, upstreamPort }: Options): Promise<AgentProcess> {
  const home = join(folder, `signals-${enabled}`)
  mkdirSync(home)
  return startAgentProcess({
    folder: home,
    upstreamPorts: [upstreamPort],
    addresses: ['127.0.0.1'],
    startTimeoutMs: 120_000,
    config: {
      networks: [{ cidr: '127.0.0.0/8', group: 'ks4' }],
      limits: { ...NO_CLIENT_LIMITS, ...ONE_CLIENT },
      signals: { enabled },
      queries: { enabled },
    },
  })
}

/** Whoever is first in a pair changes with the round. */
async function pairOf(
  { off, on }: { readonly off: AgentProcess; readonly on: AgentProcess },
  load: Parameters<typeof measureSteady>[1],
  round: number,
): Promise<Pair> {
  const measureOn = async () => {
    const before = [threadSeconds(on.pid, 'signals'), threadSeconds(on.pid, 'queries')] as const
    const fromMs = performance.now()
    const { cpuMicros } = await measureSteady(on, load)
    const seconds = (performance.now() - fromMs) / 1000
    const percent = (name: string, from: number): number =>
      ((threadSeconds(on.pid, name) - from) / seconds) * 100
    return {
      cpuMicros,
      signals: percent('signals', before[0]),
      queries: percent('queries', before[1]),
    }
  }
  const first = round % 2 === 0 ? await measureSteady(off, load) : undefined
  const running = await measureOn()
  const without = first ?? (await measureSteady(off, load))
  const { cpuMicros: onMicros, signals, queries } = running
  return {
    off: without.cpuMicros,
    on: onMicros,
    ratio: onMicros / without.cpuMicros,
    signals,
    queries,
  }
}

/** CPU time of a process's threads of a name (/proc/PID/task/N/comm). */
function threadSeconds(pid: number, name: string): number {
  const tasks = `/proc/${pid}/task`
  const ours = readdirSync(tasks).filter(
    (task) => readFileSync(`${tasks}/${task}/comm`, 'latin1').trim() === name,
  )
  const nanos = ours.map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ', 1)[0]),
  )
  return nanos.reduce((sum, one) => sum + one, 0) / NANOS
}

function rowOf(perSecond: number, pairs: readonly Pair[]): readonly string[] {
  const figure = (key: keyof Pair, digits: number): string =>
    withRange(spread(pairs.map((pair) => pair[key])), (value) => value.toFixed(digits))
  return [
    String(perSecond),
    figure('off', 2),
    figure('on', 2),
    figure('ratio', 3),
    figure('signals', 1),
    figure('queries', 1),
  ]
}
