/** A browser subscribes on the console and is told: over the real server, with a push service of the test's. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { blocked, signal } from '#test/support/alert-lab.ts'
import { startHttpReceiver } from '#test/support/http-receiver.ts'
import { makeAuthority } from '#test/support/list-server.ts'
import { startMailServer } from '#test/support/mail-server.ts'
import { makePerson } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { makePushSubscriber } from '#test/support/push-subscription.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const HOSTILE = '<script>alert(1)</script>\u202e{{7*7}}'
const SHOWN = /<script>alert|\u202e|>49</

t.test('a browser is subscribed, told of an alert, and told no more', async (t) => {
  const folder = shortFolder(t)
  const mail = await startMailServer()
  const authority = makeAuthority(t.testdir())
  const service = await startHttpReceiver(authority.certify('localhost'))
  service.answer = ({ path }, response) => response.writeHead(path === '/push/8' ? 410 : 201).end()
  t.teardown(() => Promise.all([mail.close(), service.close()]))
  const peopleFile = join(folder, 'people.json')
  const settings = {
    console: 'http://127.0.0.1:9',
    'time-zone': 'UTC',
    'school-hours': Object.fromEntries(
      ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [
        day,
        '00:00-24:00',
      ]),
    ),
    drill: 'off',
    email: { host: 'localhost', port: mail.port, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    'ca-file': authority.caFile,
    people: [
      {
        id: 'dsl',
        name: `Lead ${HOSTILE.replace('\u202e', '')}`,
        roles: ['dsl'],
        email: 'DSL@example.org',
      },
      { id: 'tutor', name: 'Tutor', roles: ['deputy'], email: 'tutor@example.org' },
    ],
  }
  writeFileSync(peopleFile, JSON.stringify(settings))
  const collector = await runCollector(folder, { peopleFile })
  t.teardown(() => collector.close())
  const { cookie } = await makePerson(collector, { roles: ['dsl'], email: 'dsl@example.org' })
  const read = async (of = cookie): Promise<string> => (await collector.page('/notices', of)).text()
  t.match(await read(), /Your browsers that are told<\/h2>\s*<p class="govuk-body">None\./)
  t.match(await read(), /data-push="[\w-]{80,90}" hidden/)
  t.match(await read(), /told as <strong><bdi>Lead &lt;script&gt;[\s\S]*dsl@example\.org/)

  const browser = makePushSubscriber()
  const given = {
    // Whoever is meant is whoever is signed in.
    person: 'tutor',
    label: HOSTILE,
    endpoint: service.url('/push/abc'),
    ...browser.keys,
  }
  const subscribe = (change: Record<string, string>): Promise<Response> =>
    postForm(`${collector.consoleUrl}/notices/subscribe`, { ...given, ...change }, { cookie })
  for (const [change, says] of [
    [{ endpoint: 'http://localhost/plain' }, /is no subscription/],
    [{ endpoint: 'x'.repeat(3000) }, /is no subscription/],
    [{ p256dh: HOSTILE }, /is no subscription/],
    [{ auth: '' }, /is no subscription/],
  ] as const) {
    const refused = await subscribe(change)
    t.equal(refused.status, 409)
    const html = await refused.text()
    t.match(html, says)
    t.notMatch(html, SHOWN)
  }
  t.equal((await subscribe({})).status, 303)
  t.equal((await subscribe({})).status, 303, 'one browser is one place')
  t.equal((await read()).match(/Tell it no more/g)?.length, 1)
  t.match(await read(), /By localhost, since/)
  t.notMatch(await read(), SHOWN)
  for (let one = 0; one < 9; one += 1)
    t.equal((await subscribe({ endpoint: service.url(`/push/${one}`) })).status, 303)
  const tooMany = await subscribe({ endpoint: service.url('/push/more') })
  t.equal(tooMany.status, 409)
  t.match(await tooMany.text(), /at most 10 browsers a person/)

  const client = collector.client()
  await client.report(blocked({ category: 'harm.suicide', at: Date.now(), signal: signal() }))
  await until('all browsers are told', () => service.received.length === 10, 20_000)
  const post = service.received.find(({ path }) => path === '/push/abc')
  t.match(JSON.parse(browser.open(post?.body ?? Buffer.alloc(0))), {
    title: '1 critical item',
    url: /^http:\/\/127\.0\.0\.1:9\/alerts\//,
  })

  const remove = async (path: string, of = cookie): Promise<number> =>
    (await postForm(`${collector.consoleUrl}${path}`, {}, { cookie: of })).status
  const other = await makePerson(collector, { roles: ['pastoral'], email: 'tutor@example.org' })
  const stranger = await collector.signInAs('dsl', 'head')
  const paths = [...(await read()).matchAll(/action="(\/notices\/[\w-]+\/remove)"/g)]
  t.equal(paths.length, 9, 'a subscription that has ended is no more')
  t.notMatch(await read(other.cookie), /Tell it no more/)
  t.match(await read(other.cookie), /told as <strong><bdi>Tutor/)
  t.match(
    await read(stranger),
    /Your e-mail address, <bdi>person-\d+@school\.test<\/bdi>, is not in it/,
  )
  t.notMatch(await read(stranger), /Tell it no more|data-push/)
  const foreign = await postForm(
    `${collector.consoleUrl}/notices/subscribe`,
    { ...given, person: 'dsl' },
    { cookie: stranger },
  )
  t.equal(foreign.status, 409)
  t.match(await foreign.text(), /Your e-mail address is not in the list of people/)
  for (const [, path = ''] of paths) {
    t.equal(await remove(path, other.cookie), 404, 'nobody ends another’s')
    t.equal(await remove(path, stranger), 404)
    t.equal(await remove(path), 303)
    t.equal(await remove(path), 404)
  }
  t.equal(await remove('/notices/..%2f/remove'), 404)
  t.notMatch(await read(), /Tell it no more/)
})

t.test(
  'without people it says so; its parts are served to a browser that has no session',
  async (t) => {
    const collector = await runCollector(shortFolder(t))
    t.teardown(() => collector.close())
    const cookie = await collector.signIn()
    const html = await (await collector.page('/notices', cookie)).text()
    t.match(html, /Nobody is told yet/)
    t.notMatch(html, /data-push/)
    const worker = await fetch(`${collector.consoleUrl}/assets/service-worker.js`)
    t.match(worker.headers.get('content-type'), /^text\/javascript/)
    t.match(await worker.text(), /^const WORDS = .*"Something waits for you\."/)
    const manifest = await fetch(`${collector.consoleUrl}/assets/manifest.webmanifest`)
    t.equal(manifest.headers.get('content-type'), 'application/manifest+json')
    t.match(await manifest.json(), { start_url: '/', display: 'standalone' })
    t.equal((await postForm(`${collector.consoleUrl}/notices/subscribe`, {})).status, 403)
  },
)
