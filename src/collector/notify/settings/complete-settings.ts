import { createHash } from 'node:crypto'
import { type Failure, isFailure } from '#domain/failure.ts'
import { WEEKDAYS } from '#rules/calendar.ts'
import { EVERY_WEEKDAY } from '#rules/schedule.ts'
import { LONDON } from '#rules/zone.ts'
import { plainHost } from '../channels/checked-host.ts'
import { parseNotifyKey } from '../channels/gov-notify-key.ts'
import { webhookKey } from '../channels/standard-webhook.ts'
import type {
  Channel,
  DayRange,
  EmailSender,
  GatewaySender,
  GovNotifySender,
  NotifySettings,
  Person,
  Place,
  RotaEntry,
  Senders,
  WeeklyTime,
} from './notify-settings.ts'
import { flagsOf } from './setting-fields.ts'
import type { WrittenPerson, WrittenRotaEntry, WrittenSettings } from './written-settings.ts'

/** A school that says nothing: Monday to Friday. */
const USUAL_HOURS = { from: 7 * 60 + 45, to: 16 * 60 + 30 }
const USUAL_WEEK = WEEKDAYS.map((_, i) => (i < 5 ? USUAL_HOURS : undefined))
const USUAL_PATIENCE = { critical: 15 * 60_000, urgent: 60 * 60_000, high: 'day' } as const
const USUAL_DRILL = { weekday: 2, minute: 10 * 60 }
export const USUAL_DIGEST: WeeklyTime = { weekday: 0, minute: 7 * 60 }
const NOTIFY_URL = 'https://api.notifications.service.gov.uk'
const SECURE_PORT = 465
const SUBMISSION_PORT = 587

/** One thing wrong: a path of keys from the top, and what could stand there instead. */
export interface Wrong {
  readonly path: readonly (string | number)[]
  readonly allowed: string
}

type ReadSecret = (file: string) => string | Failure

/** Adds the defaults and the secrets, and checks what one part of the file says of another. Never throws. */
export function completeSettings(
  written: WrittenSettings,
  readSecret: ReadSecret,
): NotifySettings | { readonly wrong: readonly Wrong[] } {
  const wrong: Wrong[] = []
  const secretOf = (file: string, path: Wrong['path']): string => {
    const text = readSecret(file)
    if (!isFailure(text)) return text
    wrong.push({ path, allowed: `a readable file; ${text.detail}` })
    return ''
  }
  const consoleUrl = written.console.replace(/\/+$/, '')
  const settings: NotifySettings = {
    consoleUrl,
    zone: written['time-zone'] ?? LONDON,
    schoolHours: written['school-hours']
      ? WEEKDAYS.map((one) => written['school-hours']?.[one])
      : USUAL_WEEK,
    holidays: written.holidays ?? [],
    people: written.people.map((one, i) => personOf(one, i, { secretOf, wrong })),
    rota: (written.rota ?? []).map(rotaOf),
    patience: {
      critical: written.acknowledge?.critical ?? USUAL_PATIENCE.critical,
      urgent: written.acknowledge?.urgent ?? USUAL_PATIENCE.urgent,
      high: written.acknowledge?.high ?? USUAL_PATIENCE.high,
    },
    drill: written.drill === 'off' ? undefined : (written.drill ?? USUAL_DRILL),
    digest: written.digest ?? USUAL_DIGEST,
    senders: sendersOf(written, { secretOf, wrong }, consoleUrl),
  }
  wrong.push(...crossChecks(written, settings))
  return wrong.length > 0 ? { wrong } : settings
}

interface Reading {
  readonly secretOf: (file: string, path: Wrong['path']) => string
  readonly wrong: Wrong[]
}

function personOf(written: WrittenPerson, index: number, { secretOf, wrong }: Reading): Person {
  const { id, name, roles, email, sms, push = [], webhooks = [] } = written
  const hooks = webhooks.map((hook, i) => {
    const path = ['people', index, 'webhooks', i, 'secret-file']
    const key = webhookKey(secretOf(hook['secret-file'], path))
    if (key === undefined && wrong.length === 0)
      wrong.push({ path, allowed: 'a file with whsec_ and 24 to 64 bytes in base64' })
    const secret = key ?? new Uint8Array()
    return placed(hook.url, { channel: 'webhook' as const, url: hook.url, secret })
  })
  const places: readonly Place[] = [
    ...(email === undefined ? [] : [placed(email, { channel: 'email', address: email } as const)]),
    ...(sms === undefined ? [] : [placed(sms, { channel: 'sms', number: sms } as const)]),
    ...push.map((one) => placed(one.endpoint, { channel: 'push', ...one } as const)),
    ...hooks,
  ]
  return { id, name, roles, places }
}

/** Enough to tell a person's places apart, whatever else of them changes. */
function placed<P extends { readonly channel: Channel }>(
  address: string,
  place: P,
): P & { readonly id: string } {
  return { ...place, id: placeId(place.channel, address) }
}

/** The id of a place; it tells nothing of the address. */
export function placeId(channel: Channel, address: string): string {
  const hash = createHash('sha256').update(address).digest('base64url')
  return `${channel}-${hash.slice(0, 12)}`
}

function rotaOf(entry: WrittenRotaEntry): RotaEntry {
  const { person, days, times, from, to } = entry
  const dates: DayRange = { from: from ?? -Infinity, to: to ?? Infinity }
  return { person, weekdays: days ? flagsOf(days) : EVERY_WEEKDAY, times, dates }
}

function sendersOf(written: WrittenSettings, reading: Reading, consoleUrl: string): Senders {
  const email = emailOf(written.email, reading)
  const sms = smsOf(written.sms, reading)
  const ca = written['ca-file']
  const contact =
    written['push-contact'] ?? (written.email ? `mailto:${written.email.from}` : consoleUrl)
  return {
    ...(email ? { email } : {}),
    ...(sms ? { sms } : {}),
    pushContact: contact,
    privateHosts: (written['private-hosts'] ?? []).map(plainHost),
    ca: ca === undefined ? [] : [reading.secretOf(ca, ['ca-file'])],
  }
}

function emailOf(
  email: WrittenSettings['email'],
  { secretOf, wrong }: Reading,
): EmailSender | undefined {
  if (!email) return undefined
  const { host, from, user, security = 'starttls' } = email
  const file = email['password-file']
  if ((user === undefined) !== (file === undefined))
    wrong.push({ path: ['email', 'user'], allowed: 'user and password-file together, or neither' })
  const port = email.port ?? (security === 'tls' ? SECURE_PORT : SUBMISSION_PORT)
  const login =
    user === undefined || file === undefined
      ? {}
      : { login: { user, password: secretOf(file, ['email', 'password-file']) } }
  return { host: plainHost(host), port, security, from, ...login }
}

function smsOf(
  sms: WrittenSettings['sms'],
  { secretOf, wrong }: Reading,
): GovNotifySender | GatewaySender | undefined {
  const { 'gov-notify': notify, gateway } = sms ?? {}
  if (notify && gateway)
    wrong.push({ path: ['sms'], allowed: 'one of gov-notify and gateway, not both' })
  if (notify) {
    const path = ['sms', 'gov-notify', 'key-file']
    const key = parseNotifyKey(secretOf(notify['key-file'], path))
    if (!key) wrong.push({ path, allowed: 'a file with a key of GOV.UK Notify: NAME-UUID-UUID' })
    const { template, url = NOTIFY_URL } = notify
    return { kind: 'gov-notify', baseUrl: url, template, ...(key ?? { service: '', secret: '' }) }
  }
  if (!gateway) return undefined
  const { url, format = 'json', fields, 'token-file': tokenFile } = gateway
  const token =
    tokenFile === undefined ? {} : { token: secretOf(tokenFile, ['sms', 'gateway', 'token-file']) }
  return { kind: 'gateway', url, format, fields, ...token }
}

/** What is only wrong beside something else. */
function crossChecks(written: WrittenSettings, settings: NotifySettings): readonly Wrong[] {
  const ids = written.people.map(({ id }) => id)
  const hosts = settings.senders.privateHosts
  const isPlainElsewhere = (url: string): boolean =>
    url.startsWith('http:') && !hosts.includes(plainHost(new URL(url).hostname))
  const plain = 'https://, or a host that private-hosts names'
  const wrong: Wrong[] = []
  ids.forEach((id, i) => {
    if (ids.indexOf(id) < i) wrong.push({ path: ['people', i, 'id'], allowed: 'each id once' })
  })
  const { email: mailServer, sms: smsGateway } = written
  written.people.forEach(({ email, sms }, i) => {
    const { places } = settings.people[i] ?? { places: [] }
    if (new Set(places.map(({ id }) => id)).size < places.length)
      wrong.push({ path: ['people', i], allowed: 'each address of a person once' })
    if (places.length === 0)
      wrong.push({ path: ['people', i], allowed: 'one of email, sms, push and webhooks at least' })
    if (email !== undefined && !mailServer)
      wrong.push({
        path: ['people', i, 'email'],
        allowed: 'an address only where email names a server',
      })
    if (sms !== undefined && !smsGateway)
      wrong.push({ path: ['people', i, 'sms'], allowed: 'a number only where sms names a gateway' })
  })
  written.people.forEach(({ webhooks = [] }, i) =>
    webhooks.forEach(({ url }, n) => {
      if (isPlainElsewhere(url))
        wrong.push({ path: ['people', i, 'webhooks', n, 'url'], allowed: plain })
    }),
  )
  written.rota?.forEach(({ person }, i) => {
    if (!ids.includes(person))
      wrong.push({
        path: ['rota', i, 'person'],
        allowed: `the id of a person: ${ids.slice(0, 20).join(', ')}`,
      })
  })
  written.holidays?.forEach(({ from, to }, i) => {
    if (to < from)
      wrong.push({ path: ['holidays', i, 'to'], allowed: 'a day that is not before from' })
  })
  const { email, sms } = settings.senders
  if (email?.security === 'none' && !hosts.includes(email.host))
    wrong.push({
      path: ['email', 'security'],
      allowed: 'starttls or tls; none only for a host that private-hosts names',
    })
  const smsUrl = sms?.kind === 'gateway' ? sms.url : sms?.baseUrl
  if (smsUrl !== undefined && isPlainElsewhere(smsUrl))
    wrong.push({ path: ['sms'], allowed: plain })
  return wrong
}
