/** The kinds of questions there are, each by itself, and a mix as schools ask it. */
import { neverAsked } from './steady-load.ts'

const POPULAR_NAMES = 2_000

export interface KindOfQuestion {
  readonly title: string
  readonly perSecond: number
  readonly names: (round: number) => readonly string[]
}

export interface KindsOptions {
  readonly listed: readonly string[]
  readonly perSecond: number
  /** For so long there are questions that nobody has asked. */
  readonly seconds: number
}

export function kindsOfQuestions({
  listed,
  perSecond,
  seconds,
}: KindsOptions): readonly KindOfQuestion[] {
  const count = perSecond * seconds
  return [
    { title: 'all cached', perSecond, names: popular },
    { title: 'all blocked', perSecond, names: () => listed.slice(0, count) },
    {
      title: '60 % cached, 30 % blocked, 10 % forwarded',
      perSecond,
      names: (round) => schoolMix(listed, count, round),
    },
  ]
}

/** Names that everybody asks for. */
export function popular(): readonly string[] {
  return Array.from({ length: POPULAR_NAMES }, (_, i) => `popular${i}.example.org`)
}

/** Of ten questions six are cached, three blocked, and one is new to everybody. */
function schoolMix(listed: readonly string[], count: number, round: number): readonly string[] {
  const once = neverAsked(round, count)
  return Array.from({ length: count }, (_, i) => {
    if (i % 10 === 9) return once[i] ?? ''
    if (i % 10 > 5) return listed[i % listed.length] ?? ''
    return `popular${i % POPULAR_NAMES}.example.org`
  })
}
