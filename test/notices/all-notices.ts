/** Every message for every severity, in hours and out of them, as it comes out at the other end of every channel. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sendEmail } from '#collector/notify/channels/send-email.ts'
import { makeSendPush, readVapidKeys } from '#collector/notify/channels/send-push.ts'
import { sendSms } from '#collector/notify/channels/send-sms.ts'
import { sendWebhook } from '#collector/notify/channels/send-webhook.ts'
import type { Sends } from '#collector/notify/delivery/deliver.ts'
import type { Claimed } from '#collector/notify/delivery/delivery-queue.ts'
import { makeMakeMessage } from '#collector/notify/delivery/make-message.ts'
import { TONES, type Tone } from '#collector/notify/delivery/notices.ts'
import { CHANNELS, type Channel, type Senders } from '#collector/notify/settings/notify-settings.ts'
import { isFailure } from '#domain/failure.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import { schoolSettings } from '#test/collector/notify/notify-settings.ts'
import { type HttpReceiver, startHttpReceiver } from '#test/support/http-receiver.ts'
import { makeAuthority } from '#test/support/list-server.ts'
import { startMailServer } from '#test/support/mail-server.ts'
import { makePushSubscriber } from '#test/support/push-subscription.ts'

export interface Notice {
  readonly channel: Channel
  readonly tone: Tone
  readonly severity: Severity | undefined
  readonly items: number
  readonly isPromised: boolean
  /** As received: decoded and decrypted. */
  readonly text: string
}

const MADE_AT_MS = Date.UTC(2026, 2, 2, 22, 10)
const SEEN_AT_MS = Date.UTC(2026, 2, 3, 7, 45)
const FACTS = {
  opened: { critical: 0, urgent: 1, high: 2, medium: 5, low: 14 },
  unacknowledged: 1,
  drill: { confirmed: 3, asked: 4 },
}
const INTERRUPTING = SEVERITIES.filter((one) => one !== 'medium' && one !== 'low')

/** Sends them all, really, to servers on loopback; `folder` is for keys. */
export async function allNotices(folder: string): Promise<readonly Notice[]> {
  const ends = await startEnds(folder)
  const notices: Notice[] = []
  for (const variant of variants()) {
    const channels = CHANNELS.filter((one) => variant.tone !== 'digest' || one === 'email')
    const texts = await Promise.all(channels.map((channel) => ends.through(channel, variant)))
    channels.forEach((channel, i) => notices.push({ ...variant, channel, text: texts[i] ?? '' }))
  }
  await ends.close()
  return notices
}

type Variant = Pick<Notice, 'tone' | 'severity' | 'items' | 'isPromised'>
function variants(): readonly Variant[] {
  return TONES.flatMap((tone): readonly Variant[] => {
    if (tone === 'drill' || tone === 'digest')
      return [{ tone, severity: undefined, items: 1, isPromised: false }]
    const promises = tone === 'forewarning' ? [true, false] : [false]
    return INTERRUPTING.flatMap((severity) =>
      (severity === 'urgent' ? [1, 3] : [1]).flatMap((items) =>
        promises.map((isPromised) => ({ tone, severity, items, isPromised })),
      ),
    )
  })
}

async function startEnds(folder: string) {
  const identity = makeAuthority(folder)
  const web = await startHttpReceiver(identity.certify('localhost'))
  const mail = await startMailServer()
  const browser = makePushSubscriber()
  const senders: Senders = {
    email: { host: 'localhost', port: mail.port, security: 'none', from: 'alerts@example.org' },
    sms: {
      kind: 'gov-notify',
      baseUrl: web.url(),
      service: '11111111-2222-4333-8444-555555555555',
      secret: 'secret',
      template: '99999999-2222-4333-8444-555555555555',
    },
    pushContact: 'mailto:it@example.org',
    privateHosts: ['localhost'],
    ca: [readFileSync(identity.caFile, 'utf8')],
  }
  const sends: Sends = {
    email: sendEmail,
    sms: sendSms,
    push: makeSendPush(readVapidKeys(join(folder, 'vapid.json')), () => undefined),
    webhook: sendWebhook,
  }
  const makeMessage = makeMakeMessage((notice) => `${notice}0123456789012345678901`)
  const through = async (channel: Channel, variant: Variant): Promise<string> => {
    const message = makeMessage(claimedOf(channel, variant), schoolSettings(), MADE_AT_MS)
    const signal = AbortSignal.timeout(20_000)
    const outcome = await {
      email: () =>
        sends.email(
          { ...message, place: { id: 'e', channel: 'email', address: 'someone@example.org' } },
          senders,
          signal,
        ),
      sms: () =>
        sends.sms(
          { ...message, place: { id: 's', channel: 'sms', number: '+447700900123' } },
          senders,
          signal,
        ),
      push: () =>
        sends.push(
          {
            ...message,
            place: { id: 'p', channel: 'push', endpoint: web.url('/push'), ...browser.keys },
          },
          senders,
          signal,
        ),
      webhook: () =>
        sends.webhook(
          {
            ...message,
            place: { id: 'w', channel: 'webhook', url: web.url('/in'), secret: Buffer.alloc(32) },
          },
          senders,
          signal,
        ),
    }[channel]()
    if (isFailure(outcome)) throw new Error(outcome.detail)
    return channel === 'email'
      ? plainMail(mail.received.at(-1)?.text ?? '')
      : received(channel, web, browser.open)
  }
  return { through, close: () => Promise.all([web.close(), mail.close()]) }
}

function claimedOf(channel: Channel, { tone, severity, items, isPromised }: Variant): Claimed {
  return {
    notice: '0123456789abcdef0123456789abcdef',
    place: channel,
    channel,
    attempt: 1,
    kind: tone === 'drill' || tone === 'digest' || tone === 'assigned' ? tone : 'alert',
    person: 'dsl',
    severity: severity ?? null,
    tone,
    seenAtMs: isPromised ? SEEN_AT_MS : null,
    madeAtMs: MADE_AT_MS,
    items,
    facts: tone === 'digest' ? JSON.stringify(FACTS) : null,
    alert: items === 1 && tone !== 'digest' ? 'a1b2c3' : null,
    isRepeat: false,
  }
}

function received(channel: Channel, web: HttpReceiver, open: (body: Buffer) => string): string {
  const post = web.received.findLast(({ path }) => path.startsWith(PATHS[channel]))
  const body = post?.body ?? Buffer.alloc(0)
  if (channel === 'push') return open(body)
  const text = body.toString('utf8')
  return channel === 'sms' ? String(JSON.parse(text).personalisation.message) : text
}

const PATHS: Readonly<Record<Channel, string>> = {
  push: '/push',
  webhook: '/in',
  sms: '/v2/',
  email: 'none',
}

/** Subject and text; soft line breaks of quoted-printable (RFC 2045) are taken out. */
function plainMail(mail: string): string {
  const [head = '', ...rest] = mail.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n').replaceAll('\r\n', '\n')
  const isQuoted = /^content-transfer-encoding: quoted-printable$/im.test(head)
  const text = isQuoted
    ? body
        .replaceAll('=\n', '')
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        )
    : body
  return `${/^subject: .*$/im.exec(head)?.[0] ?? ''}\n\n${text}`
}
