/**
 * `npm run bench`: the index by itself, then the agent beside dnsmasq, unbound, kresd and dnsdist with the same names: each alone (start,
 * memory, queries a second, what clients feel while all names are exchanged), then all in turns (CPU a query and latency at steady rates
 * and of each kind of question, and the highest rate with the same share of the processor). Figures are printed, never asserted; compare
 * them within one run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isFailure } from '#domain/failure.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { type AloneFigures, type BareFigures, measureAlone, tellAlone, tellBare } from './alone.ts'
import { benchNames } from './bench-names.ts'
import { type BenchServer, type ServerOptions, startOurs } from './bench-server.ts'
import { startFloor } from './floor-server.ts'
import { benchIdentity } from './identity.ts'
import { benchIndex } from './index-section.ts'
import { benchLocked } from './locked.ts'
import { popular } from './mixes.ts'
import { isInstalled, PEERS, startPeer } from './peer-server.ts'
import { benchQueries } from './queries.ts'
import { Report } from './report.ts'
import { makeMix, measureLoad } from './servers.ts'
import { benchSignals } from './signals.ts'
import { compileSteadyClient } from './steady-client.ts'
import { tellTurns } from './tell-turns.ts'
import { takeTurns } from './turns.ts'

const ALONE = ['load', 'swap', 'bare'] as const
const IN_TURNS = ['rates', 'mixes', 'forward', 'highest'] as const
const SECTIONS = [
  'index',
  'locked',
  'identity',
  'signals',
  'queries',
  ...ALONE,
  ...IN_TURNS,
] as const
/** Each starts an agent three times. */
const IDENTITY_ROUNDS = 3
const FIRST_MARKER = 'marker-of-the-first-list.example.org'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [...SECTIONS] },
    server: { type: 'string', multiple: true },
    names: { type: 'string' },
    rounds: { type: 'string' },
    ut1: { type: 'string' },
    rate: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const { quick } = values
const NAMES = Number(values.names ?? (quick ? 60_000 : 1_000_000))
const ROUNDS = Number(values.rounds ?? (quick ? 1 : 9))
const has = (section: (typeof SECTIONS)[number]): boolean => values.only.includes(section)
const unknown = values.only.filter((section) => !SECTIONS.some((one) => one === section))
if (unknown.length > 0)
  throw new Error(`--only ${unknown.join(' ')}: sections are ${SECTIONS.join(', ')}`)
if (!Number.isInteger(ROUNDS) || ROUNDS < 1 || ROUNDS % 2 === 0)
  throw new Error(`--rounds ${values.rounds}: an odd number, so that there is one in the middle`)

const report = new Report()
const folder = mkdtempSync(join(tmpdir(), 'edge-bench-'))
const upstream = await startRealUpstream({ everyName: '192.0.2.53' })
if (isFailure(upstream)) throw new Error(upstream.detail)
try {
  const { names, realCount } = benchNames(NAMES, folder, values.ut1)
  report.text(
    `${names.length} names, ${realCount} of them UT1's, the others made up. ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}; load of the machine before: ${loadavg()[0]?.toFixed(1)}.`,
  )
  if (has('index')) benchIndex(report, { names, folder, quick })
  if (has('locked')) benchLocked()
  if (has('identity'))
    await benchIdentity(report, {
      folder,
      upstreamPort: upstream.port,
      rounds: Math.min(ROUNDS, IDENTITY_ROUNDS),
      quick,
    })
  if (has('signals'))
    await benchSignals(report, { folder, upstreamPort: upstream.port, rounds: ROUNDS, quick })
  if (has('queries')) benchQueries(report, { folder, quick })
  if ([...ALONE, ...IN_TURNS].some(has)) await benchServers(names, upstream.port)
  if (values.write)
    report.write(
      join(import.meta.dirname, '../../docs/benchmarks.md'),
      ['npm run bench --', ...process.argv.slice(2)].join(' '),
    )
} finally {
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

interface Candidate {
  readonly name: string
  readonly start: (options: ServerOptions) => Promise<BenchServer>
}

async function benchServers(names: readonly string[], upstreamPort: number): Promise<void> {
  const program = compileSteadyClient(folder)
  if (isFailure(program)) throw new Error(`the client is in C: ${program.detail}`)
  const mix = makeMix(names, quick ? 10_000 : 30_000)
  const candidates = theCandidates()
  const listed = [...names, FIRST_MARKER]
  const startOne = async (
    one: Candidate,
    place: string,
    blocked = listed,
  ): Promise<BenchServer> => {
    const home = join(folder, `${place}-${one.name}`)
    mkdirSync(home)
    const options = { folder: home, names: blocked, upstreamPort, untilBlocked: FIRST_MARKER }
    const server = await one.start(options)
    process.stderr.write(`${one.name} blocks after ${Math.round(server.startedInMs)} ms\n`)
    return server
  }
  const common = { program, folder, names, mix, quick }
  if (has('load') || has('swap')) {
    const found: AloneFigures[] = []
    for (const one of candidates) {
      const server = await startOne(one, 'alone')
      const perSecond = Number(values.rate ?? (quick ? 4_000 : 20_000))
      try {
        found.push(await measureAlone(server, { ...common, has, perSecond }))
      } finally {
        await server.stop()
      }
    }
    tellAlone(report, found, { has })
  }
  if (has('bare')) {
    const found: BareFigures[] = []
    for (const one of candidates) {
      const server = await startOne(one, 'bare', [FIRST_MARKER])
      try {
        const load = await measureLoad(server, { folder, mix: popular(), seconds: quick ? 1 : 4 })
        found.push({ name: one.name, load })
      } finally {
        await server.stop()
      }
    }
    tellBare(report, found)
  }
  if (!IN_TURNS.some(has)) return
  const servers: BenchServer[] = []
  const floor = await startFloor(folder)
  try {
    for (const one of candidates) servers.push(await startOne(one, 'turns'))
    const all = isFailure(floor) ? servers : [...servers, { name: 'floor', ...floor }]
    tellTurns(report, await takeTurns(all, { ...common, has, rounds: ROUNDS }))
  } finally {
    if (!isFailure(floor)) await floor.stop()
    for (const server of servers) await server.stop()
  }
}

/** Those asked for that are there, ours first. */
function theCandidates(): readonly Candidate[] {
  const isAsked = ({ name }: { readonly name: string }): boolean =>
    !values.server || values.server.includes(name)
  for (const recipe of PEERS)
    if (isAsked(recipe) && !isInstalled(recipe))
      report.text(`${recipe.name} is not installed and left out.`)
  return [
    { name: 'ours', start: startOurs },
    ...PEERS.filter(isInstalled).map((recipe) => ({
      name: recipe.name,
      start: (options: ServerOptions) => startPeer(recipe, options),
    })),
  ].filter(isAsked)
}
