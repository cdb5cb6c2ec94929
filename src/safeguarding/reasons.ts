import type { Moment } from '#domain/signal.ts'
import { daysOf, sitesOf } from './count-rule.ts'
import type { Judgement, Observation } from './judge.ts'
import type { Rule } from './weights.ts'

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

const MOMENT_TEXTS: Readonly<Partial<Record<Moment, string>>> = {
  break: 'in a break',
  evening: 'in the evening',
  night: 'at night',
  closed: 'while the school was closed',
}

/**
 * Why something was judged as it was, for a person: each completes "this device, or who used it, ...". No name, no user and no
 * theme stands in them. The first sums up, then come the rules that hold, then what made points count more or less.
 */
export function reasonsOf(
  { rules, parts }: Judgement,
  observations: readonly Observation[],
  book: readonly Rule[],
): readonly string[] {
  const held = saidOnce(book.filter(({ id }) => rules.includes(id)).map(({ says }) => says))
  const reasons = [summaryOf(observations), ...held]
  const isMeantSaid = held.some((says) => says.endsWith(MEANT))
  const newest = observations.reduce<Observation | undefined>(
    (latest, one) => (latest && latest.at >= one.at ? latest : one),
    undefined,
  )
  for (const { part, value } of parts) {
    if (part === 'intent' && !(isMeantSaid && isMeant(value))) reasons.push(intentText(value))
    if (part === 'identity' && value < 0.5) reasons.push('may be anybody: who it was is not sure')
    if (part === 'novelty') reasons.push('was the first at this school to ask for that site')
    if (part === 'sequence') reasons.push(wayRoundText(observations))
    if (part === 'burst') reasons.push('had far more blocked lookups than it has as a rule')
  }
  const moment = newest && MOMENT_TEXTS[newest.moment]
  if (moment) reasons.push(`asked ${moment}`)
  return reasons
}

function summaryOf(observations: readonly Observation[]): string {
  const sites = sitesOf(observations)
  const days = daysOf(observations)
  const what = sites === 1 ? 'one such site' : `${inWords(sites)} such sites`
  return `asked for ${what} on ${days === 1 ? 'one day' : `${inWords(days)} days`}`
}

/** Without those that another one says as well, with more to it. */
export function saidOnce(says: readonly string[]): readonly string[] {
  return says.filter((one) => !says.some((other) => other.startsWith(`${one} `)))
}

const MEANT = 'as people do who mean it'

function isMeant(intent: number): boolean {
  return intent >= 0.8
}

function intentText(value: number): string {
  if (isMeant(value)) return `asked ${MEANT}`
  if (value >= 0.5) return 'asked in a way that does not tell whether somebody meant it'
  return 'asked as adverts, embeds and background programs do'
}

function wayRoundText(observations: readonly Observation[]): string {
  const seconds = observations.reduce(
    (least, { wayRoundAfterSeconds = Infinity }) => Math.min(least, wayRoundAfterSeconds),
    Infinity,
  )
  const minutes = Math.ceil(seconds / 60)
  const when = minutes <= 1 ? 'within a minute' : `within ${inWords(minutes)} minutes`
  return `then looked for a way round the filter ${when}`
}

function inWords(count: number): string {
  return WORDS[count] ?? String(count)
}
