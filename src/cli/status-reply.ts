import { z } from 'zod'
import type { LockedStatus } from '#domain/locked-status.ts'
import { type ReleaseReply, releaseReply } from './release-reply.ts'
import { counted } from './selftest-reply.ts'
import { SIGNALS_FIELDS, type SignalsReply } from './signal-rows.ts'

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
