/** A made-up school week for pictures of the console: `.test` names, RFC 5737 addresses, no real person or place. */

import { makeBaseline } from '#agent/rules/baseline.ts'
import type { LinkChanged, LinkSampled, LookupBlocked } from '#domain/event.ts'
import type { ListStatus } from '#domain/ingest.ts'
import { themesWithoutList } from '#rules/categories.ts'
import { type CollectorClient, lookup, makeEvent, makeStatus } from '../support/collector-client.ts'
import type { FakeWallClock } from '../support/fake-wall-clock.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const SAMPLE_MS = 300_000
/** From the first lookup of the newest event until the pictures are taken. */
const STORY_MS = 12 * MINUTE_MS
const REVISION_MS = 70_000
const SAMPLES = 276

/**
 * Tells the collector of both boxes as they would tell it themselves. The clock moves on by STORY_MS, which is the time
 * that the newest event takes to grow.
 */
export async function tellSchoolWeek(
  primary: CollectorClient,
  academy: CollectorClient,
  clock: FakeWallClock,
): Promise<void> {
  const now = clock.wallMs() + STORY_MS
  await tellLine(academy, now)
  await tellLookups(academy, now, clock)
  await primary.postStatus(statusOf(primary, now, 'up'))
  await academy.postStatus(statusOf(academy, now, 'degraded'))
}

/** One event that grows before the reader's eyes, so that its history shows; the others as they came. */
async function tellLookups(
  box: CollectorClient,
  now: number,
  { advance }: FakeWallClock,
): Promise<void> {
  const [growing, ...others] = lookups(now)
  if (growing === undefined) return
  const told = others.map((body, index) => makeEvent(body, index + 1, { at: body.lastAt }))
  const first = makeEvent(growing, told.length + 1, { at: growing.firstAt })
  await box.postBatch(box.batch([...told, first]))
  for (const [index, count] of [3, 4, 6].entries()) {
    advance(REVISION_MS)
    const at = growing.firstAt + (index + 1) * REVISION_MS
    const body = { ...growing, count, lastAt: at }
    const of = { id: first.id, revision: index + 2, at }
    await box.postBatch(box.batch([makeEvent(body, first.sequence + index + 1, of)]))
  }
  advance(STORY_MS - 3 * REVISION_MS)
}

function lookups(now: number): readonly LookupBlocked[] {
  const at = (agoMs: number, change: Partial<LookupBlocked>): LookupBlocked =>
    lookup({ firstAt: now - agoMs, lastAt: now - agoMs + 50_000, count: 1, ...change })
  const client = (address: string): Pick<LookupBlocked, 'client'> => ({ client: { address } })
  const clear = (name: string): Pick<LookupBlocked, 'name'> => ({ name: { form: 'clear', name } })
  return [
    at(STORY_MS, {
      ...client('192.0.2.44'),
      ...clear('forum.quiet-harbour.test'),
      ...SELF_HARM,
    }),
    at(95 * MINUTE_MS, {
      ...client('192.0.2.61'),
      ...clear('play.lucky-reels.test'),
      ...GAMBLING,
      count: 4,
    }),
    at(3 * HOUR_MS, {
      ...client('198.51.100.20'),
      name: { form: 'hash', hash: 'bWFkZS11cA' },
      ...ILLEGAL,
    }),
    at(5 * HOUR_MS, {
      ...client('192.0.2.17'),
      ...clear('app.imaginary-friend.test'),
      ...COMPANION,
      count: 2,
    }),
    at(27 * HOUR_MS, {
      ...client('2001:db8:20::1:7'),
      ...clear('meet.random-room.test'),
      ...STRANGERS,
      count: 2,
    }),
    at(2 * DAY_MS, { ...client('192.0.2.90'), ...clear('fast-tunnel.test'), ...VPN, count: 9 }),
    at(3 * DAY_MS, { ...client('203.0.113.8'), ...clear('cloud-nine-vapes.test'), ...VAPES }),
  ]
}

const SCHOOL_LIST = 'school-safeguarding'
const SELF_HARM = {
  category: 'harm.selfharm',
  theme: 'self-harm',
  severity: 'high',
  group: 'ks4',
  list: SCHOOL_LIST,
} as const
const GAMBLING = {
  category: 'commerce.gambling',
  theme: 'gambling',
  severity: 'low',
  group: 'ks5',
  list: 'ut1',
} as const
const ILLEGAL = {
  category: 'illegal.csam',
  theme: 'illegal',
  severity: 'critical',
  group: 'guest',
  list: 'canaries',
} as const
const COMPANION = {
  category: 'ai.companion',
  theme: 'ai-contact',
  severity: 'medium',
  group: 'ks3',
  list: SCHOOL_LIST,
} as const
const STRANGERS = {
  category: 'contact.anon_chat',
  theme: 'contact',
  severity: 'high',
  group: 'ks3',
  list: SCHOOL_LIST,
} as const
const VPN = {
  category: 'bypass.vpn',
  theme: 'circumvention',
  severity: 'low',
  group: 'ks5',
  list: 'ut1',
} as const
const VAPES = {
  category: 'crime.vape_alcohol_tobacco',
  theme: 'substance',
  severity: 'low',
  group: 'ks4',
  list: SCHOOL_LIST,
} as const

/** A day of five-minute samples with one outage and a slow afternoon. */
async function tellLine(box: CollectorClient, now: number): Promise<void> {
  const samples = Array.from({ length: SAMPLES }, (_, index) =>
    sampleAt(index, now - (SAMPLES - index) * SAMPLE_MS),
  )
  const numbered = samples.map((body, index) => makeEvent(body, index + 1, { at: body.to }))
  await box.postBatch(box.batch(numbered))
  const changes = lineChanges(now).map((body, index) =>
    makeEvent(body, SAMPLES + index + 1, { at: body.since }),
  )
  await box.postBatch(box.batch(changes))
}

function sampleAt(index: number, to: number): LinkSampled {
  const isOut = index >= 150 && index < 156
  const isSlow = index > 262
  const mean = 9 + 3 * Math.sin(index / 21) + (index % 5) / 2 + (isSlow ? 140 : 0)
  const rttMs = { min: mean - 2, mean, max: mean + 8 }
  const probe = { target: '192.0.2.53', probe: 'dns', sent: 30 } as const
  const lost = isOut ? 30 : isSlow ? 7 : index % 60 === 0 ? 1 : 0
  return {
    kind: 'link-sampled',
    from: to - SAMPLE_MS,
    to,
    state: isOut ? 'down' : isSlow ? 'degraded' : 'up',
    probes: [isOut ? { ...probe, lost } : { ...probe, lost, rttMs }],
  }
}

function lineChanges(now: number): readonly LinkChanged[] {
  const ago = (samples: number): number => now - (SAMPLES - samples) * SAMPLE_MS
  const changed = { kind: 'link-changed', detail: '' } as const
  return [
    {
      ...changed,
      from: 'up',
      to: 'down',
      cause: 'line',
      detail: 'the router does not answer',
      since: ago(150),
    },
    { ...changed, from: 'down', to: 'up', cause: 'none', since: ago(156) },
    {
      ...changed,
      from: 'up',
      to: 'degraded',
      cause: 'line',
      detail: '23% of probes lost in the last minute',
      since: ago(263),
    },
  ]
}

function statusOf(box: CollectorClient, now: number, state: 'up' | 'degraded') {
  const lists = [...ownLists(now), ...shippedLists()]
  const isUp = state === 'up'
  return makeStatus(box.appliance, {
    at: now,
    policy: isUp ? '3f9a61c204d7be58' : '9a5e0caf48d8e3b1',
    startedAt: now - 9 * DAY_MS,
    lists,
    themesWithoutList: themesWithoutList(new Set([...makeBaseline().categoriesPresent, ...OWN])),
    link: {
      state,
      cause: isUp ? 'none' : 'line',
      detail: isUp ? 'all upstreams answer' : '23% of probes lost in the last minute',
      since: isUp ? now - 4 * DAY_MS : now - 13 * SAMPLE_MS,
      upstreams: [
        { target: '192.0.2.53', state: 'up', rttMs: isUp ? 9.4 : 151, lossRatio: isUp ? 0 : 0.23 },
        {
          target: '2001:db8::53',
          state: 'up',
          rttMs: isUp ? 10.1 : 148,
          lossRatio: isUp ? 0 : 0.2,
        },
      ],
    },
  })
}

const OWN = [
  'harm.selfharm',
  'contact.anon_chat',
  'crime.vape_alcohol_tobacco',
  'bypass.vpn',
] as const

function ownLists(now: number): readonly ListStatus[] {
  const list = { version: new Date(now - 2 * DAY_MS).toISOString().slice(0, 10) }
  return [
    {
      ...list,
      id: 'ut1',
      title: 'Public categories',
      licence: 'CC BY-SA 4.0',
      source: 'https://lists.example.org/',
      categories: ['commerce.gambling', 'bypass.vpn', 'media.games'],
      names: 225_381,
      refusedLines: 23_244,
      updatedAt: now - 2 * DAY_MS,
    },
    {
      ...list,
      id: SCHOOL_LIST,
      title: 'Collected by our safeguarding team',
      licence: 'our own',
      source: 'edge.yaml',
      categories: ['harm.selfharm', 'contact.anon_chat', 'crime.vape_alcohol_tobacco'],
      names: 41,
      refusedLines: 0,
      updatedAt: now - 20 * DAY_MS,
    },
  ]
}

/** The first of the sets that ship with the product: enough for a picture. */
function shippedLists(): readonly ListStatus[] {
  return makeBaseline()
    .lists.slice(0, 4)
    .map(({ id, title, licence, source, version, categories, names, refusedLines, updatedAt }) => {
      return { id, title, licence, source, version, categories, names, refusedLines, updatedAt }
    })
}
