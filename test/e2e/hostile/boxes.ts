/** Boxes that tell, in every text of every report that there is, each hostile text that is taken there. */

import type { Test } from 'tap'
import type { z } from 'zod'
import { deviceSchema } from '#collector/ingest/device-schema.ts'
import { eventBodies } from '#collector/ingest/event-schema.ts'
import { pollSchema, replySchema } from '#collector/ingest/policy-schema.ts'
import { statusSchema } from '#collector/ingest/status-schema.ts'
import { BOX_REPLY_PATH, POLICY_PATH, type PolicyNews } from '#domain/console-rules.ts'
import type { DeviceReport } from '#domain/device-report.ts'
import type { EventBody } from '#domain/event.ts'
import { signRequest } from '#platform/http-signing.ts'
import type { CollectorClient } from '#test/support/collector-client.ts'
import { device, network } from '#test/support/device-rows.ts'
import type { FakeWallClock } from '#test/support/fake-wall-clock.ts'
import type { RunningCollector } from '#test/support/running-collector.ts'
import { type Crop, sow } from './from-schema.ts'
import { TEXTS } from './texts.ts'

const BOX_NAME_MAX = 200
/** What makes an event one that somebody is told of at once. */
const GRAVE = {
  kind: 'lookup-blocked',
  category: 'harm.suicide',
  theme: 'suicide',
  severity: 'critical',
  profile: 'secondary',
  confidence: 95,
  signal: {
    weights: 1,
    intent: 90,
    why: 'anchor',
    moment: 'lesson',
    distinctNames: 1,
    isNew: true,
    parts: [{ part: 'weight', value: 45 }],
    points: 60,
  },
} as const

const FEW = 3
/** Of these there are as many as there are texts, however few boxes. */
const WHOLE: ReadonlySet<string> = new Set(['grave', 'asked', 'reply'])
const POLL_MS = 200

interface PollAsked {
  readonly poll: object
  readonly nowMs: number
  readonly consoleUrl: string
}

interface BoxesAsked {
  readonly collector: RunningCollector
  readonly clock: FakeWallClock
  readonly many: boolean
}

/** What ends something ends one that is nowhere: the others stay open. */
const ENDS: Readonly<Record<string, object>> = {
  'unblock-closed': { request: '__proto__' },
  'release-ended': { release: '__proto__' },
}

export interface Boxes {
  readonly clients: readonly CollectorClient[]
  /** What each kind of report made of the texts, by its name. */
  readonly crops: ReadonlyMap<string, Crop>
  /** How the first box answers what it is asked from now on. */
  readonly answer: (how: 'gladly' | 'never') => void
}

/** Few boxes tell the first of each that they could say; many tell all. */
export async function tellOfBoxes(t: Test, { collector, clock, many }: BoxesAsked): Promise<Boxes> {
  const nowMs = clock.wallMs()
  const count = many ? TEXTS.length : FEW
  const crops = new Map<string, Crop>()
  const crop = (name: string, schema: z.ZodType, fixed = {}): readonly unknown[] => {
    const grown = sow(schema, { texts: TEXTS, nowMs, fixed })
    crops.set(name, grown)
    return many || WHOLE.has(name) ? grown.documents : grown.documents.slice(0, FEW)
  }
  const clients = TEXTS.slice(0, count).map((name) =>
    collector.client({ name: name.slice(0, BOX_NAME_MAX), now: clock.wallMs }),
  )
  const bodies = Object.entries(eventBodies).flatMap(([kind, schema]) =>
    crop(kind, schema, ENDS[kind]),
  )
  const grave = crop('grave', eventBodies['lookup-blocked'], GRAVE)
  const asked = crop('asked', eventBodies['unblock-requested'], {
    name: 'lesson.example.org',
    category: 'commerce.gambling',
  }).map((one, index) => ({ ...(one as object), request: `request-${index}` }))
  const statuses = crop('status', statusSchema)
  const polls = crop('poll', pollSchema)
  const devices = crop('devices', deviceSchema)
  for (const [index, client] of clients.entries()) {
    const own = <T>(all: readonly T[]): readonly T[] =>
      all.filter((_, at) => at % clients.length === index)
    const { appliance } = client
    await well(
      client.report(...(own([...grave, ...asked, ...bodies]) as readonly EventBody[])),
      200,
    )
    const [status, poll] = [own(statuses)[0] as object, own(polls).at(-1) as object]
    await well(client.postStatus({ ...status, appliance }), 204)
    await well(
      client.postDevices(devicesOf(appliance, index === 0 ? devices : own(devices), nowMs)),
      204,
    )
    if (index > 0) await pollOnce(client, { poll, nowMs, consoleUrl: collector.consoleUrl })
  }
  return { clients, crops, answer: playBox(t, clients, crop('reply', replySchema)) }
}

async function well(asked: Promise<Response>, status: number): Promise<void> {
  const answer = await asked
  if (answer.status !== status) throw new Error(`${answer.status} ${await answer.text()}`)
}

/** Devices and networks of all these in one, each with an address of its own. */
function devicesOf(appliance: string, documents: readonly unknown[], at: number): DeviceReport {
  const all = documents as readonly DeviceReport[]
  const moments = { firstSeenAt: at, lastSeenAt: at }
  return {
    ...(all[0] as DeviceReport),
    appliance,
    at,
    series: 'one',
    part: 0,
    isWhole: true,
    devices: all.flatMap(({ devices }, index) => {
      const { id, mac, addresses } = device(index)
      return devices.map((row) => ({ ...row, ...moments, id, ...(mac && { mac }), addresses }))
    }),
    networks: {
      sources: ['lease'],
      networks: all.slice(0, 60).flatMap(({ networks }, index) =>
        (networks?.networks ?? []).map((one) => ({
          ...network({ network: `192.0.${index}.0/24` }),
          ...(one.name !== undefined && { name: one.name }),
          group: one.group,
          forwarders: one.forwarders,
        })),
      ),
    },
  }
}

/** What it says is taken at once; it is then away, so that nobody waits for what it would answer. */
async function pollOnce({ key, appliance }: CollectorClient, at: PollAsked): Promise<void> {
  const url = new URL(POLICY_PATH, at.consoleUrl)
  const body = JSON.stringify({ ...at.poll, appliance })
  const headers = signRequest(key, url, body, at.nowMs)
  const signal = AbortSignal.timeout(POLL_MS)
  await fetch(url, { method: 'POST', body, headers, signal }).catch(() => undefined)
}

/** The first box answers until the test ends, with a text of its own each time; it takes what it is asked, or refuses it. */
function playBox(
  t: Test,
  [client]: readonly CollectorClient[],
  replies: readonly unknown[],
): Boxes['answer'] {
  if (client === undefined) throw new Error('there is no box')
  const all = replies as readonly { readonly answer: { readonly kind: string } }[]
  let how: 'gladly' | 'never' = 'gladly'
  let isOver = false
  let turn = 0
  t.teardown(() => {
    isOver = true
  })
  const answerTo = (kind: PolicyNews['tasks'][number]['kind']): unknown => {
    turn += 1
    const wanted = ANSWERS[kind][how]
    const fitting = all.filter(({ answer }) => answer.kind === wanted)
    const { answer } = fitting[turn % fitting.length] ?? { answer: undefined }
    return how === 'gladly' && wanted === 'checked' ? { ...answer, problems: [] } : answer
  }
  const { appliance } = client
  const run = async (): Promise<void> => {
    let inForce = {}
    for (;;) {
      const poll = { v: 1, appliance, groups: [...GROUPS], ...inForce }
      const asked = await client.post(POLICY_PATH, JSON.stringify(poll))
      const news: PolicyNews = JSON.parse(await asked.text())
      if (isOver) return
      for (const { task, kind } of news.tasks) {
        const reply = { v: 1, appliance, task, answer: answerTo(kind) }
        await client.post(BOX_REPLY_PATH, JSON.stringify(reply))
      }
      if (news.rules) inForce = { inForce: { id: news.rules.id, version: news.rules.version } }
    }
  }
  run().catch(() => undefined)
  return (next) => {
    how = next
  }
}

const GROUPS = ['ks3', ...TEXTS.filter((text) => text.length <= 100)]
const ANSWERS = {
  preview: { gladly: 'previewed', never: 'failed' },
  check: { gladly: 'checked', never: 'checked' },
  why: { gladly: 'explained', never: 'failed' },
  release: { gladly: 'released', never: 'release-refused' },
  'end-release': { gladly: 'release-ended', never: 'failed' },
  'close-request': { gladly: 'closed', never: 'failed' },
} as const
