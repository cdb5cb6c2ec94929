import type { Message, Send } from './channel.ts'
import { postOnce } from './post-once.ts'
import { webhookHeaders } from './standard-webhook.ts'

/** Standard Webhooks 1.0. The body is the same at every try, only its time and so its signature are new. */
export const sendWebhook: Send<'webhook'> = (message, senders, signal) => {
  const { place, nowMs } = message
  const body = webhookBody(message)
  const signed = { id: `msg_${message.id}`, atSeconds: Math.floor(nowMs / 1000), body }
  const headers = {
    'content-type': 'application/json',
    ...webhookHeaders(place.secret, signed),
  }
  return postOnce({ url: place.url, headers, body }, senders, signal)
}

function webhookBody({ kind, words, link, severity, items, madeAtMs }: Message): string {
  return JSON.stringify({
    type: `notice.${kind}`,
    timestamp: new Date(madeAtMs).toISOString(),
    data: { text: words.short, link, items, ...(severity ? { severity } : {}) },
  })
}
