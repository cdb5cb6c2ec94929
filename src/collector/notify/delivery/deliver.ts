import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { randomFraction } from '#platform/random.ts'
import type { Message, Send, SendOutcome } from '../channels/channel.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { NotifyMetrics } from '../notify-metrics.ts'
import type { Channel, NotifySettings, Place } from '../settings/notify-settings.ts'
import type { Claimed, DeliveryQueue } from './delivery-queue.ts'
import type { MakeMessage } from './make-message.ts'

/** One way of sending for each channel. */
export type Sends = { readonly [C in Channel]: Send<C> }

export interface Deliver {
  /** Begins what is due, as far as there is room; returns at once. */
  look(): void
  /** Waits for what is under way, up to `closeWaitMs`, and then cuts it off. */
  close(): Promise<void>
}

export interface DeliverParts {
  readonly queue: DeliveryQueue
  readonly settings: () => NotifySettings | undefined
  readonly sends: Sends
  readonly makeMessage: MakeMessage
  readonly metrics: NotifyMetrics
  readonly clock: Clock
  readonly log: Log
}

export function makeDeliver(parts: DeliverParts): Deliver {
  const { queue, settings, clock, metrics, log } = parts
  const running = new Set<Promise<void>>()
  /** Outcomes that a full disk kept from being noted: while one is here, its delivery stays claimed and is not sent again. */
  const unsaved: { readonly claimed: Claimed; readonly outcome: SendOutcome }[] = []
  const closing = new AbortController()

  const note = (claimed: Claimed, outcome: SendOutcome): void => {
    const person = settings()?.people.find(({ id }) => id === claimed.person)
    queue.finish(claimed, outcome, { person, nowMs: clock.wallMs(), chance: randomFraction() })
    metrics.sent(claimed.channel, isFailure(outcome) ? outcome.failure : 'accepted')
    if (claimed.isRepeat && !isFailure(outcome)) metrics.repeated(claimed.channel)
    if (isFailure(outcome)) tellFailure(log, claimed, outcome)
  }
  const run = async (claimed: Claimed, current: NotifySettings): Promise<void> => {
    const outcome = await sendOne(parts, { claimed, current, closing: closing.signal })
    // Cut off by our own end, nobody knows what became of it: the claim stays and tells so at the next start.
    if (!closing.signal.aborted || !isFailure(outcome)) unsaved.push({ claimed, outcome })
    save()
  }
  const save = (): void => {
    for (let left = unsaved.length; left > 0; left--) {
      const first = unsaved[0]
      if (first) note(first.claimed, first.outcome)
      unsaved.shift()
    }
  }
  const look = (): void => {
    const current = settings()
    if (!current || closing.signal.aborted) return
    save()
    const room = NOTIFY_LIMITS.sendsAtOnce - running.size
    if (room <= 0) return
    for (const claimed of queue.claim(clock.wallMs(), room)) {
      const task: Promise<void> = run(claimed, current)
        .catch((error: unknown) =>
          log.error({ err: error }, 'the outcome of a message could not be noted'),
        )
        .then(() => void running.delete(task))
      running.add(task)
    }
  }
  return {
    look,
    close: async () => {
      const cut = setTimeout(() => closing.abort(), NOTIFY_LIMITS.closeWaitMs)
      await Promise.all(running)
      clearTimeout(cut)
      closing.abort()
    },
  }
}

async function sendOne(
  { sends, makeMessage, clock }: DeliverParts,
  at: {
    readonly claimed: Claimed
    readonly current: NotifySettings
    readonly closing: AbortSignal
  },
): Promise<SendOutcome> {
  const { claimed, current, closing } = at
  const place = current.people
    .find(({ id }) => id === claimed.person)
    ?.places.find(({ id }) => id === claimed.place)
  if (!place) return failure('refused', 'this place is no longer in the file')
  const message = makeMessage(claimed, current, clock.wallMs())
  const signal = AbortSignal.any([closing, AbortSignal.timeout(NOTIFY_LIMITS.sendTimeoutMs)])
  try {
    return await sendBy(sends, place, message, { current, signal })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failure('failed', `could not be sent: ${why}`)
  }
}

function sendBy(
  sends: Sends,
  place: Place,
  message: Message,
  { current, signal }: { readonly current: NotifySettings; readonly signal: AbortSignal },
): Promise<SendOutcome> {
  const { senders } = current
  switch (place.channel) {
    case 'email':
      return sends.email({ ...message, place }, senders, signal)
    case 'sms':
      return sends.sms({ ...message, place }, senders, signal)
    case 'push':
      return sends.push({ ...message, place }, senders, signal)
    case 'webhook':
      return sends.webhook({ ...message, place }, senders, signal)
    default:
      return place satisfies never
  }
}

/** Ids only: what the other side says may quote an address, and stays in the store. */
function tellFailure(log: Log, claimed: Claimed, { failure: kind }: Failure): void {
  const { notice, person, channel, attempt } = claimed
  log.warn({ notice, person, channel, attempt, outcome: kind }, 'a message did not get through')
}
