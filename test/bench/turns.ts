/**
 * The same of all servers in turns, round after round: what disturbs the machine for a while disturbs them all, and each round is a
 * comparison by itself.
 */
import type { BenchServer } from './bench-server.ts'
import { highestRate } from './highest-rate.ts'
import { kindsOfQuestions } from './mixes.ts'
import { measureSteady, neverAsked, type SteadyLoad } from './steady-load.ts'

/** The first two are where schools live. */
const RATES = [1_500, 5_000, 20_000, 60_000] as const
const FORWARDED_PER_SECOND = 2_000
/** Questions beyond those that count: before, and while the client is told to end. */
const SPARE_SECONDS = 5
/** Before the first round: caches fill, and what compiles itself while it runs has done so. */
const WARM_UP = { perSecond: 5_000, seconds: 12 } as const

export type TurnServer = Pick<BenchServer, 'name' | 'pid' | 'port'>

export interface TurnOptions {
  readonly program: string
  readonly folder: string
  readonly names: readonly string[]
  readonly mix: readonly string[]
  readonly quick: boolean
  readonly rounds: number
  readonly has: (section: 'rates' | 'mixes' | 'forward' | 'highest') => boolean
}

/** One figure to be taken of each server. */
interface Turn {
  readonly section: 'rates' | 'mixes' | 'forward'
  readonly title: string
  readonly perSecond: number
  /** What to ask; in no round the same where it must be new. */
  readonly names: (round: number) => readonly string[]
}

export interface TurnFigures {
  readonly section: Turn['section']
  readonly title: string
  readonly perSecond: number
  readonly server: string
  /** A round each. */
  readonly loads: readonly SteadyLoad[]
}

export interface HighestFigures {
  readonly server: string
  readonly rates: readonly number[]
}

export interface AllTurns {
  readonly servers: readonly string[]
  readonly rounds: number
  readonly turns: readonly TurnFigures[]
  /** Absent where shares of the processor cannot be given. */
  readonly highest: readonly HighestFigures[] | undefined
}

export async function takeTurns(
  servers: readonly TurnServer[],
  options: TurnOptions,
): Promise<AllTurns> {
  const { program, folder, quick, rounds, has } = options
  const seconds = quick ? 1 : 1.5
  const turns = theTurns(options, seconds).filter(({ section }) => has(section))
  const loads = new Map<string, SteadyLoad[]>()
  for (const server of quick ? [] : servers)
    await measureSteady(server, { program, folder, names: options.mix, ...WARM_UP })
  for (let round = 0; round < rounds; round++)
    for (const { section, title, perSecond, names } of turns) {
      const asked = names(round)
      for (const server of inTurn(servers, round)) {
        if (server.name === 'floor' && section !== 'rates') continue
        const load = { program, folder, names: asked, perSecond, seconds }
        const key = `${server.name} ${section} ${title}`
        loads.set(key, [...(loads.get(key) ?? []), await measureSteady(server, load)])
      }
    }
  const figures = turns.flatMap(({ section, title, perSecond }) =>
    servers.map(({ name }) => ({
      section,
      title,
      perSecond,
      server: name,
      loads: loads.get(`${name} ${section} ${title}`) ?? [],
    })),
  )
  const answering = servers.filter(({ name }) => name !== 'floor')
  const highest = has('highest') ? await takeHighest(answering, options) : undefined
  return { servers: servers.map(({ name }) => name), rounds, turns: figures, highest }
}

async function takeHighest(
  servers: readonly TurnServer[],
  { program, folder, mix, quick }: TurnOptions,
): Promise<readonly HighestFigures[] | undefined> {
  const found = new Map<string, number[]>(servers.map(({ name }) => [name, []]))
  for (let round = 0; round < (quick ? 1 : 3); round++)
    for (const server of inTurn(servers, round)) {
      const rate = await highestRate(server, { program, folder, names: mix })
      if (rate === undefined) return undefined
      found.get(server.name)?.push(rate)
    }
  return [...found].map(([server, rates]) => ({ server, rates }))
}

/** Whoever begins a round has the machine as the one before left it. */
function inTurn<T>(all: readonly T[], round: number): readonly T[] {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

function theTurns({ names, mix, quick }: TurnOptions, seconds: number): readonly Turn[] {
  const rates = quick ? RATES.slice(0, 1) : RATES
  const perSecond = quick ? 1_500 : 5_000
  const count = seconds + SPARE_SECONDS
  return [
    ...rates.map((rate) => ({
      section: 'rates' as const,
      title: `two cached, one blocked, at ${rate} a second`,
      perSecond: rate,
      names: () => mix,
    })),
    ...kindsOfQuestions({ listed: names, perSecond, seconds: count }).map((kind) => ({
      section: 'mixes' as const,
      ...kind,
      title: `${kind.title}, at ${kind.perSecond} a second`,
    })),
    {
      section: 'forward' as const,
      title: `each forwarded, at ${FORWARDED_PER_SECOND} a second`,
      perSecond: FORWARDED_PER_SECOND,
      names: (round) => neverAsked(1_000 + round, FORWARDED_PER_SECOND * count),
    },
  ]
}
