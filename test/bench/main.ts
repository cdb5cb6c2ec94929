/**
 * `npm run bench`: the index by itself, then the agent beside dnsmasq, unbound, kresd and dnsdist with the same names: start, memory,
 * queries a second and CPU a query, and what clients feel while all names are exchanged. Figures are printed, never asserted;
 * compare them within one run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isFailure } from '#domain/failure.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { benchNames, madeUpNames, otherNames } from './bench-names.ts'
import { type BenchServer, type ServerOptions, startOurs } from './bench-server.ts'
import { startFloor } from './floor-server.ts'
import { type IndexFigures, indexFigures, patternRate } from './index-figures.ts'
import { benchLocked } from './locked.ts'
import { type MixFigures, measureMixes } from './mixes.ts'
import { isInstalled, PEERS, startPeer } from './peer-server.ts'
import { Report } from './report.ts'
import { type LoadFigures, makeMix, measureLoad, measureSwap, type SwapFigures } from './servers.ts'
import { type Spread, withRange } from './spread.ts'
import { compileSteadyClient } from './steady-client.ts'
import { measureSteady, neverAsked, type SteadyLoad } from './steady-load.ts'

const SECTIONS = ['index', 'locked', 'load', 'rates', 'mixes', 'forward', 'swap'] as const
const FIRST_MARKER = 'marker-of-the-first-list.example.org'
/** Enough for two minutes of asking every 20 ms. */
const SECOND_MARKERS = Array.from({ length: 6_000 }, (_, i) => `marker${i}.second-list.example.org`)

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [...SECTIONS] },
    server: { type: 'string', multiple: true },
    names: { type: 'string' },
    ut1: { type: 'string' },
    rate: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const NAMES = Number(values.names ?? (values.quick ? 60_000 : 1_000_000))
const SECONDS = values.quick ? 1 : 8
const SWAP_PER_SECOND = Number(values.rate ?? (values.quick ? 4_000 : 20_000))
/** The first two are where schools live. */
const RATES = values.quick ? [1_500] : [1_500, 5_000, 20_000, 60_000]
const FORWARDED_PER_SECOND = 2_000
const MIXES_PER_SECOND = values.quick ? 1_500 : 5_000
/** CPU a query, as a multiple of what receiving and sending alone costs. */
const OVER_FLOOR_MAX = 2.5
const MANY_NAMES = 5_000_000
const PATTERNS = 128

const SERVER_SECTIONS = ['load', 'rates', 'mixes', 'forward', 'swap'] as const
const has = (section: (typeof SECTIONS)[number]): boolean => values.only.includes(section)
const unknown = values.only.filter((section) => !SECTIONS.some((one) => one === section))
if (unknown.length > 0)
  throw new Error(`--only ${unknown.join(' ')}: sections are ${SECTIONS.join(', ')}`)

const report = new Report()
const folder = mkdtempSync(join(tmpdir(), 'edge-bench-'))
const upstream = await startRealUpstream({ everyName: '192.0.2.53' })
if (isFailure(upstream)) throw new Error(upstream.detail)
try {
  const { names, realCount } = benchNames(NAMES, folder, values.ut1)
  report.text(
    `${names.length} names, ${realCount} of them UT1's, the others made up. ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}; load of the machine before: ${loadavg()[0]?.toFixed(1)}.`,
  )
  if (has('index')) benchIndex(names)
  if (has('locked')) benchLocked()
  if (SERVER_SECTIONS.some(has)) await benchServers(names, upstream.port)
  if (values.write) report.write(join(import.meta.dirname, '../../docs/benchmarks.md'))
} finally {
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

function benchIndex(names: readonly string[]): void {
  report.heading('The index')
  const sizes = values.quick ? [names] : [names, madeUpNames(MANY_NAMES, 0)]
  report.table(
    [
      'names',
      'MB',
      'bytes a name',
      'compile s a million',
      'CPU s a million',
      'peak over base MB',
      'load ms a million',
    ],
    sizes.map((list) => indexRow(indexFigures(list, folder))),
  )
  report.table(
    ['patterns on one top-level name', 'look-ups a second under it'],
    [0, PATTERNS].map((count) => [String(count), millions(patternRate(count))]),
  )
}

function indexRow(figures: IndexFigures): readonly string[] {
  const { names, snapshotBytes, compileMs, cpuMs, overBaseMib, loadMs } = figures
  const perMillion = (value: number): number => (value / names) * 1e6
  report.text(
    `${names} names: median look-ups a second ${millions(figures.listed)} listed, ${millions(figures.belowListed)} below listed, ${millions(figures.notListed)} not listed.`,
  )
  return [
    String(names),
    (snapshotBytes / 1e6).toFixed(1),
    (snapshotBytes / names).toFixed(1),
    (perMillion(compileMs) / 1000).toFixed(2),
    (perMillion(cpuMs) / 1000).toFixed(2),
    (overBaseMib * 1.048_576).toFixed(1),
    withRange(loadMs, (ms) => perMillion(ms).toFixed(0)),
  ]
}

interface ServerFigures {
  readonly server: BenchServer
  readonly load: LoadFigures | undefined
  readonly rates: readonly SteadyLoad[]
  readonly mixes: readonly MixFigures[]
  readonly forward: SteadyLoad | undefined
  readonly swap: SwapFigures | undefined
}

async function benchServers(names: readonly string[], upstreamPort: number): Promise<void> {
  const program = compileSteadyClient(folder)
  if (isFailure(program))
    report.text(`No swap is measured, nor a steady rate, without a C compiler: ${program.detail}`)
  const mix = makeMix(names, values.quick ? 10_000 : 30_000)
  const others = [
    ...mix.filter((_, i) => i % 3 === 0),
    ...otherNames(names.length),
    ...SECOND_MARKERS,
  ]
  const figures: ServerFigures[] = []
  const measure = async (name: string, start: (o: ServerOptions) => Promise<BenchServer>) => {
    if (values.server && !values.server.includes(name)) return
    const home = join(folder, name)
    mkdirSync(home)
    const listed = [...names, FIRST_MARKER]
    const server = await start({
      folder: home,
      names: listed,
      upstreamPort,
      untilBlocked: FIRST_MARKER,
    })
    try {
      process.stderr.write(`${name} blocks after ${Math.round(server.startedInMs)} ms\n`)
      const load = has('load')
        ? await measureLoad(server, { folder: home, mix, seconds: SECONDS })
        : undefined
      const steady = async (
        rate: number,
        asked: readonly string[],
      ): Promise<SteadyLoad | undefined> =>
        isFailure(program)
          ? undefined
          : measureSteady(server, {
              program,
              folder: home,
              names: asked,
              perSecond: rate,
              seconds: SECONDS,
            })
      const rates: SteadyLoad[] = []
      for (const rate of has('rates') ? RATES : [])
        rates.push(...[(await steady(rate, mix)) ?? []].flat())
      const mixes =
        has('mixes') && !isFailure(program)
          ? await measureMixes(server, {
              program,
              folder: home,
              listed: names,
              perSecond: MIXES_PER_SECOND,
              seconds: SECONDS,
            })
          : []
      const onceEach = neverAsked(1, FORWARDED_PER_SECOND * (SECONDS + 5))
      const forward = has('forward') ? await steady(FORWARDED_PER_SECOND, onceEach) : undefined
      const options = {
        folder: home,
        mix,
        others,
        markers: SECOND_MARKERS,
        perSecond: SWAP_PER_SECOND,
        settleMs: values.quick ? 300 : 1_000,
      }
      const swap =
        has('swap') && !isFailure(program)
          ? await measureSwap(server, { ...options, program })
          : undefined
      figures.push({ server, load, rates, mixes, forward, swap })
    } finally {
      await server.stop()
    }
  }
  await measure('ours', startOurs)
  for (const recipe of PEERS) {
    if (isInstalled(recipe)) await measure(recipe.name, (options) => startPeer(recipe, options))
    else report.text(`${recipe.name} is not installed and left out.`)
  }
  const floor = has('rates') && !isFailure(program) ? await measureFloor(program, mix) : []
  tellServers(figures, floor)
}

/** The same mix, of a server that only echoes. */
async function measureFloor(
  program: string,
  names: readonly string[],
): Promise<readonly SteadyLoad[]> {
  const server = await startFloor(folder)
  if (isFailure(server)) {
    report.text(`No floor is measured: ${server.detail}`)
    return []
  }
  const found: SteadyLoad[] = []
  for (const perSecond of RATES)
    found.push(await measureSteady(server, { program, folder, names, perSecond, seconds: SECONDS }))
  await server.stop()
  return found
}

function tellServers(figures: readonly ServerFigures[], floor: readonly SteadyLoad[]): void {
  report.heading('Servers')
  report.table(
    ['server', 'version'],
    figures.map(({ server }) => [server.name, server.version]),
  )
  if (has('load'))
    report.table(
      [
        'server',
        'start s',
        'MiB',
        'MiB with 20,000 cached',
        'MiB under load',
        'queries/s',
        'CPU us a query',
      ],
      figures.map(({ server, load }) => [server.name, ...(load ? loadRow(load) : [])]),
    )
  if (has('rates')) {
    report.text('The same mix at steady rates: CPU microseconds a query, and p99 in ms.')
    report.table(
      ['server', ...RATES.flatMap((rate) => [`us at ${rate}/s`, 'p99'])],
      [
        ...figures.map(({ server, rates }) => [server.name, ...rates.flatMap(steadyCells)]),
        ['floor', ...floor.flatMap(steadyCells)],
      ],
    )
    tellOverFloor(figures, floor)
  }
  if (has('mixes'))
    report.table(
      ['server', 'mix', 'a second', 'CPU us a query', 'p50 ms', 'p99 ms', 'p99.9 ms', 'lost'],
      figures.flatMap(({ server, mixes }) => mixes.map((one) => [server.name, ...mixRow(one)])),
    )
  if (has('forward')) {
    report.text(
      `Names that nobody has asked before, ${FORWARDED_PER_SECOND} a second, every one forwarded.`,
    )
    report.table(
      ['server', 'CPU us a query', 'p99 ms', 'lost'],
      figures.map(({ server, forward }) => [
        server.name,
        ...(forward ? [...steadyCells(forward), String(forward.latencies.lost)] : []),
      ]),
    )
  }
  if (has('swap')) {
    report.text(
      `All names exchanged under ${SWAP_PER_SECOND} queries a second; lost: no answer within 5 s; a figure is "lost" where that share of the queries got no answer. "During" is from the word to reload until half a second after the new list is in force.`,
    )
    report.table(
      [
        'server',
        'reload s',
        'MiB more',
        'asked',
        'lost',
        'p99 ms before',
        'p50 ms during',
        'p99 ms during',
        'longest ms',
        'odd answers',
      ],
      figures.map(({ server, swap }) => [server.name, ...(swap ? swapRow(swap) : [])]),
    )
  }
}

/** The floor receives and sends with the same calls, so what is above it is the work on queries. */
function tellOverFloor(figures: readonly ServerFigures[], floor: readonly SteadyLoad[]): void {
  const ours = figures.find(({ server }) => server.name === 'ours')
  if (!ours || floor.length === 0) return
  const shares = RATES.map((rate, i) => {
    const over = (ours.rates[i]?.cpuMicros ?? Number.NaN) / (floor[i]?.cpuMicros ?? Number.NaN)
    return `${over.toFixed(2)} at ${rate}/s`
  })
  report.text(
    `The floor receives and sends back in batches and does nothing else. CPU a query of ours as a multiple of it: ${shares.join(', ')}; aimed at: at most ${OVER_FLOOR_MAX}.`,
  )
}

function mixRow({ mix, load }: MixFigures): readonly string[] {
  const { perSecond, cpuMicros, latencies } = load
  const { p50Ms, p99Ms, p999Ms, lost } = latencies
  return [
    mix,
    String(perSecond),
    cpuMicros.toFixed(1),
    ...[p50Ms, p99Ms, p999Ms].map(delay),
    String(lost),
  ]
}

function loadRow(load: LoadFigures): readonly string[] {
  return [
    (load.startedInMs / 1000).toFixed(2),
    load.atRestMib.toFixed(0),
    load.with20kCachedMib.toFixed(0),
    load.underLoadMib.toFixed(0),
    load.perSecond.toFixed(0),
    load.cpuMicros.toFixed(1),
  ]
}

function steadyCells({ cpuMicros, latencies }: SteadyLoad): readonly string[] {
  return [cpuMicros.toFixed(1), delay(latencies.p99Ms)]
}

function swapRow({
  reloadMs,
  grewMib,
  all,
  before,
  during,
  oddRcodes,
}: SwapFigures): readonly string[] {
  return [
    (reloadMs / 1000).toFixed(2),
    grewMib.toFixed(0),
    String(all.asked),
    String(all.lost),
    delay(before.p99Ms),
    delay(during.p50Ms),
    delay(during.p99Ms),
    delay(during.maxMs),
    String(oddRcodes),
  ]
}

/** Milliseconds; without end where the queries of that share were lost. */
function delay(ms: number): string {
  return Number.isFinite(ms) ? ms.toFixed(2) : 'lost'
}

function millions(perSecond: Spread): string {
  return `${withRange(perSecond, (one) => (one / 1e6).toFixed(2))} M`
}
