import { createHmac } from 'node:crypto'
import { failure } from '#domain/failure.ts'
import type { GatewaySender, GovNotifySender } from '../settings/notify-settings.ts'
import type { Message, Outgoing, Send } from './channel.ts'
import { type Post, postOnce } from './post-once.ts'

/** By GOV.UK Notify, or by a gateway of the school's choice. */
export const sendSms: Send<'sms'> = async (message, senders, signal) => {
  const { sms } = senders
  if (!sms) return failure('refused', 'no gateway for text messages is set')
  const post = sms.kind === 'gov-notify' ? notifyPost(message, sms) : gatewayPost(message, sms)
  return postOnce(post, senders, signal)
}

/** "Send a text message", https://docs.notifications.service.gov.uk/rest-api.html. */
function notifyPost(message: Outgoing<'sms'>, sms: GovNotifySender): Post {
  const { id, place, nowMs } = message
  return {
    url: `${sms.baseUrl.replace(/\/+$/, '')}/v2/notifications/sms`,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${notifyToken(sms, Math.floor(nowMs / 1000))}`,
    },
    body: JSON.stringify({
      phone_number: place.number,
      template_id: sms.template,
      personalisation: { message: textOf(message) },
      reference: id,
    }),
  }
}

/** A JSON Web Token (RFC 7519), HS256, that the service takes for 30 seconds. */
function notifyToken({ service, secret }: GovNotifySender, atSeconds: number): string {
  const signed = `${tokenPart({ typ: 'JWT', alg: 'HS256' })}.${tokenPart({ iss: service, iat: atSeconds })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

function tokenPart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function gatewayPost(message: Outgoing<'sms'>, sms: GatewaySender): Post {
  const values: Readonly<Record<string, string>> = {
    to: message.place.number,
    text: textOf(message),
    id: message.id,
  }
  const fields = Object.fromEntries(
    Object.entries(sms.fields).map(([key, value]) => [
      key,
      value.replaceAll(/\{(to|text|id)\}/g, (_, name: string) => values[name] ?? ''),
    ]),
  )
  const isForm = sms.format === 'form'
  return {
    url: sms.url,
    headers: {
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      ...(sms.token === undefined ? {} : { authorization: `Bearer ${sms.token}` }),
    },
    body: isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
  }
}

function textOf({ words, link }: Message): string {
  return `${words.short} ${link}`
}
