/** Every route, every role, strangers and foreign tenants, over the real server: who gets what, and that nobody gets more. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { ROLES, type Role } from '#collector/accounts/role.ts'
import { addAccessCheck } from '#collector/http/access-check.ts'
import { COMMAND_KINDS } from '#collector/http/alert-form.ts'
import { ROUTE_ACCESS } from '#collector/http/route-access.ts'
import type { CollectorOptions } from '#collector/main.ts'
import { blocked, signal } from '#test/support/alert-lab.ts'
import { startMailServer } from '#test/support/mail-server.ts'
import { makePerson, signInByCode } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

/** Names that stand beside a safeguarding theme, and who may read each. */
const PUPIL = 'pupil.one'
const TEACHER = 'teacher.two'
const HEAD = 'the.head'
const FOREIGN = 'foreign.pupil'
const READERS: Readonly<Record<string, readonly Role[]>> = {
  [PUPIL]: ['dsl', 'deputy'],
  [TEACHER]: ['head'],
  [HEAD]: ['chair'],
  [FOREIGN]: [],
}

/** Who may ask for what, written down a second time: a change of the table must be meant. */
const WHO: Readonly<Record<string, readonly Role[]>> = {
  '/alerts': ['dsl', 'deputy', 'pastoral', 'head', 'chair', 'it'],
  '/events': ['dsl', 'deputy', 'head', 'chair', 'it'],
  '/themes': ['dsl', 'deputy', 'head', 'it'],
  '/digest': ['dsl', 'deputy', 'head'],
  '/report': ['dsl', 'deputy', 'head', 'chair', 'governor'],
  '/report.pdf': ['dsl', 'deputy', 'head', 'chair', 'governor'],
  '/review': ['dsl', 'deputy', 'head', 'chair', 'governor'],
  '/review.pdf': ['dsl', 'deputy', 'head', 'chair', 'governor'],
  '/checks': ['dsl', 'deputy', 'head', 'chair', 'governor', 'it', 'auditor'],
  '/checks/new': ['dsl', 'deputy', 'head', 'it'],
  '/checks/x': ['dsl', 'deputy', 'head', 'it', 'auditor'],
  '/decisions': ['dsl', 'deputy', 'head', 'chair', 'governor', 'it', 'auditor'],
  '/decisions/new': ['dsl', 'deputy', 'head', 'chair'],
  '/decisions/x': ['dsl', 'deputy', 'head', 'chair', 'governor', 'it', 'auditor'],
  '/alerts/x/hand-over': ['dsl', 'deputy', 'head', 'chair'],
  '/alerts/x/hand-over.pdf': ['dsl', 'deputy', 'head', 'chair'],
  '/alerts/x/hand-over.csv': ['dsl', 'deputy', 'head', 'chair'],
  '/notices': ROLES,
  '/devices': ['dsl', 'deputy', 'it'],
  '/devices.csv': ['dsl', 'deputy', 'it'],
  '/networks': ['dsl', 'deputy', 'it'],
  '/appliances': ['dsl', 'deputy', 'it'],
  '/setup': ['dsl', 'deputy', 'it'],
  '/policy': ['dsl', 'deputy', 'head', 'it'],
  '/policy/timetable': ['dsl', 'deputy', 'head', 'it'],
  '/policy/timetable/example-week.csv': ['dsl', 'deputy', 'head', 'it'],
  '/policy/timetable/example-terms.csv': ['dsl', 'deputy', 'head', 'it'],
  '/policy/releases': ['dsl', 'deputy', 'head', 'it'],
  '/policy/over-blocks': ['dsl', 'deputy', 'head', 'it'],
  '/why': ['dsl', 'deputy', 'it'],
  '/requests': ['dsl', 'deputy', 'head', 'it'],
  '/accounts': ['dsl', 'head'],
  '/audit': ['dsl', 'head', 'auditor'],
  '/audit/alerts': ['dsl', 'head', 'auditor'],
  '/audit.csv': ['dsl', 'head', 'auditor'],
  '/account': ROLES,
  '/ways-in': ROLES,
  '/ways-in/provider': ROLES,
  '/prove/provider': ROLES,
  '/knowledge': ROLES,
  '/guide': ROLES,
}

/** And what may change what; whose alert it is decides besides. */
const MAY_POST: Readonly<Record<string, readonly Role[]>> = {
  ...Object.fromEntries(
    ['acknowledge', 'review', 'note', 'await-information', 'information-came'].map((act) => [
      `/alerts/x/${act}`,
      ['dsl', 'deputy', 'pastoral', 'head', 'chair', 'it'],
    ]),
  ),
  ...Object.fromEntries(
    ['decide', 'act', 'close', 'escalate', 'reopen', 'hold', 'release-hold', 'merge', 'split'].map(
      (act) => [`/alerts/x/${act}`, ['dsl', 'deputy', 'head', 'chair', 'it']],
    ),
  ),
  '/alerts/x/assign': ['dsl', 'deputy'],
  '/themes/set-aside': ['dsl', 'deputy'],
  '/themes/set-aside/x/end': ['dsl', 'deputy'],
  '/themes/x/accept-demotion': ['dsl', 'deputy'],
  '/themes/x/refuse-demotion': ['dsl', 'deputy'],
  ...Object.fromEntries(
    ['/prove/passkey', '/ways-in/passkeys'].flatMap((path) => [
      [path, ROLES],
      [`${path}/challenge`, ROLES],
    ]),
  ),
  '/ways-in/passkeys/remove': ROLES,
  '/ways-in/provider': ROLES,
  '/ways-in/provider/unlink': ROLES,
  '/policy/preview': ['dsl', 'deputy', 'head', 'it'],
  '/policy/releases': ['dsl', 'deputy', 'head', 'it'],
  '/policy/releases/x/end': ['dsl', 'deputy', 'head', 'it'],
  '/policy/propose': ['dsl', 'deputy'],
  ...Object.fromEntries(
    [
      '/policy/rules',
      '/policy/rules/x/remove',
      '/policy/versions/x/revert',
      '/policy/proposals/x/accept',
      '/policy/proposals/x/decline',
      '/policy/timetable',
      '/policy/timetable/preview',
      '/policy/timetable/remove',
      '/requests/grant',
      '/requests/refuse',
    ].map((path) => [path, ['head', 'it']]),
  ),
  '/checks': ['dsl', 'deputy', 'head', 'it'],
  '/checks/x/follow-up': ['dsl', 'deputy', 'head', 'it'],
  '/decisions': ['dsl', 'deputy', 'head', 'chair'],
  '/review': ['dsl', 'head', 'chair', 'governor'],
  '/decisions/x/amend': ['dsl', 'deputy', 'head', 'chair'],
  '/notices/subscribe': ROLES,
  '/notices/x/remove': ROLES,
  ...Object.fromEntries(
    ['', '/x/link', '/x/roles', '/x/hidden', '/x/remove'].map((path) => [
      `/accounts${path}`,
      ['dsl', 'head'],
    ]),
  ),
}

/** Where each begins. */
const HOMES: Readonly<Record<Role, string>> = {
  dsl: '/',
  deputy: '/',
  pastoral: '/',
  head: '/',
  chair: '/',
  governor: '/report',
  it: '/appliances',
  auditor: '/audit',
}

async function school(t: Test, change: Partial<CollectorOptions> = {}): Promise<RunningCollector> {
  const collector = await runCollector(shortFolder(t), { heads: [HEAD], ...change })
  t.teardown(() => collector.close())
  const at = Date.now()
  const suicide = { category: 'harm.suicide', at, signal: signal() } as const
  await collector
    .client()
    .report(
      blocked({ ...suicide, user: PUPIL }),
      { ...blocked({ ...suicide, user: TEACHER }), profile: 'staff' },
      blocked({ ...suicide, user: HEAD }),
    )
  await collector
    .client({ tenant: 'elsewhere', name: 'Elsewhere' })
    .report(blocked({ ...suicide, user: FOREIGN }))
  return collector
}

t.test('a route without a rule cannot be added', async (t) => {
  const server = Fastify()
  addAccessCheck(server, {
    findViewer: () => Promise.resolve(undefined),
    audit: { note: () => undefined, read: () => [], verify: () => 0 },
    pages: Object.create(null),
    isProved: () => false,
  })
  server.get('/knowledge', () => 'known')
  t.throws(() => server.get('/unheard-of', () => 'open'), {
    code: 'EDGE_COLLECTOR',
    message: /"GET \/unheard-of" does not say who may ask for it/,
  })
  t.throws(() => server.post('/knowledge', () => 'open'), /"POST \/knowledge"/)
})

t.test('each role gets what is its own, and nobody reads a name that is not theirs', async (t) => {
  const collector = await school(t)
  const { consoleUrl } = collector
  const cookies = new Map<Role, string>()
  for (const role of ROLES) cookies.set(role, await collector.signInAs(role))
  const lead = cookies.get('dsl') ?? ''
  const read = async (path: string, cookie: string): Promise<string> => {
    const answer = await collector.page(path, cookie)
    return `${answer.status} ${answer.headers.get('location') ?? ''} ${await answer.text()}`
  }
  const alerts = new Map<string, string>()
  const idIn = (html: string, kind: string): string =>
    new RegExp(`href="(/${kind}/[\\w-]+)"`).exec(html)?.[1] ?? ''
  const owners = [
    [PUPIL, 'dsl'],
    [TEACHER, 'head'],
    [HEAD, 'chair'],
  ] as const
  for (const [user, role] of owners) {
    const cookie = cookies.get(role) ?? ''
    await eventually(async () => (await read('/alerts', cookie)).includes(user))
    alerts.set(user, idIn(await read('/alerts', cookie), 'alerts'))
  }
  const events = new Map<string, string>()
  for (const [user, role] of owners)
    events.set(user, idIn(await read('/events', cookies.get(role) ?? ''), 'events'))
  t.equal(new Set([...alerts.values(), ...events.values()]).size, 6, 'six of their own')

  const ids = [...alerts.values(), ...events.values()]
  const paths = [
    ...Object.keys(WHO),
    '/',
    '/?fragment=today',
    '/alerts?fragment=rows',
    '/alerts?state=all',
    // Not the whole name, which the filter's own field shows again.
    ...Object.keys(READERS).map((user) => `/alerts?state=all&text=${user.slice(0, -1)}`),
    '/digest?back=1',
    '/report?from=2026-01-01',
    '/events?fragment=rows',
    '/events?severity=critical',
    ...ids,
    ...ids.map((path) => `${path}?fragment=detail`),
    ...ids.map((path) => path.replace(/\/([\w-]+)$/, '/$1x')),
  ]
  let leaks = 0
  let cells = 0
  for (const [role, cookie] of cookies)
    for (const path of paths) {
      const html = await read(path, cookie)
      cells += 1
      const allowed = WHO[path]
      if (allowed !== undefined)
        t.equal(
          html.startsWith('403'),
          !allowed.includes(role),
          `${role} ${allowed.includes(role) ? 'may' : 'may not'} ask for ${path}`,
        )
      // The audit names no pupil, and what of it does is what somebody searched for.
      for (const [user, readers] of Object.entries(READERS))
        if (html.includes(user) && !readers.includes(role)) {
          leaks += 1
          t.fail(`${role} reads ${user} at ${path}`)
        }
    }
  t.equal(leaks, 0, `no leak in ${cells} answers`)
  for (const [user, readers] of Object.entries(READERS))
    for (const [role, cookie] of cookies) {
      const html = await read(alerts.get(user) ?? '/alerts/none', cookie)
      t.equal(html.includes(user), readers.includes(role), `${role}, the alert of ${user}`)
      const event = await read(events.get(user) ?? '/events/none', cookie)
      t.equal(event.includes(user), readers.includes(role), `${role}, the event of ${user}`)
    }
  const bare = await read(events.get(PUPIL) ?? '', cookies.get('it') ?? '')
  t.match(bare, /Only the safeguarding lead sees this/)
  t.notMatch(bare, /192\.0\.2\.|chromebook/, 'nor the device, by which IT would know the pupil')

  await t.test('what changes something is refused to the same', async (t) => {
    for (const [role, cookie] of cookies)
      for (const [user, alert] of alerts) {
        if (READERS[user]?.includes(role)) continue
        for (const act of COMMAND_KINDS) {
          const answer = await postForm(`${consoleUrl}${alert}/${act}`, {}, { cookie })
          t.ok([403, 404].includes(answer.status), `${role} cannot ${act} the alert of ${user}`)
        }
      }
    for (const [role, cookie] of cookies)
      for (const [path, allowed] of Object.entries(MAY_POST)) {
        const { status } = await postForm(consoleUrl + path, {}, { cookie })
        t.equal(status === 403, !allowed.includes(role), `${role} ${path}: ${status}`)
      }
    const acknowledged = await postForm(
      `${consoleUrl}${alerts.get(PUPIL)}/acknowledge`,
      {},
      { cookie: lead },
    )
    t.equal(acknowledged.status, 303)
  })

  await t.test('whoever signs in comes to a page of theirs', async (t) => {
    for (const [role, cookie] of cookies) {
      const first = await collector.page('/', cookie)
      const to = first.headers.get('location') ?? '/'
      t.equal(to, HOMES[role], role)
      t.equal((await collector.page(to, cookie)).status, 200)
      const menu = /<nav class="edge-nav"[\s\S]*?<\/nav>/.exec(await read(to, cookie))?.[0] ?? ''
      for (const [, href = ''] of menu.matchAll(/href="([^"]+)"/g))
        t.equal((await collector.page(href, cookie)).status, 200, `${role} ${href}`)
    }
  })

  await t.test('no page leads anybody to one that is refused', async (t) => {
    for (const [role, cookie] of cookies)
      for (const path of ['/', ...Object.keys(WHO)]) {
        const html = await read(path, cookie)
        if (!html.startsWith('200') || /\.(?:csv|pdf)$/.test(path)) continue
        const hrefs = new Set([...html.matchAll(/href="(\/[^"]*)"/g)].map((m) => m[1] ?? ''))
        for (const href of hrefs) {
          const { status } = await collector.page(href.replaceAll('&amp;', '&'), cookie)
          t.ok([200, 303].includes(status), `${role} from ${path} to ${href}: ${status}`)
        }
      }
  })

  await t.test('every route that is not for everybody stands in the tables above', (t) => {
    const open =
      /^(?:GET \/(?:|live|prove|(?:alerts|events|devices)\/:id)|POST \/(?:sign-out|prove|account\/\w+))$/
    for (const [route, { who }] of Object.entries(ROUTE_ACCESS)) {
      const [method, path = ''] = route.split(' ')
      if (who === 'anyone' || who === 'appliance' || open.test(route)) continue
      t.ok((method === 'GET' ? WHO : MAY_POST)[path.replaceAll(/:\w+/g, 'x')], route)
    }
    t.end()
  })

  await t.test('strangers get nothing of any route', async (t) => {
    for (const [route, { who }] of Object.entries(ROUTE_ACCESS)) {
      if (who === 'anyone') continue
      const [method = '', path = ''] = route.split(' ')
      const answer = await fetch(consoleUrl + path.replace(':id', 'x'), {
        method,
        redirect: 'manual',
        headers: { origin: consoleUrl },
      })
      const isSent = /^\/sign-in(?:\?to=|$)/.test(answer.headers.get('location') ?? '')
      t.ok(isSent || [400, 401, 403].includes(answer.status), `${route}: ${answer.status}`)
    }
  })

  await t.test('no other site writes in anybody’s name', async (t) => {
    const cookie = await collector.signInAs(...ROLES)
    for (const [route, { who }] of Object.entries(ROUTE_ACCESS)) {
      const [method = '', path = ''] = route.split(' ')
      if (method === 'GET' || who === 'appliance') continue
      const url = consoleUrl + path.replaceAll(/:\w+/g, 'x')
      for (const headers of [{ origin: 'https://evil.test' }, { origin: 'null' }]) {
        const answer = await postForm(url, {}, { cookie, ...headers })
        t.equal(answer.status, 403, `${route} from ${headers.origin}`)
        t.match(await answer.text(), /another site/)
      }
    }
    t.equal((await collector.page('/account', cookie)).status, 200, 'nobody was signed out')
  })

  await t.test('the code alone is no way round, once there are accounts', async (t) => {
    const cookie = await signInByCode(collector)
    for (const path of paths)
      for (const user of Object.keys(READERS))
        t.notMatch(await read(path, cookie), user, `${path} says nothing of ${user}`)
    t.match(await read('/accounts', cookie), /^200/)
    t.match(await read('/audit', cookie), /^403/)
  })
})

t.test('pastoral staff see what is assigned to them, and only that', async (t) => {
  const collector = await school(t)
  const tutor = await makePerson(collector, { roles: ['pastoral'] })
  const other = await makePerson(collector, { roles: ['pastoral'] })
  const lead = await collector.signInAs('dsl')
  const read = async (path: string, cookie: string): Promise<string> =>
    (await collector.page(path, cookie)).text()
  await eventually(async () => (await read('/alerts', lead)).includes(PUPIL))
  const alert = /href="(\/alerts\/[\w-]+)"/.exec(await read('/alerts', lead))?.[1] ?? ''
  t.match(await read('/alerts', tutor.cookie), /No alert is open for you/)
  t.notMatch(await read('/alerts', tutor.cookie), PUPIL)
  const url = `${collector.consoleUrl}${alert}/assign`
  t.equal((await postForm(url, { to: 'nobody@school.test' }, { cookie: lead })).status, 409)
  t.equal((await postForm(url, { to: tutor.email }, { cookie: lead })).status, 303)
  t.match(await read('/alerts', tutor.cookie), PUPIL)
  t.match(await read('/', tutor.cookie), PUPIL, 'also on the first page')
  t.match(await read('/', other.cookie), /Nothing needs you|not everything was heard/)
  const page = await read(alert, tutor.cookie)
  t.match(page, PUPIL)
  const act = async (name: string, cookie: string): Promise<number> => {
    const fields = { text: 'n', what: 'w', why: 'w', to: tutor.email, decision: 'no-concern' }
    const path = `${collector.consoleUrl}${alert}/${name}`
    return (await postForm(path, fields, { cookie })).status
  }
  const OWN = ['acknowledge', 'review', 'note', 'await-information', 'information-came']
  const offered = async (): Promise<readonly string[]> =>
    [...(await read(alert, tutor.cookie)).matchAll(/action="\/alerts\/[\w-]+\/([a-z-]+)"/g)].map(
      ([, kind]) => kind ?? '',
    )
  t.same(await offered(), ['acknowledge', 'note'], 'of what the table allows, what is theirs')
  for (const kind of COMMAND_KINDS.filter((one) => !OWN.includes(one))) {
    t.equal(await act(kind, tutor.cookie), 403, `${kind} is for the lead`)
    t.ok([403, 404].includes(await act(kind, other.cookie)))
  }
  for (const kind of OWN) {
    t.equal(await act(kind, other.cookie), 404, `another cannot ${kind}`)
    t.equal(await act(kind, tutor.cookie), 303, kind)
  }
  const event = /href="(\/events\/[\w-]+)"/.exec(page)?.[1] ?? ''
  t.match(await read(event, tutor.cookie), PUPIL, 'and the event itself')
  for (const path of ['/alerts', alert, event])
    t.notMatch(await read(path, other.cookie), PUPIL, `another reads nothing at ${path}`)
  t.equal((await collector.page('/events', tutor.cookie)).status, 403)
})

t.test('a head reads a pupil’s alert once the ladder came to a head', async (t) => {
  const mail = await startMailServer()
  t.teardown(() => mail.close())
  const peopleFile = join(t.testdir(), 'people.json')
  const settings = {
    console: 'http://127.0.0.1:9',
    'time-zone': 'UTC',
    email: { host: 'localhost', port: mail.port, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    people: [{ id: 'h', name: 'Head', roles: ['head'], email: 'head@example.org' }],
  }
  writeFileSync(peopleFile, JSON.stringify(settings))
  const collector = await school(t, { peopleFile })
  const head = await collector.signInAs('head')
  const other = await collector.signInAs('chair')
  const read = async (path: string, cookie: string): Promise<string> =>
    (await collector.page(path, cookie)).text()
  await eventually(async () => (await read('/alerts', head)).includes(PUPIL))
  const list = await read('/alerts', head)
  t.match(list, PUPIL)
  const found = [...list.matchAll(/href="(\/alerts\/[\w-]+)"/g)].map(([, href]) => href ?? '')
  const texts = await Promise.all(found.map((href) => read(href, head)))
  const at = texts.findIndex((text) => text.includes(PUPIL))
  const event = /href="(\/events\/[\w-]+)"/.exec(texts[at] ?? '')?.[1] ?? ''
  t.match(await read(event, head), PUPIL, 'and its event')
  t.notMatch(await read(found[at] ?? '', other), PUPIL, 'the chair does not')
  const act = `${collector.consoleUrl}${found[at]}/acknowledge`
  const close = `${collector.consoleUrl}${found[at]}/close`
  t.equal((await postForm(close, {}, { cookie: head })).status, 403, 'to close it is for the lead')
  t.equal((await postForm(act, {}, { cookie: head })).status, 303, 'and can say that it was seen')
})

t.test('whose own child it is never sees it', async (t) => {
  const collector = await school(t)
  const parent = await makePerson(collector, { roles: ['dsl'] })
  const lead = await makePerson(collector, { roles: ['dsl'] })
  const read = async (path: string, cookie: string): Promise<string> => {
    const answer = await collector.page(path, cookie)
    return `${answer.status} ${await answer.text()}`
  }
  await eventually(async () => (await read('/alerts', parent.cookie)).includes(PUPIL))
  const alert = /href="(\/alerts\/[\w-]+)"/.exec(await read('/alerts', lead.cookie))?.[1] ?? ''
  const event = /href="(\/events\/[\w-]+)"/.exec(await read('/events', lead.cookie))?.[1] ?? ''
  const { consoleUrl } = collector
  const own = { cookie: parent.cookie }
  const named = await postForm(
    `${consoleUrl}/account/hidden`,
    { users: ` ${PUPIL.toUpperCase()} ` },
    own,
  )
  t.equal(named.status, 303)
  for (const path of ['/alerts', '/events', alert, event, `${event}?fragment=detail`])
    t.notMatch(await read(path, parent.cookie), PUPIL, path)
  t.match(await read(alert, parent.cookie), /^404/)
  t.match(await read(event, parent.cookie), /^404/)
  t.equal((await postForm(`${consoleUrl}${alert}/acknowledge`, {}, own)).status, 404)
  t.match(await read(alert, lead.cookie), PUPIL, 'others do')

  await postForm(`${consoleUrl}/account/hidden`, { users: '' }, own)
  t.match(await read(alert, parent.cookie), /^404/, 'nor can the parent take it back')
  const listed = await read('/accounts', lead.cookie)
  const href = [...listed.matchAll(/action="(\/accounts\/[\w-]+)\/hidden"/g)][0]?.[1] ?? ''
  t.match(listed, PUPIL)
  t.equal(
    (await postForm(`${consoleUrl}${href}/hidden`, { users: '' }, { cookie: lead.cookie })).status,
    303,
  )
})

t.test('nothing round another’s alert tells of the own child', async (t) => {
  const collector = await school(t)
  const { consoleUrl } = collector
  const child = 'ÉLODIE.One'
  const lookup = (user: string, site: string) =>
    blocked({ category: 'harm.suicide', at: Date.now(), user, site, signal: signal({ site }) })
  const client = collector.client({ name: 'Second' })
  await client.report(lookup(child, 'shared.test'), lookup('classmate', 'shared.test'))
  const parent = await makePerson(collector, { roles: ['dsl'] })
  const lead = await makePerson(collector, { roles: ['dsl'] })
  const read = async (path: string, cookie: string): Promise<string> =>
    (await collector.page(path, cookie)).text()
  await eventually(async () => /3 alerts need you now/.test(await read('/', parent.cookie)))
  const hrefOf = async (text: string): Promise<string> => {
    const list = await read(`/alerts?text=${encodeURIComponent(text)}`, lead.cookie)
    return /href="(\/alerts\/[\w-]+)"/.exec(list)?.[1] ?? ''
  }
  const [hidden, other] = [await hrefOf('LODIE.One'), await hrefOf('classmate')]
  const users = { users: child }
  await postForm(`${consoleUrl}/account/hidden`, users, { cookie: parent.cookie })

  const counts = [
    ['/', /3 alerts need you now/, /2 alerts need you now/],
    ['/alerts', /3 alerts</, /2 alerts</],
    ['/alerts?state=all&text=lodie', /1 alert</, /No alert matches/],
    ['/digest', /É\. O\./, /P\. O\./],
    [other, /1 other pupil was noticed at these sites/, /No other pupil was noticed/],
    [other, new RegExp(`value="${hidden.slice(8)}"`), /Add a note/],
  ] as const
  for (const [path, ofLead, ofParent] of counts) {
    t.match(await read(path, lead.cookie), ofLead, path)
    const shown = await read(path, parent.cookie)
    t.match(shown, ofParent, path)
    t.notMatch(shown, ofLead)
    t.notMatch(shown, /lodie\.one/i)
  }
  const merge = async (cookie: string): Promise<number> =>
    (await postForm(`${consoleUrl}${other}/merge`, { into: hidden.slice(8), why: 'w' }, { cookie }))
      .status
  t.equal(await merge(parent.cookie), 409)
  t.equal(await merge(lead.cookie), 303)
})

/** Alerts are judged just after they came. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000 && !(await isSo()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
}
