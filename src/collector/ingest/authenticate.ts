import type { FastifyRequest } from 'fastify'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'
import { verifyRequest } from '#platform/http-signing.ts'
import type { Enrolments } from '../enrol/enrolments.ts'
import type { NonceMemory } from './nonce-memory.ts'

/** Who signed a request, and when by their clock. */
export interface Signer {
  readonly enrolment: Enrolment
  readonly signedAt: number
}

type AuthFailure = Failure<'bad-signature' | 'unknown-appliance' | 'replayed' | 'too-many'>

/** Believes a request only with a fresh signature of an enrolled key over the bytes that came. */
export function authenticate(
  request: FastifyRequest,
  body: Uint8Array,
  deps: { readonly enrolments: Enrolments; readonly nonces: NonceMemory; readonly clock: Clock },
): Signer | AuthFailure {
  const { enrolments, nonces, clock } = deps
  const nowMs = clock.wallMs()
  const signed = verifyRequest(
    {
      authority: (request.headers.host ?? '').toLowerCase(),
      path: request.url.split('?', 1)[0] ?? '',
      headers: request.headers,
      body,
    },
    (appliance) => enrolments.find(appliance)?.publicKey,
    nowMs,
  )
  if (isFailure(signed)) return signed
  const enrolment = enrolments.find(signed.keyId)
  if (enrolment === undefined) return failure('unknown-appliance', 'appliance is not enrolled here')
  // Ages are judged by the wall clock, so nonces must be too: a stepped clock must not open a window.
  const verdict = nonces.take(signed.keyId, signed.nonce, nowMs)
  if (verdict === 'replayed') return failure('replayed', 'this request came before')
  if (verdict === 'full') return failure('too-many', 'too many requests within the signature age')
  return { enrolment, signedAt: signed.created * 1000 }
}
