import { z } from 'zod'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import { ROLES } from './notify-settings.ts'
import {
  block,
  choice,
  day,
  line,
  listOf,
  mailbox,
  patience,
  phoneNumber,
  scalar,
  shortName,
  times,
  webAddress,
  weekdays,
  weeklyTime,
  zone,
} from './setting-fields.ts'
import type { WrittenSettings } from './written-settings.ts'

interface PushSubscription {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

const MINUTE_MS = 60_000
const filePath = line('the path of a file, from the folder of this one', 400)

/** A browser's subscription, as the browser gives it. */
export const pushSubscription: z.ZodType<PushSubscription> = block({
  endpoint: webAddress(),
  p256dh: scalar('65 bytes in base64url, as the browser gives them', (text) => bytes(text, 65)),
  auth: scalar('16 bytes in base64url, as the browser gives them', (text) => bytes(text, 16)),
})
const webhook = block({ url: webAddress(true), 'secret-file': filePath })

const person = block({
  id: shortName(),
  name: line('a name', 80),
  roles: listOf(choice(ROLES), `roles (${ROLES.join(', ')})`, ROLES.length),
  email: mailbox().optional(),
  sms: phoneNumber().optional(),
  push: listOf(pushSubscription, 'subscriptions of browsers', NOTIFY_LIMITS.placesMax).optional(),
  webhooks: listOf(webhook, 'blocks with url and secret-file', NOTIFY_LIMITS.placesMax).optional(),
})

const rotaEntry = block({
  person: shortName(),
  days: weekdays().optional(),
  times: times(true),
  from: day().optional(),
  to: day().optional(),
})

const email = block({
  host: line('the name or address of a mail server', 253),
  port: z
    .int({ error: () => 'a port from 1 to 65535' })
    .min(1, { error: () => 'a port from 1 to 65535' })
    .max(65_535, { error: () => 'a port from 1 to 65535' })
    .optional(),
  security: choice(['tls', 'starttls', 'none']).optional(),
  from: mailbox(),
  user: line('a user name', 200).optional(),
  'password-file': filePath.optional(),
})
const govNotify = block({
  'key-file': filePath,
  template: scalar('the id of a template, a UUID', uuid),
  url: webAddress(true).optional(),
})
const gateway = block({
  url: webAddress(true),
  format: choice(['json', 'form']).optional(),
  fields: z.record(z.string().max(100), line('a text', 200), {
    error: () => 'a block such as { to: "{to}", message: "{text}" }',
  }),
  'token-file': filePath.optional(),
})

const hours = block({
  monday: times(false).optional(),
  tuesday: times(false).optional(),
  wednesday: times(false).optional(),
  thursday: times(false).optional(),
  friday: times(false).optional(),
  saturday: times(false).optional(),
  sunday: times(false).optional(),
})

/** The file of the people, as written. An issue's message is what would have been allowed. */
export const settingsSchema: z.ZodType<WrittenSettings> = block({
  console: webAddress(true),
  'time-zone': zone().optional(),
  'school-hours': hours.optional(),
  holidays: listOf(
    block({ from: day(), to: day() }),
    'blocks with from and to',
    NOTIFY_LIMITS.holidaysMax,
  ).optional(),
  people: listOf(person, 'people', NOTIFY_LIMITS.peopleMax),
  rota: listOf(rotaEntry, 'blocks with person, days and times', NOTIFY_LIMITS.rotaMax).optional(),
  acknowledge: block({
    critical: patience(15 * MINUTE_MS, '15m').optional(),
    urgent: patience(60 * MINUTE_MS, '1h').optional(),
    high: z
      .union([choice(['day']), patience(24 * 60 * MINUTE_MS, '24h')], {
        error: () => 'day, or a time such as 4h, at most 24h',
      })
      .optional(),
  }).optional(),
  drill: z
    .union([choice(['off']), weeklyTime()], {
      error: () => 'off, or a day and a time such as wednesday 10:00',
    })
    .optional(),
  digest: weeklyTime().optional(),
  email: email.optional(),
  sms: block({ 'gov-notify': govNotify.optional(), gateway: gateway.optional() }).optional(),
  'push-contact': scalar(
    'an address such as mailto:it@example.org or https://example.org',
    contact,
  ).optional(),
  'private-hosts': listOf(line('a host', 253), 'hosts', NOTIFY_LIMITS.privateHostsMax).optional(),
  'ca-file': filePath.optional(),
})

function bytes(text: string, length: number): string | undefined {
  const decoded = Buffer.from(text, 'base64url')
  return decoded.length === length ? decoded.toString('base64url') : undefined
}

function uuid(text: string): string | undefined {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? text.toLowerCase()
    : undefined
}

function contact(text: string): string | undefined {
  const url = text.length <= 300 ? URL.parse(text) : null
  return url?.protocol === 'mailto:' || url?.protocol === 'https:' ? url.href : undefined
}
