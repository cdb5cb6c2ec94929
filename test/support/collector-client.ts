/** An appliance as the collector sees it: enrols itself in a folder, signs what it sends. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEVICES_PATH } from '#domain/device-report.ts'
import type { EventBody, LookupBlocked, StoredEvent } from '#domain/event.ts'
import { laneOf } from '#domain/event.ts'
import {
  BATCH_PATH,
  type Batch,
  type Enrolment,
  STATUS_PATH,
  type StatusReport,
} from '#domain/ingest.ts'
import { type ApplianceKey, makeApplianceKey, signRequest } from '#platform/http-signing.ts'

export interface CollectorClient {
  readonly key: ApplianceKey
  readonly appliance: string
  /** Numbers the bodies on and posts them as one batch. */
  readonly report: (...bodies: readonly EventBody[]) => Promise<Response>
  readonly postBatch: (batch: unknown) => Promise<Response>
  readonly postStatus: (status: unknown) => Promise<Response>
  readonly postDevices: (report: unknown) => Promise<Response>
  readonly post: (path: string, text: string, headers?: Record<string, string>) => Promise<Response>
  /** A batch of this appliance in the client's epoch. */
  readonly batch: (events: readonly StoredEvent[]) => Batch
}

export interface ClientOptions {
  readonly collectorUrl: string
  readonly enrolledDir: string
  readonly name?: string
  readonly tenant?: string
  readonly epoch?: string
  readonly isEnrolled?: boolean
  readonly now?: () => number
}

/** Makes an appliance with a key of its own and, unless told otherwise, enrols it. */
export function makeCollectorClient(options: ClientOptions): CollectorClient {
  const {
    collectorUrl,
    enrolledDir,
    name = 'Test school',
    tenant = 'local',
    epoch = 'epoch-1',
  } = options
  const now = options.now ?? Date.now
  const { key } = makeApplianceKey()
  const { appliance, publicKey } = key
  if (options.isEnrolled !== false) {
    const enrolment: Enrolment = { v: 1, appliance, tenant, name, publicKey }
    mkdirSync(enrolledDir, { recursive: true })
    writeFileSync(join(enrolledDir, `${appliance}.json`), JSON.stringify(enrolment))
  }
  const last = { safeguarding: 0, operations: 0 }
  const post = (
    path: string,
    text: string,
    headers?: Record<string, string>,
  ): Promise<Response> => {
    const url = new URL(path, collectorUrl)
    const signed = headers ?? signRequest(key, url, text, now())
    return fetch(url, { method: 'POST', body: text, headers: signed })
  }
  const batch = (events: readonly StoredEvent[]): Batch => ({ v: 1, appliance, epoch, events })
  const postBatch = (body: unknown): Promise<Response> => post(BATCH_PATH, JSON.stringify(body))
  return {
    key,
    appliance,
    post,
    batch,
    postBatch,
    postStatus: (status) => post(STATUS_PATH, JSON.stringify(status)),
    postDevices: (report) => post(DEVICES_PATH, JSON.stringify(report)),
    report: (...bodies) =>
      postBatch(
        batch(
          bodies.map((body) => {
            const lane = laneOf(body)
            last[lane] += 1
            return makeEvent(body, last[lane], { at: now() })
          }),
        ),
      ),
  }
}

/** A stored event around a body. */
export function makeEvent(
  body: EventBody,
  sequence: number,
  {
    id = crypto.randomUUID(),
    revision = 1,
    at = Date.now(),
  }: Partial<Pick<StoredEvent, 'id' | 'revision' | 'at'>> = {},
): StoredEvent {
  return { v: 1, id, revision, at, lane: laneOf(body), sequence, body }
}

/** A blocked lookup of `bad.example.org`, changed as told. */
export function lookup(change: Partial<LookupBlocked> = {}): LookupBlocked {
  const now = Date.now()
  return {
    kind: 'lookup-blocked',
    group: 'Year 9',
    client: { address: '192.0.2.44', device: 'chromebook-17' },
    category: 'commerce.gambling',
    theme: 'gambling',
    severity: 'low',
    name: { form: 'clear', name: 'bad.example.org' },
    list: 'test-list',
    count: 3,
    firstAt: now - 60_000,
    lastAt: now,
    ...change,
  }
}

/** A status report of a box that is well, changed as told. */
export function makeStatus(appliance: string, change: Partial<StatusReport> = {}): StatusReport {
  const now = Date.now()
  return {
    v: 1,
    appliance,
    at: now,
    version: '0.1.0',
    node: 'v24.21.0',
    startedAt: now - 7_200_000,
    policy: '0123456789abcdef',
    lists: [
      {
        id: 'test-list',
        title: 'Test list',
        licence: 'CC0-1.0',
        source: 'https://lists.example.org/gambling.txt',
        version: '2026-03-01',
        categories: ['commerce.gambling'],
        names: 12_345,
        refusedLines: 3,
        updatedAt: now - 3 * 86_400_000,
      },
    ],
    themesWithoutList: ['suicide', 'self-harm'],
    link: {
      state: 'up',
      cause: 'none',
      detail: '',
      since: now - 3_600_000,
      upstreams: [
        { target: '192.0.2.53', state: 'up', rttMs: 11.3, lossRatio: 0 },
        { target: '2001:db8::53', state: 'up', rttMs: 12.8, lossRatio: 0.004 },
      ],
    },
    outbox: { waiting: 0, dropped: 0 },
    faults: [],
    setup: [
      { item: 'networks', state: 'to-do', say: 'no network is named', remedy: 'name each network' },
      { item: 'clock', state: 'done', say: 'the clock is right', remedy: '' },
    ],
    metrics: [
      {
        name: 'edge_queries_total',
        help: 'Queries answered.',
        type: 'counter',
        samples: [{ name: 'edge_queries_total', labels: { group: 'pupils' }, value: 42 }],
      },
    ],
    ...change,
  }
}
