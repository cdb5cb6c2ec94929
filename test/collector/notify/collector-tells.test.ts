import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { startCollector } from '#collector/main.ts'
import { makeEscalations } from '#collector/notify/ladder/ladder.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { blocked, signal } from '../../support/alert-lab.ts'
import { makeStatus } from '../../support/collector-client.ts'
import { startMailServer } from '../../support/mail-server.ts'
import { makePerson } from '../../support/people.ts'
import { postForm } from '../../support/post-form.ts'
import { runCollector } from '../../support/running-collector.ts'
import { shortFolder } from '../../support/short-folder.ts'
import { until } from '../../support/until.ts'

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

t.test('the collector tells people, and a drill is confirmed by its button alone', async (t) => {
  const folder = shortFolder(t)
  const mail = await startMailServer()
  t.teardown(() => mail.close())
  const today = DAYS[new Date().getUTCDay()]
  const peopleFile = join(folder, 'people.json')
  const settings = {
    console: 'http://127.0.0.1:9',
    'time-zone': 'UTC',
    drill: `${today} 00:00`,
    digest: `${DAYS[(new Date().getUTCDay() + 3) % 7]} 07:00`,
    email: { host: 'localhost', port: mail.port, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    people: [{ id: 'dsl', name: 'Someone', roles: ['dsl'], email: 'dsl@example.org' }],
  }
  writeFileSync(peopleFile, JSON.stringify(settings))
  const collector = await runCollector(folder, { peopleFile })
  t.teardown(() => collector.close())
  const stateDir = collector.options.stateDir
  for (const secret of ['vapid.json', 'confirm.key'])
    t.equal(statSync(join(stateDir, secret)).mode & 0o777, 0o600)
  const db = openCollectorFile(join(stateDir, 'collector.sqlite'))
  const alert = {
    tenant: 'local',
    alert: 'a1',
    queue: 'safeguarding',
    severity: 'critical',
    isTrial: false,
    atMs: Date.now(),
    cause: 'opened',
  } as const
  makeEscalations(db).raise(alert)
  db.close()
  await until('both messages came', () => mail.received.length >= 2, 60_000)
  const texts = mail.received.map(({ text }) => text.replaceAll('=\r\n', ''))
  t.ok(texts.some((text) => text.includes('http://127.0.0.1:9/alerts/a1')))
  const [, token = ''] = texts.flatMap((text) => /\/confirm\/([\w-]+)/.exec(text) ?? [])
  const url = `${collector.consoleUrl}/confirm/${token}`
  const unconfirmed = async (): Promise<string | undefined> =>
    /drill_unconfirmed (\d)/.exec(
      await (
        await fetch(
          collector.metricsUrl.replace(/\/?$/, '/metrics').replace('/metrics/metrics', '/metrics'),
        )
      ).text(),
    )?.[1]
  const page = await fetch(url)
  t.match(await page.text(), /The message came to me/)
  t.equal(await unconfirmed(), '1', 'a mail server that opens links confirms nothing')
  t.equal((await postForm(url, {}, { origin: 'https://elsewhere.example.org' })).status, 403)
  t.equal((await postForm(`${url}x`, {})).status, 404)
  t.equal((await fetch(`${collector.consoleUrl}/confirm/nothing`)).status, 404)
  const thanks = await postForm(url, {})
  t.equal(thanks.status, 200)
  t.match(await thanks.text(), /Thank you/)
  t.equal(await unconfirmed(), '0')
})

t.test('whom an alert is assigned to is told so, and of what not a word', async (t) => {
  const folder = shortFolder(t)
  const mail = await startMailServer()
  t.teardown(() => mail.close())
  const peopleFile = join(folder, 'people.json')
  const settings = {
    console: 'http://127.0.0.1:9',
    email: { host: 'localhost', port: mail.port, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    people: [{ id: 'it', name: 'Someone', roles: ['it'], email: 'it@example.org' }],
  }
  writeFileSync(peopleFile, JSON.stringify(settings))
  const limits = { alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0 } }
  const collector = await runCollector(folder, { peopleFile, limits })
  t.teardown(() => collector.close())
  const cookie = await collector.signInAs('dsl')
  const cookies: string[] = []
  for (const [name, roles] of [
    ['tutor', ['pastoral']],
    ['nurse', ['pastoral']],
    ['head', ['head']],
  ] as const)
    cookies.push((await makePerson(collector, { roles, email: `${name}@school.test` })).cookie)
  const notices = async (of = ''): Promise<string> => (await collector.page('/notices', of)).text()
  t.match(await notices(cookies[0]), /told of alerts that are assigned to you/)
  t.match(await notices(cookies[2]), /You are not told yet/)
  const at = Date.now()
  const client = collector.client()
  await client.report(
    blocked({
      category: 'harm.suicide',
      at,
      user: 'k.sample',
      site: 'dark-water.test',
      signal: signal({ site: 'dark-water.test', points: 80, intent: 100 }),
    }),
  )
  await client.postStatus(makeStatus(client.appliance))
  let path = ''
  await until('the alert stands', async () => {
    const html = await (await collector.page('/alerts', cookie)).text()
    path = /\/alerts\/[\w-]{36}/.exec(html)?.[0] ?? ''
    return path !== ''
  })
  const assign = async (to: string): Promise<number> =>
    (await postForm(`${collector.consoleUrl}${path}/assign`, { to }, { cookie })).status
  t.equal(await assign('head@school.test'), 409)
  t.equal(await assign('tutor@school.test'), 303)
  await until('the tutor is told', () => mail.received.length > 0, 20_000)
  t.equal(await assign('nurse@school.test'), 303)
  await until('the nurse is told', () => mail.received.length > 1, 20_000)
  t.same(
    mail.received.map(({ to }) => to),
    [['tutor@school.test'], ['nurse@school.test']],
    'each once, although no file names them, and nobody else',
  )
  const first = async (of = ''): Promise<string> => (await collector.page('/', of)).text()
  t.match(await first(cookies[1]), /<h1[^>]*>1 alert needs you now/)
  t.match(await first(cookies[0]), /<h1[^>]*>Nothing needs you/, 'it is the nurse’s now')
  t.equal(
    (await postForm(`${collector.consoleUrl}${path}/acknowledge`, {}, { cookie })).status,
    303,
  )
  t.match(await first(cookies[1]), /<h1[^>]*>1 alert is with you/, 'whoever has seen it')
  for (const { text } of mail.received) {
    const plain = text.replaceAll('=\r\n', '')
    t.match(plain, /^Subject: 1 critical item for you\r$/m)
    t.match(plain, /1 critical item was given to you to look into\./)
    t.ok(plain.includes(`http://127.0.0.1:9${path}`), 'the link is of this alert')
    t.notMatch(plain, /suicid|k\.sample|dark-water|Year 9/i)
  }
})

t.test(
  'a file of people that is wrong keeps the collector from starting, and says why',
  async (t) => {
    const folder = shortFolder(t)
    const peopleFile = join(folder, 'people.yaml')
    writeFileSync(peopleFile, 'console: nowhere\npeople: []\n')
    mkdirSync(join(folder, 'c'))
    const places = {
      console: { host: '127.0.0.1', port: 0 },
      metrics: { host: '127.0.0.1', port: 0 },
    }
    await t.rejects(
      startCollector({
        stateDir: join(folder, 'c'),
        enrolledDir: folder,
        ...places,
        publicHosts: [],
        logLevel: 'silent',
        peopleFile,
      }),
      {
        code: 'EDGE_COLLECTOR',
        message: /people.yaml:1:10: console: found "nowhere"; allowed: an https/,
      },
    )
  },
)
