/** What a box tells of itself in a term: its line, its lists, its rules, what pupils asked to have opened. Made up. */
import type { EventBody } from '#domain/event.ts'
import type { StatusReport } from '#domain/ingest.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { blocked, signal } from '../alert-lab.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const SAMPLE_MS = 300_000
const SAMPLE_EVERY_MS = 4 * HOUR_MS

/** A day of the line, sampled seldom: enough to know that the box was there. */
export function lineOfDay(dayMs: number): readonly EventBody[] {
  const probe = { target: '192.0.2.53', probe: 'dns', sent: 30, lost: 0 } as const
  return Array.from({ length: DAY_MS / SAMPLE_EVERY_MS }, (_, index) => {
    const to = dayMs + (index + 1) * SAMPLE_EVERY_MS - HOUR_MS
    const probes = [{ ...probe, rttMs: { min: 9, mean: 11, max: 20 } }]
    return { kind: 'link-sampled', from: to - SAMPLE_MS, to, state: 'up', probes }
  })
}

export function outage(fromMs: number, toMs: number): readonly EventBody[] {
  const changed = { kind: 'link-changed', detail: '' } as const
  return [
    { ...changed, from: 'up', to: 'down', cause: 'line', since: fromMs },
    { ...changed, from: 'down', to: 'up', cause: 'none', since: toMs },
  ]
}

const WANTED = [
  ['museum-of-made-up-things.test', 'media.games', 'for history, period 3'],
  ['chemistry-safety.test', 'crime.drugs', 'our teacher told us to'],
  ['museum-of-made-up-things.test', 'media.games', 'homework'],
  ['poems-about-sadness.test', 'harm.selfharm', 'English set text'],
] as const

/** Somebody asks for a blocked page, each time another of a few. */
export function unblockRequest(index: number): EventBody {
  const [name, category, why] = WANTED[index % WANTED.length] ?? WANTED[0]
  const list = 'Public categories'
  const request = `term-${index}`
  return {
    kind: 'unblock-requested',
    request,
    group: 'ks3',
    name,
    category,
    list,
    why,
    count: 1 + (index % 3),
  }
}

const LIST = {
  id: 'public',
  title: 'Public categories',
  licence: 'CC0-1.0',
  source: 'https://lists.example.org/',
  version: '1',
  categories: ['commerce.gambling'],
  names: 12_345,
  refusedLines: 3,
} as const

/** As on the school's wall: who asks is mostly known. */
export function statusOfDay(dayMs: number): Partial<StatusReport> {
  return {
    at: dayMs + 16 * HOUR_MS,
    startedAt: dayMs - 9 * DAY_MS,
    themesWithoutList: [],
    lists: [{ ...LIST, updatedAt: dayMs - 3 * DAY_MS }],
    identity: {
      devices: 412,
      people: 380,
      queries: { certain: 61_000, strong: 22_000, fair: 9000, weak: 4000, none: 2000 },
    },
  }
}

const ORDINARY: readonly CategoryId[] = [
  'adult.porn',
  'bypass.vpn',
  'adult.porn',
  'contact.anon_chat',
  'commerce.gambling',
  'harm.selfharm',
  'crime.vape_alcohol_tobacco',
]

/** What a school has to look at beside its stories: two pupils a day, who chose what they asked for. */
export function ordinaryLookups(day: number, at: number): readonly EventBody[] {
  return [2 * day, 2 * day + 1].flatMap((index) => ofOnePupil(index, at))
}

function ofOnePupil(index: number, at: number): readonly EventBody[] {
  const category = ORDINARY[index % ORDINARY.length] ?? 'adult.porn'
  const site = `made-up-${index}.test`
  return ['a', 'b'].map((page, number) =>
    blocked({
      category,
      at: at - 120_000 + number * 60_000,
      user: `y${7 + (index % 5)}-${index}`,
      group: index % 2 === 0 ? 'ks3' : 'ks4',
      site: `${page}.${site}`,
      signal: signal({ site, points: 50, isNew: number === 0 }),
    }),
  )
}
