import { createHmac, createPublicKey, verify } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Message } from '#collector/notify/channels/channel.ts'
import { sendEmail } from '#collector/notify/channels/send-email.ts'
import { makeSendPush, readVapidKeys } from '#collector/notify/channels/send-push.ts'
import { sendSms } from '#collector/notify/channels/send-sms.ts'
import { sendWebhook } from '#collector/notify/channels/send-webhook.ts'
import { webhookKey } from '#collector/notify/channels/standard-webhook.ts'
import type { Senders } from '#collector/notify/settings/notify-settings.ts'
import { isFailure } from '#domain/failure.ts'
import { startProxy, withEnvironment } from '../../support/connect-proxy.ts'
import { startHttpReceiver } from '../../support/http-receiver.ts'
import { makeAuthority } from '../../support/list-server.ts'
import { startMailServer } from '../../support/mail-server.ts'
import { makePushSubscriber } from '../../support/push-subscription.ts'

const AT_MS = Date.UTC(2026, 2, 2, 9)
const LINK = 'https://console.example.org/alerts/a1'
const message: Message = {
  id: '0123456789abcdef0123456789abcdef',
  kind: 'alert',
  severity: 'urgent',
  items: 1,
  link: LINK,
  words: {
    subject: '1 urgent item',
    short: '1 urgent item needs you now.',
    long: `Open it here: ${LINK}\n`,
  },
  madeAtMs: AT_MS,
  nowMs: AT_MS + 5000,
}
const own: Senders = { pushContact: 'mailto:it@example.org', privateHosts: ['localhost'], ca: [] }
const soon = (ms = 60_000): AbortSignal => AbortSignal.timeout(ms)
const outcome = (result: object): string =>
  isFailure(result) ? `${result.failure}: ${result.detail}` : 'accepted'

t.test('e-mail goes to a real server, by STARTTLS, TLS and with a login', async (t) => {
  const authority = makeAuthority(t.testdir())
  const identity = authority.certify('localhost')
  const ca = [readFileSync(authority.caFile, 'utf8')]
  const place = { id: 'e', channel: 'email', address: 'dsl@example.org' } as const
  for (const security of ['starttls', 'tls'] as const) {
    const server = await startMailServer({
      ...identity,
      secure: security === 'tls',
      authOptional: false,
      onAuth: ({ username, password }, _session, callback) =>
        username === 'box' && password === 'right'
          ? callback(null, { user: 'box' })
          : callback(new Error('no')),
    })
    t.teardown(() => server.close())
    const email = { host: 'localhost', port: server.port, security, from: 'box@example.org' }
    const login = { user: 'box', password: 'right' }
    const send = (change: object, senders: Partial<Senders> = { ca }) =>
      sendEmail(
        { ...message, place },
        { ...own, ...senders, email: { ...email, login, ...change } },
        soon(),
      )
    t.strictSame(await send({}), { kind: 'accepted' })
    const [mail] = server.received
    t.match(mail, {
      to: ['dsl@example.org'],
      messageId: `<${message.id}@example.org>`,
      isSecure: true,
    })
    t.match(mail?.text, /^Subject: 1 urgent item$/m)
    t.match(mail?.text, /^Auto-Submitted: auto-generated$/m)
    t.ok(mail?.text.includes(LINK))
    t.match(await send({ login: { user: 'box', password: 'wrong' } }), { failure: 'refused' })
    t.match(await send({}, { ca: [] }), { failure: 'failed' }, 'a certificate of nobody known')
    t.equal(server.received.length, 1)
  }
})

t.test('a mail server may be slow, refuse for now, refuse for good, or not be there', async (t) => {
  const server = await startMailServer()
  const senders = {
    ...own,
    email: { host: 'localhost', port: server.port, security: 'none', from: 'box@example.org' },
  } as const
  const place = { id: 'e', channel: 'email', address: 'dsl@example.org' } as const
  const send = (signal = soon(), change: Partial<Senders> = {}) =>
    sendEmail({ ...message, place }, { ...senders, ...change }, signal)
  t.strictSame(await send(), { kind: 'accepted' })
  server.take = () => Promise.resolve({ code: 451 })
  t.match(await send(), { failure: 'failed' })
  server.take = () => Promise.resolve({ code: 550 })
  t.match(await send(), { failure: 'refused' })
  server.take = () => new Promise(() => undefined)
  const begun = performance.now()
  t.match(await send(soon(300)), { failure: 'failed', detail: /took too long/ })
  t.ok(performance.now() - begun < 30_000, 'it is not waited for')
  t.match(await send(soon(), { privateHosts: [] }), {
    failure: 'refused',
    detail: /not on the internet/,
  })
  const secure = { ...senders.email, security: 'starttls' } as const
  t.match(
    await send(soon(), { email: secure }),
    { failure: 'refused', detail: /STARTTLS/ },
    'nothing is sent in the clear that was to be sealed',
  )
  await server.close()
  t.match(await send(), { failure: 'failed' })
})

t.test(
  'a webhook is signed as Standard Webhooks says, with the same id at every try',
  async (t) => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const key = webhookKey(secret)
    if (!key) throw new Error('no key')
    const receiver = await startHttpReceiver()
    t.teardown(() => receiver.close())
    const place = { id: 'w', channel: 'webhook', url: receiver.url('/in'), secret: key } as const
    t.strictSame(await sendWebhook({ ...message, place }, own, soon()), { kind: 'accepted' })
    await sendWebhook({ ...message, place, nowMs: AT_MS + 60_000 }, own, soon())
    const [first, second] = receiver.received
    for (const post of receiver.received) {
      const {
        'webhook-id': id,
        'webhook-timestamp': at,
        'webhook-signature': signature,
      } = post.headers
      const signed = createHmac('sha256', Buffer.alloc(32, 7))
        .update(`${String(id)}.${String(at)}.${String(post.body)}`)
        .digest('base64')
      t.equal(signature, `v1,${signed}`)
      t.equal(id, `msg_${message.id}`)
    }
    t.strictSame(first?.body, second?.body)
    t.not(first?.headers['webhook-timestamp'], second?.headers['webhook-timestamp'])
    t.strictSame(JSON.parse(String(first?.body)), {
      type: 'notice.alert',
      timestamp: '2026-03-02T09:00:00.000Z',
      data: { text: '1 urgent item needs you now.', link: LINK, items: 1, severity: 'urgent' },
    })
    t.equal(webhookKey('whsec_c2hvcnQ='), undefined)
    t.equal(webhookKey('nothing'), undefined)
  },
)

t.test(
  'no redirect, no private address, no strange certificate, no endless answer, no endless wait',
  async (t) => {
    const authority = makeAuthority(t.testdir())
    const plain = await startHttpReceiver()
    const secure = await startHttpReceiver(authority.certify('localhost'))
    t.teardown(() => Promise.all([plain.close(), secure.close()]))
    const place = (url: string) =>
      ({ id: 'w', channel: 'webhook', url, secret: Buffer.alloc(32) }) as const
    const send = (url: string, senders: Senders = own, signal = soon()) =>
      sendWebhook({ ...message, place: place(url) }, senders, signal)
    plain.answer = (_, response) =>
      response.writeHead(302, { location: plain.url('/elsewhere') }).end()
    t.match(outcome(await send(plain.url())), /^refused: .*redirects are not followed/)
    t.equal(plain.received.length, 1)
    t.match(
      outcome(await send(plain.url(), { ...own, privateHosts: [] })),
      /^refused: .*not asked over https/,
    )
    t.match(
      outcome(await send(secure.url(), { ...own, privateHosts: [] })),
      /^refused: .*not on the internet/,
    )
    t.match(
      outcome(await send(`https://127.0.0.1:${secure.port}/`, { ...own, privateHosts: [] })),
      /^refused/,
    )
    t.match(outcome(await send(`https://[::ffff:127.0.0.1]:${secure.port}/`, own)), /^refused/)
    t.match(
      outcome(await send('http://[::1]:9/', { ...own, privateHosts: ['::1'] })),
      /^failed: .*ECONNREFUSED|ENETUNREACH|EADDRNOTAVAIL/,
    )
    t.match(outcome(await send(secure.url())), /^failed: .*CERT|SELF_SIGNED|UNABLE/)
    t.equal(secure.received.length, 0)
    const ca = [readFileSync(authority.caFile, 'utf8')]
    t.strictSame(await send(secure.url(), { ...own, ca }), { kind: 'accepted' })
    plain.answer = (_, response) => {
      response.writeHead(500)
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 97)));
      }
      response.on('drain', pour)
      pour()
    }
    const poured = await send(plain.url())
    t.match(outcome(poured), /^failed: .*status 500/)
    t.ok(outcome(poured).length < 400, 'what it says is cut')
    plain.answer = () => undefined
    t.match(outcome(await send(plain.url(), own, soon(200))), /^failed: .*took too long/)
    for (const [status, kind] of [
      [429, 'failed'],
      [503, 'failed'],
      [400, 'refused'],
      [410, 'refused'],
    ] as const) {
      plain.answer = (_, response) => response.writeHead(status).end('why')
      t.match(await send(plain.url()), { failure: kind, detail: /why/ })
    }
  },
)

t.test(
  'https goes through the proxy that the environment names, but not to private hosts',
  async (t) => {
    const authority = makeAuthority(t.testdir())
    const server = await startHttpReceiver(authority.certify('notify.test'))
    server.answer = (_, response) => response.writeHead(204).end()
    const proxy = await startProxy(t, server.port)
    t.teardown(() => server.close())
    withEnvironment(t, { HTTPS_PROXY: proxy.url, NO_PROXY: '' })
    const senders = { ...own, ca: [readFileSync(authority.caFile, 'utf8')] }
    const secret = Buffer.alloc(32, 1)
    const send = (url: string) =>
      sendWebhook(
        { ...message, place: { id: 'w', channel: 'webhook', url, secret } },
        senders,
        soon(),
      )
    t.equal(outcome(await send(`https://notify.test:${server.port}/in`)), 'accepted')
    t.strictSame(proxy.asked, [`notify.test:${server.port}`])
    t.equal(server.received.length, 1)
    t.match(outcome(await send('https://10.0.0.1/in')), /^refused: .*not on the internet/)
    await send(`https://localhost:${server.port}/in`)
    t.equal(proxy.asked.length, 1, 'neither was asked through the proxy')
  },
)

t.test('a push message can be read by its browser alone, and its sender proved', async (t) => {
  const file = join(t.testdir(), 'vapid.json')
  const keys = readVapidKeys(file)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.strictSame(readVapidKeys(file), keys, 'made once')
  const authority = makeAuthority(t.testdir())
  const service = await startHttpReceiver(authority.certify('localhost'))
  t.teardown(() => service.close())
  const browser = makePushSubscriber()
  const place = {
    id: 'p',
    channel: 'push',
    endpoint: service.url('/push/abc'),
    ...browser.keys,
  } as const
  const gone: string[] = []
  const send = makeSendPush(keys, (id) => gone.push(id))
  const senders = { ...own, ca: [readFileSync(authority.caFile, 'utf8')] }
  service.answer = (_, response) => response.writeHead(201).end()
  t.strictSame(await send({ ...message, place }, senders, soon()), { kind: 'accepted' })
  const [post] = service.received
  if (!post) throw new Error('nothing came')
  t.notOk(post.body.includes('urgent'), 'nothing of it can be read on the way')
  t.strictSame(JSON.parse(browser.open(post.body)), {
    title: '1 urgent item',
    body: '1 urgent item needs you now.',
    url: LINK,
    tag: message.id,
  })
  t.match(post.headers, {
    urgency: 'high',
    topic: message.id,
    ttl: '86400',
    'content-encoding': 'aes128gcm',
  })
  const [, token = '', key = ''] =
    /^vapid t=([^,]+), ?k=(.+)$/.exec(post.headers.authorization ?? '') ?? []
  t.equal(key, keys.publicKey)
  const [header = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
  t.ok(
    verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  )
  t.match(JSON.parse(String(Buffer.from(claims, 'base64url'))), {
    aud: `https://localhost:${service.port}`,
    sub: 'mailto:it@example.org',
  })
  service.answer = (_, response) => response.writeHead(403).end()
  t.match(await send({ ...message, place }, senders, soon()), { failure: 'refused' })
  t.strictSame(gone, [], 'refused is not gone')
  for (const status of [404, 410]) {
    service.answer = (_, response) => response.writeHead(status).end()
    t.match(await send({ ...message, place }, senders, soon()), { failure: 'refused' })
  }
  t.strictSame(gone, ['p', 'p'], 'the browser has left')
  t.match(await send({ ...message, place: { ...place, p256dh: 'AAAA' } }, senders, soon()), {
    failure: 'refused',
  })
})

t.test('text messages go by GOV.UK Notify, or by any gateway', async (t) => {
  const receiver = await startHttpReceiver()
  t.teardown(() => receiver.close())
  receiver.answer = (_, response) =>
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"x"}')
  const place = { id: 's', channel: 'sms', number: '+447700900123' } as const
  const service = '11111111-2222-4333-8444-555555555555'
  const template = '99999999-2222-4333-8444-555555555555'
  const notify = {
    kind: 'gov-notify',
    baseUrl: receiver.url(),
    service,
    secret: 'a-secret',
    template,
  } as const
  const send = (sms: Senders['sms']) =>
    sendSms({ ...message, place }, { ...own, ...(sms ? { sms } : {}) }, soon())
  t.strictSame(await send(notify), { kind: 'accepted' })
  const text = `1 urgent item needs you now. ${LINK}`
  const [post] = receiver.received
  t.equal(post?.path, '/v2/notifications/sms')
  t.strictSame(JSON.parse(String(post?.body)), {
    phone_number: '+447700900123',
    template_id: template,
    personalisation: { message: text },
    reference: message.id,
  })
  const [header = '', claims = '', signature] = (post?.headers.authorization ?? '')
    .replace('Bearer ', '')
    .split('.')
  t.equal(
    signature,
    createHmac('sha256', 'a-secret').update(`${header}.${claims}`).digest('base64url'),
  )
  t.strictSame(JSON.parse(String(Buffer.from(header, 'base64url'))), { typ: 'JWT', alg: 'HS256' })
  t.strictSame(JSON.parse(String(Buffer.from(claims, 'base64url'))), {
    iss: service,
    iat: AT_MS / 1000 + 5,
  })
  const fields = { to: '{to}', message: 'School: {text}', ref: '{id}' }
  await send({ kind: 'gateway', url: receiver.url('/sms'), format: 'json', fields, token: 'tkn' })
  await send({ kind: 'gateway', url: receiver.url('/sms'), format: 'form', fields })
  const [, json, form] = receiver.received
  const expected = { to: '+447700900123', message: `School: ${text}`, ref: message.id }
  t.strictSame(JSON.parse(String(json?.body)), expected)
  t.equal(json?.headers.authorization, 'Bearer tkn')
  t.strictSame(Object.fromEntries(new URLSearchParams(String(form?.body))), expected)
  t.match(await send(undefined), { failure: 'refused' })
})
