import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCollector } from '#collector/main.ts'
import { makeEscalations } from '#collector/notify/ladder/ladder.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { startMailServer } from '../../support/mail-server.ts'
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
