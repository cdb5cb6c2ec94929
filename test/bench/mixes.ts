/** What each kind of question costs by itself, and a mix as schools ask it. */
import type { BenchServer } from './bench-server.ts'
import { measureSteady, neverAsked, type SteadyLoad } from './steady-load.ts'

const POPULAR_NAMES = 2_000
/** Every forwarded question costs the upstream as well, on the same machine. */
const FORWARDED_RATE_MAX = 2_000
/** Questions that are asked before and after the figures count. */
const SPARE_SECONDS = 6

export interface MixFigures {
  readonly mix: string
  readonly load: SteadyLoad
}

export interface MixOptions {
  readonly program: string
  readonly folder: string
  readonly listed: readonly string[]
  readonly perSecond: number
  readonly seconds: number
}

export async function measureMixes(
  server: Pick<BenchServer, 'pid' | 'port'>,
  { listed, perSecond, seconds, ...rest }: MixOptions,
): Promise<readonly MixFigures[]> {
  const forwardedRate = Math.min(perSecond, FORWARDED_RATE_MAX)
  const run = (names: readonly string[], rate = perSecond): Promise<SteadyLoad> =>
    measureSteady(server, { ...rest, names, perSecond: rate, seconds })
  const count = perSecond * (seconds + SPARE_SECONDS)
  return [
    { mix: 'cached', load: await run(popular(POPULAR_NAMES)) },
    { mix: 'blocked', load: await run(listed.slice(0, count)) },
    { mix: '60-30-10', load: await run(schoolMix(listed, count)) },
    {
      mix: 'forwarded',
      load: await run(neverAsked(3, forwardedRate * (seconds + SPARE_SECONDS)), forwardedRate),
    },
  ]
}

function popular(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `popular${i}.example.org`)
}

/** Of ten questions six are cached, three blocked, and one is new to everybody. */
function schoolMix(listed: readonly string[], count: number): readonly string[] {
  const once = neverAsked(2, count)
  return Array.from({ length: count }, (_, i) => {
    if (i % 10 === 9) return once[i] ?? ''
    if (i % 10 > 5) return listed[i % listed.length] ?? ''
    return `popular${i % POPULAR_NAMES}.example.org`
  })
}
