import webPush from 'web-push'
import { z } from 'zod'
import { failure } from '#domain/failure.ts'
import { readOrMakeSecret } from '#platform/secret-file.ts'
import type { Message, Send } from './channel.ts'
import { postOnce } from './post-once.ts'

/** How this collector is known to push services (RFC 8292), in base64url. */
export interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

/** A push service keeps a message for a phone that is off: long enough for a night, no longer than it matters. */
const KEPT_SECONDS = 24 * 3600
const vapidFile = z.object({ publicKey: z.string(), privateKey: z.string() })

/** The keys, made at the first start with mode 0600; with other keys every browser would have to be asked again. Throws as files do. */
export function readVapidKeys(file: string): VapidKeys {
  const text = readOrMakeSecret(file, () => JSON.stringify(webPush.generateVAPIDKeys()))
  return vapidFile.parse(JSON.parse(text))
}

/**
 * Encrypted for the browser alone (RFC 8291). A repeat replaces the message that is not read yet, by its topic. `forget` hears of a
 * subscription that has ended (RFC 8030 section 7.3), by the id of its place.
 */
export function makeSendPush(keys: VapidKeys, forget: (place: string) => void): Send<'push'> {
  return (message, senders, signal) => {
    const { id, endpoint, p256dh, auth } = message.place
    const isUrgent = message.severity === 'critical' || message.severity === 'urgent'
    try {
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        payloadOf(message),
        {
          vapidDetails: { subject: senders.pushContact, ...keys },
          TTL: KEPT_SECONDS,
          urgency: isUrgent ? 'high' : 'normal',
          topic: message.id,
        },
      )
      const post = {
        url: endpoint,
        headers: Object.fromEntries(
          Object.entries(headers).filter(([name]) => name !== 'Content-Length'),
        ),
        body: body ?? '',
      }
      return postOnce(post, senders, signal, () => forget(id))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return Promise.resolve(failure('refused', `the subscription cannot be used: ${why}`))
    }
  }
}

function payloadOf({ id, words, link }: Message): string {
  return JSON.stringify({ title: words.subject, body: words.short, url: link, tag: id })
}
