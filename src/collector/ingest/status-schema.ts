import { z } from 'zod'
import { LINK_CAUSES, LINK_STATES } from '#domain/event.ts'
import type { HiddenSchool } from '#domain/hidden-school.ts'
import type {
  IdentityStatus,
  LinkStatus,
  ListStatus,
  MetricFamily,
  StatusReport,
  UpstreamStatus,
} from '#domain/ingest.ts'
import type { LockedStatus } from '#domain/locked-status.ts'
import {
  SETUP_ITEMS_MAX,
  SETUP_STATES,
  SETUP_TEXT_MAX,
  type SetupItem,
} from '#domain/setup-item.ts'
import { count, instant, key, line, ratio, roundTrip, word } from './text-limits.ts'

const LISTS_MAX = 500
const THEMES_MAX = 100
const UPSTREAMS_MAX = 32
const FAULTS_MAX = 100
const FAMILIES_MAX = 500
const SAMPLES_MAX = 5000
const LOCKED_CATEGORIES_MAX = 20

const list: z.ZodType<ListStatus> = z.object({
  id: word,
  title: line,
  licence: line,
  source: line,
  version: line,
  categories: z.array(word).max(THEMES_MAX),
  names: count,
  refusedLines: count,
  updatedAt: instant,
})

const upstream: z.ZodType<UpstreamStatus> = z.object({
  target: z.string().max(255),
  state: z.enum(['up', 'down', 'unknown']),
  rttMs: roundTrip.exactOptional(),
  lossRatio: ratio,
})

const link: z.ZodType<LinkStatus> = z.object({
  state: z.enum(LINK_STATES),
  cause: z.enum(LINK_CAUSES),
  detail: line,
  since: instant,
  upstreams: z.array(upstream).max(UPSTREAMS_MAX),
})

const metricFamily: z.ZodType<MetricFamily> = z.object({
  name: z.string().max(200),
  help: z.string().max(1000),
  type: z.enum(['counter', 'gauge', 'histogram']),
  samples: z
    .array(
      z.object({
        name: z.string().max(200),
        labels: z.record(z.string().max(100), z.string().max(500)),
        // JSON writes NaN as null; such a sample is left out of the export, not a reason to refuse the report.
        value: z.number().catch(Number.NaN),
      }),
    )
    .max(SAMPLES_MAX),
})

const identity: z.ZodType<IdentityStatus> = z.object({
  devices: count,
  people: count,
  queries: z.object({ certain: count, strong: count, fair: count, weak: count, none: count }),
})

const locked: z.ZodType<LockedStatus> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('lost'), problem: line }),
  z.object({
    kind: z.literal('in-force'),
    publisher: word,
    serial: count,
    madeAt: instant,
    // A category that we do not know is let through: a newer box may have it.
    names: z
      .record(word, count)
      .refine((names) => Object.keys(names).length <= LOCKED_CATEGORIES_MAX, 'too many'),
    problem: line.exactOptional(),
  }),
])

const hiddenSchool: z.ZodType<HiddenSchool> = z.object({
  address: z.string().min(1).max(64),
  by: z.enum(['share', 'named-clients']),
  share: ratio,
  since: instant,
})

const setupItem: z.ZodType<SetupItem> = z.object({
  item: word,
  state: z.enum(SETUP_STATES),
  say: z.string().max(SETUP_TEXT_MAX),
  remedy: z.string().max(SETUP_TEXT_MAX),
})

/** What a box says of itself. */
export const statusSchema: z.ZodType<StatusReport> = z.object({
  v: z.literal(1),
  appliance: key,
  at: instant,
  version: word,
  node: word,
  startedAt: instant,
  policy: word,
  lists: z.array(list).max(LISTS_MAX),
  themesWithoutList: z.array(z.string().max(200)).max(THEMES_MAX),
  locked: locked.exactOptional(),
  identity: identity.exactOptional(),
  hiddenSchool: hiddenSchool.exactOptional(),
  link,
  outbox: z.object({ waiting: count, dropped: count }),
  faults: z.array(z.object({ at: instant, part: word, text: line })).max(FAULTS_MAX),
  setup: z.array(setupItem).max(SETUP_ITEMS_MAX).exactOptional(),
  metrics: z.array(metricFamily).max(FAMILIES_MAX),
})
