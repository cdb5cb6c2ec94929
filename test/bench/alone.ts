/** What is measured of one server while no other runs: it takes the whole machine. */
import { otherNames } from './bench-names.ts'
import type { BenchServer } from './bench-server.ts'
import type { Report } from './report.ts'
import { delay } from './report.ts'
import { type LoadFigures, measureLoad, measureSwap, type SwapFigures } from './servers.ts'

const LOAD_HEAD = [
  'server',
  'start s',
  'MiB',
  'MiB with 20,000 cached',
  'MiB under load',
  'queries/s',
  'CPU us a query',
]

/** Enough for two minutes of asking every 20 ms. */
const SECOND_MARKERS = Array.from({ length: 6_000 }, (_, i) => `marker${i}.second-list.example.org`)

export interface AloneFigures {
  readonly server: BenchServer
  readonly load: LoadFigures | undefined
  readonly swap: SwapFigures | undefined
  readonly perSecond: number
}

export interface AloneOptions {
  readonly program: string
  readonly folder: string
  readonly names: readonly string[]
  readonly mix: readonly string[]
  readonly quick: boolean
  /** Questions while names are exchanged. */
  readonly perSecond: number
  readonly has: Has
}

type Has = (section: 'load' | 'swap') => boolean

export async function measureAlone(
  server: BenchServer,
  { program, folder, names, mix, quick, perSecond, has }: AloneOptions,
): Promise<AloneFigures> {
  const load = has('load')
    ? await measureLoad(server, { folder, mix, seconds: quick ? 1 : 8 })
    : undefined
  const others = [
    ...mix.filter((_, i) => i % 3 === 0),
    ...otherNames(names.length),
    ...SECOND_MARKERS,
  ]
  const settleMs = quick ? 300 : 1_000
  const options = { program, folder, mix, others, markers: SECOND_MARKERS, perSecond, settleMs }
  const swap = has('swap') ? await measureSwap(server, options) : undefined
  return { server, load, swap, perSecond }
}

export function tellAlone(
  report: Report,
  figures: readonly AloneFigures[],
  { has }: { readonly has: Has },
): void {
  report.heading('Each server alone')
  report.table(
    ['server', 'version'],
    figures.map(({ server }) => [server.name, server.version]),
  )
  if (has('load')) tellLoad(report, figures)
  if (has('swap')) tellSwap(report, figures)
}

export interface BareFigures {
  readonly name: string
  readonly load: LoadFigures
}

/** The same servers with nothing to block. */
export function tellBare(report: Report, figures: readonly BareFigures[]): void {
  report.text('Without a list: one name is blocked, and popular names are asked.')
  report.table(
    LOAD_HEAD,
    figures.map(({ name, load }) => [name, ...loadRow(load)]),
  )
}

function tellLoad(report: Report, figures: readonly AloneFigures[]): void {
  report.table(
    LOAD_HEAD,
    figures.map(({ server, load }) => [server.name, ...(load ? loadRow(load) : [])]),
  )
}

function tellSwap(report: Report, figures: readonly AloneFigures[]): void {
  report.text(
    `All names exchanged under ${figures[0]?.perSecond} queries a second; lost: no answer within 5 s; a figure is "lost" where that share of the queries got no answer. "During" is from the word to reload until half a second after the new list is in force.`,
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

function swapRow(swap: SwapFigures): readonly string[] {
  const { reloadMs, grewMib, all, before, during, oddRcodes } = swap
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
