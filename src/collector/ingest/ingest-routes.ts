/**
 * Where appliances deliver: no cookie, no session, nothing shared with the console's people. A body is kept as the bytes
 * that came until its signature is checked, and only then read.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  BOX_REPLY_BYTES_MAX,
  BOX_REPLY_PATH,
  POLICY_PATH,
  POLICY_POLL_BYTES_MAX,
} from '#domain/console-rules.ts'
import { DEVICE_PART_BYTES_MAX, DEVICES_PATH } from '#domain/device-report.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import {
  BATCH_BYTES_MAX,
  BATCH_PATH,
  STATUS_BYTES_MAX,
  STATUS_PATH,
  type StatusReport,
} from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Enrolments } from '../enrol/enrolments.ts'
import type { Change } from '../http/live-hub.ts'
import type { CollectorMetrics, Refusal } from '../metrics/collector-metrics.ts'
import type { CollectorStore } from '../store/collector-store.ts'
import { authenticate, type Signer } from './authenticate.ts'
import type { NonceMemory } from './nonce-memory.ts'
import { type PolicyIntake, takePoll, takeReply } from './policy-intake.ts'
import { statusSchema } from './status-schema.ts'
import { takeBatch } from './take-batch.ts'
import { takeDevices } from './take-devices.ts'

export interface IngestDeps {
  readonly store: CollectorStore
  readonly enrolments: Enrolments
  readonly nonces: NonceMemory
  readonly clock: Clock
  readonly metrics: CollectorMetrics
  readonly log: Log
  readonly heard: (appliance: string, report: StatusReport, atMs: number) => void
  readonly publish: (change: Change) => void
  /** Told after each batch that was stored. */
  readonly stored: () => void
  readonly policy: PolicyIntake
}

const STATUS_CODES: Readonly<Record<Refusal, number>> = {
  'too-large': 413,
  malformed: 400,
  'bad-signature': 401,
  'unknown-appliance': 403,
  'other-appliance': 403,
  replayed: 401,
  'too-many': 429,
  conflict: 409,
  'out-of-step': 409,
  failed: 500,
}

/** Adds the routes in a scope of their own, so that raw bodies and JSON faults stay here. */
export async function addIngestRoutes(server: FastifyInstance, deps: IngestDeps): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    scope.setErrorHandler<FastifyError>((error, _request, reply) => {
      const reason = reasonOf(error)
      if (reason === 'failed') deps.log.error({ err: error }, 'ingest failed')
      return refuse(reply, deps, failure(reason, reason === 'failed' ? 'try again' : error.message))
    })
    scope.post(BATCH_PATH, { bodyLimit: BATCH_BYTES_MAX }, async (request, reply) => {
      const signed = open(request, deps)
      if (isFailure(signed)) return refuse(reply, deps, signed)
      const taken = await takeBatch(signed.signer.enrolment, signed.body, deps)
      if (!isFailure(taken)) return reply.send(taken)
      return refuse(reply, deps, taken)
    })
    addPolicyRoutes(scope, deps)
    const takesWhole = [
      { path: STATUS_PATH, bodyLimit: STATUS_BYTES_MAX, take: takeStatus },
      { path: DEVICES_PATH, bodyLimit: DEVICE_PART_BYTES_MAX, take: takeDevices },
    ]
    for (const { path, bodyLimit, take } of takesWhole)
      scope.post(path, { bodyLimit }, async (request, reply) => {
        const signed = open(request, deps)
        if (isFailure(signed)) return refuse(reply, deps, signed)
        const taken = await take(signed.signer, signed.body, deps)
        if (isFailure(taken)) return refuse(reply, deps, taken)
        return reply.code(204).send()
      })
  })
}

/** Boxes ask for news of the policy, and reply to what they were asked: nobody can call them. */
function addPolicyRoutes(scope: FastifyInstance, deps: IngestDeps): void {
  scope.post(POLICY_PATH, { bodyLimit: POLICY_POLL_BYTES_MAX }, async (request, reply) => {
    const signed = open(request, deps)
    if (isFailure(signed)) return refuse(reply, deps, signed)
    const isGone = new Promise((resolve) => reply.raw.once('close', resolve))
    const news = await takePoll(signed.signer, signed.body, deps.policy, isGone)
    return isFailure(news) ? refuse(reply, deps, news) : reply.send(news)
  })
  scope.post(BOX_REPLY_PATH, { bodyLimit: BOX_REPLY_BYTES_MAX }, async (request, reply) => {
    const signed = open(request, deps)
    if (isFailure(signed)) return refuse(reply, deps, signed)
    const taken = takeReply(signed.signer, signed.body, deps.policy)
    return taken ? refuse(reply, deps, taken) : reply.code(204).send()
  })
}

/** Checks the signature, and only then reads the JSON. */
function open(
  request: FastifyRequest,
  deps: IngestDeps,
): { readonly signer: Signer; readonly body: unknown } | Failure<Refusal> {
  const bytes = request.body
  if (!Buffer.isBuffer(bytes)) return failure('malformed', 'request has no body')
  const signer = authenticate(request, bytes, deps)
  if (isFailure(signer)) return signer
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'))
    return { signer, body }
  } catch {
    return failure('malformed', 'body is not JSON')
  }
}

async function takeStatus(
  { enrolment, signedAt }: Signer,
  body: unknown,
  { store, clock, metrics, heard, publish }: IngestDeps,
): Promise<void | Failure<Refusal>> {
  const parsed = statusSchema.safeParse(body)
  if (!parsed.success) return failure('malformed', z.prettifyError(parsed.error).slice(0, 2000))
  const report = parsed.data
  const { tenant, appliance } = enrolment
  if (report.appliance !== appliance)
    return failure('other-appliance', 'report is of another appliance than its signature')
  const receivedAt = clock.wallMs()
  await store.takeStatus({ tenant, appliance }, { report, signedAt, receivedAt })
  metrics.statusStored()
  heard(appliance, report, receivedAt)
  publish({ kind: 'appliance', id: appliance })
  return undefined
}

function refuse(
  reply: FastifyReply,
  { metrics }: IngestDeps,
  refusal: Failure<Refusal>,
): FastifyReply {
  metrics.refused(refusal.failure)
  const named = refusal.failure === 'conflict' ? 'conflicting-event' : refusal.failure
  return reply.code(STATUS_CODES[refusal.failure]).send({ failure: named, detail: refusal.detail })
}

function reasonOf({ statusCode }: FastifyError): Refusal {
  if (statusCode === 413) return 'too-large'
  return statusCode !== undefined && statusCode < 500 ? 'malformed' : 'failed'
}
