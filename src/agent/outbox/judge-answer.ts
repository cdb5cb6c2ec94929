import { isFailure } from '#domain/failure.ts'
import type { HttpAnswer, PostFailure } from './post-signed.ts'

/**
 * What an answer of the collector means: it took it; it is away or does not believe us, so nothing can be sent; it refuses this
 * very content, so only this lane must wait; or it holds another event under the same key.
 */
export type Judgement =
  | { readonly kind: 'taken'; readonly body: string }
  | { readonly kind: 'away'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'conflict'; readonly text: string }
  | { readonly kind: 'closed' }

const AWAY: Readonly<Record<number, string>> = {
  401: 'the collector does not accept the signature of this box; check the clocks',
  403: 'the collector does not know this box; it must be enrolled there',
  404: 'there is no collector at this address',
  407: 'the proxy asks for a password',
  408: 'the collector did not wait for the request',
  421: 'the collector is not called by this name',
  429: 'the collector asks to slow down',
}

/** Judges an answer. Pure. */
export function judgeAnswer(outcome: HttpAnswer | PostFailure): Judgement {
  if (isFailure(outcome))
    return outcome.failure === 'closed'
      ? { kind: 'closed' }
      : { kind: 'away', text: outcome.detail }
  const { status, body } = outcome
  if (status >= 200 && status < 300) return { kind: 'taken', body }
  const away = AWAY[status]
  if (away) return { kind: 'away', text: `${away} (HTTP ${status})` }
  if (status === 409)
    return { kind: 'conflict', text: 'the collector holds another event under the same key' }
  if (status >= 400 && status < 500)
    return { kind: 'refused', text: `the collector refuses what it is sent (HTTP ${status})` }
  return { kind: 'away', text: `the collector is in trouble (HTTP ${status})` }
}
