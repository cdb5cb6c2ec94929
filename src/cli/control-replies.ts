import { z } from 'zod'
import { type Failure, failure } from '#domain/failure.ts'
import type { LockedStatus } from '#domain/locked-status.ts'
import { SIGNALS_FIELDS, type SignalsReply } from './signal-rows.ts'

/**
 * What the command line reads of the answers on the control sockets: only what it shows. A newer agent may say more; an
 * answer that lacks something here is a fault.
 */
export interface StatusReply extends SignalsReply {
  readonly state: 'ok' | 'degraded'
  readonly reasons: readonly string[]
  readonly version: string
  readonly node: string
  readonly startedAt: number
  readonly policy: string
  readonly config: {
    readonly file?: string | undefined
    readonly refused: readonly string[]
  }
  readonly time: { readonly now: string; readonly notes: readonly string[] }
  readonly releases: readonly ReleaseReply[]
  readonly page: {
    readonly state: string
    readonly parts: readonly {
      readonly part: string
      readonly isWell: boolean
      readonly detail: string
    }[]
  }
  /** An older agent does not say, nor of the recursor. */
  readonly identity?:
    | {
        readonly devices: number
        readonly people: number
        readonly queries: Readonly<Record<string, number>>
      }
    | undefined
  readonly recursor?: { readonly state: string; readonly detail: string } | undefined
  readonly openRequests: number
  readonly selftest?:
    | {
        readonly at: number
        readonly passed: number
        readonly failed: number
        readonly unknown: number
      }
    | undefined
  readonly listeners: readonly ListenerReply[]
  readonly metricsUrl: string
  readonly capture: { readonly state: 'on' | 'off'; readonly detail: string }
  readonly link: LinkReply
  readonly lists: readonly { readonly names: number; readonly refusedLines: number }[]
  readonly themesWithoutList: readonly string[]
  readonly locked?: LockedStatus | undefined
  readonly outbox: { readonly waiting: number; readonly dropped: number }
  readonly faults: readonly { readonly at: number; readonly part: string; readonly text: string }[]
}

export interface ReleaseReply {
  readonly id: string
  readonly group: string
  readonly target: string
  readonly reason: string
  readonly who: string
  readonly until: string
  readonly counts: boolean
}

export interface RequestReply {
  readonly reference: string
  readonly group: string
  readonly name: string
  readonly category?: string | undefined
  readonly why: string
  readonly lesson?: string | undefined
  readonly minutes?: number | undefined
  readonly count: number
  readonly firstAt: string
  readonly lastAt: string
  readonly closed?:
    | { readonly at: string; readonly who: string; readonly answer: string }
    | undefined
}

export interface CheckReply {
  readonly check: string
  readonly group?: string | undefined
  readonly passed: number
  readonly failed: readonly string[]
  readonly unknown: readonly string[]
}

export interface SelftestReply {
  readonly at: number
  readonly tookMs: number
  readonly passed: number
  readonly failed: number
  readonly unknown: number
  readonly checks: readonly CheckReply[]
}

export interface ListenerReply {
  readonly transport: string
  readonly address: string
  readonly port: number
}

export interface LinkReply {
  readonly state: string
  readonly cause: string
  readonly detail: string
  readonly since: number
  readonly upstreams: readonly UpstreamReply[]
}

export interface UpstreamReply {
  readonly target: string
  readonly state: string
  readonly rttMs?: number | undefined
  readonly lossRatio: number
}

export interface ExplainReply {
  readonly name: string
  readonly type: string
  readonly group: string
  readonly time: string
  readonly stages: readonly { readonly stage: string; readonly say: string }[]
  readonly verdict: string
  readonly reason: string
}

export interface CountsReply {
  readonly rows: readonly {
    readonly day: string
    readonly category: string
    readonly events: number
    readonly lookups: number
  }[]
  readonly waiting: number
}

/** A safeguarding event as it is shown: a name is absent where only its hash is kept. */
export interface RevealedReply {
  readonly at: number
  readonly body: {
    readonly group: string
    readonly category: string
    readonly client: { readonly address: string; readonly device?: string | undefined }
    readonly name: { readonly name?: string | undefined }
    readonly count: number
  }
}

const upstream: z.ZodType<UpstreamReply> = z.object({
  target: z.string(),
  state: z.string(),
  rttMs: z.number().optional(),
  lossRatio: z.number(),
})

const link: z.ZodType<LinkReply> = z.object({
  state: z.string(),
  cause: z.string(),
  detail: z.string(),
  since: z.number(),
  upstreams: z.array(upstream),
})

export const releaseReply: z.ZodType<ReleaseReply> = z.object({
  id: z.string(),
  group: z.string(),
  target: z.string(),
  reason: z.string(),
  who: z.string(),
  until: z.string(),
  counts: z.boolean(),
})

export const releasesReply: z.ZodType<{ readonly releases: readonly ReleaseReply[] }> = z.object({
  releases: z.array(releaseReply),
})

const locked: z.ZodType<LockedStatus> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('lost'), problem: z.string() }),
  z.object({
    kind: z.literal('in-force'),
    publisher: z.string(),
    serial: z.number(),
    madeAt: z.number(),
    names: z.record(z.string(), z.number()),
    problem: z.string().exactOptional(),
  }),
])
export const requestReply: z.ZodType<RequestReply> = z.object({
  reference: z.string(),
  group: z.string(),
  name: z.string(),
  category: z.string().optional(),
  why: z.string(),
  lesson: z.string().optional(),
  minutes: z.number().optional(),
  count: z.number(),
  firstAt: z.string(),
  lastAt: z.string(),
  closed: z.object({ at: z.string(), who: z.string(), answer: z.string() }).optional(),
})

export const requestsReply: z.ZodType<{ readonly requests: readonly RequestReply[] }> = z.object({
  requests: z.array(requestReply),
})

const counted = { passed: z.number(), failed: z.number(), unknown: z.number() }

export const selftestReply: z.ZodType<SelftestReply> = z.object({
  at: z.number(),
  tookMs: z.number(),
  ...counted,
  checks: z.array(
    z.object({
      check: z.string(),
      group: z.string().optional(),
      passed: z.number(),
      failed: z.array(z.string()),
      unknown: z.array(z.string()),
    }),
  ),
})

export const statusReply: z.ZodType<StatusReply> = z.object({
  state: z.enum(['ok', 'degraded']),
  reasons: z.array(z.string()),
  version: z.string(),
  node: z.string(),
  startedAt: z.number(),
  policy: z.string(),
  config: z.object({ file: z.string().optional(), refused: z.array(z.string()) }),
  time: z.object({ now: z.string(), notes: z.array(z.string()) }),
  releases: z.array(releaseReply),
  page: z.object({
    state: z.string(),
    parts: z.array(z.object({ part: z.string(), isWell: z.boolean(), detail: z.string() })),
  }),
  identity: z
    .object({
      devices: z.number(),
      people: z.number(),
      queries: z.record(z.string(), z.number()),
    })
    .optional(),
  recursor: z.object({ state: z.string(), detail: z.string() }).optional(),
  ...SIGNALS_FIELDS,
  openRequests: z.number(),
  selftest: z.object({ at: z.number(), ...counted }).optional(),
  listeners: z.array(z.object({ transport: z.string(), address: z.string(), port: z.number() })),
  metricsUrl: z.string(),
  capture: z.object({ state: z.enum(['on', 'off']), detail: z.string() }),
  link,
  lists: z.array(z.object({ names: z.number(), refusedLines: z.number() })),
  themesWithoutList: z.array(z.string()),
  locked: locked.optional(),
  outbox: z.object({ waiting: z.number(), dropped: z.number() }),
  faults: z.array(z.object({ at: z.number(), part: z.string(), text: z.string() })),
})

export const explainReply: z.ZodType<ExplainReply> = z.object({
  name: z.string(),
  type: z.string(),
  group: z.string(),
  time: z.string(),
  stages: z.array(z.object({ stage: z.string(), say: z.string() })),
  verdict: z.string(),
  reason: z.string(),
})

export const countsReply: z.ZodType<CountsReply> = z.object({
  rows: z.array(
    z.object({ day: z.string(), category: z.string(), events: z.number(), lookups: z.number() }),
  ),
  waiting: z.number(),
})

export const revealReply: z.ZodType<{ readonly events: readonly RevealedReply[] }> = z.object({
  events: z.array(
    z.object({
      at: z.number(),
      body: z.object({
        group: z.string(),
        category: z.string(),
        client: z.object({ address: z.string(), device: z.string().optional() }),
        name: z.object({ name: z.string().optional() }),
        count: z.number(),
      }),
    }),
  ),
})

/** Of the collector. */
export const collectorReply: z.ZodType<{ readonly consoleUrl: string }> = z.object({
  consoleUrl: z.string(),
})

export const signInReply: z.ZodType<{ readonly code: string }> = z.object({
  code: z.string().max(64),
})

/** Reads an answer by its schema. Never throws. */
export function readReply<T>(schema: z.ZodType<T>, reply: unknown): T | Failure<'faulty'> {
  const { data, error } = schema.safeParse(reply)
  if (data !== undefined) return data
  const place = error?.issues[0]?.path.join('.') ?? ''
  return failure('faulty', `its answer is not understood (${place}); are both of one version?`)
}
