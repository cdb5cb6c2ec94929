import type { Failure } from '#domain/failure.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { NoticeKind } from '../ladder/channel-order.ts'
import type { Channel, Place, Senders } from '../settings/notify-settings.ts'
import type { Words } from '../words.ts'

/** What is told. `id` is the same at every try, so that whoever gets it twice can tell. */
export interface Message {
  /** Letters and digits, 32 at most. */
  readonly id: string
  readonly kind: NoticeKind
  readonly words: Words
  readonly link: string
  readonly severity?: Severity
  readonly items: number
  /** Milliseconds since the epoch. */
  readonly madeAtMs: number
  readonly nowMs: number
}

/** A message for one place. */
export interface Outgoing<C extends Channel> extends Message {
  readonly place: Extract<Place, { readonly channel: C }>
}

/** `failed` may go better later, `refused` will not. */
export type SendFailure = Failure<'failed' | 'refused'>
export type SendOutcome = { readonly kind: 'accepted' } | SendFailure
export const ACCEPTED: SendOutcome = { kind: 'accepted' }

/** Hands a message over; resolves when the other side has it, or says that it has not. Never rejects for what the other side does. */
export type Send<C extends Channel> = (
  message: Outgoing<C>,
  senders: Senders,
  signal: AbortSignal,
) => Promise<SendOutcome>
