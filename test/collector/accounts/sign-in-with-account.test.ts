/** Signing in with an account, and what is tried against it. */
import t, { type Test } from 'tap'
import { type FakeWallClock, makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import {
  appCode,
  cookieOf,
  linkOf,
  makePerson,
  PASSWORD,
  type Person,
  postRoles,
  signInByCode,
  signInWith,
  takeAccount,
} from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

interface School {
  readonly collector: RunningCollector
  readonly clock: FakeWallClock
  readonly lead: Person
  readonly status: (path: string, cookie: string) => Promise<number>
}

async function school(t: Test): Promise<School> {
  const clock = makeFakeWallClock()
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const lead = await makePerson(collector, { roles: ['dsl'] })
  const status = async (path: string, cookie: string): Promise<number> =>
    (await collector.page(path, cookie)).status
  return { collector, clock, lead, status }
}

t.test('password and app together sign in, and each code once', async (t) => {
  const { collector, clock, lead, status } = await school(t)
  t.equal(
    (await signInWith(collector, lead, { code: appCode(collector, lead.secret) })).status,
    403,
    'the code that took the account is used up',
  )
  clock.advance(30_000)
  const code = appCode(collector, lead.secret)
  const answer = await signInWith(collector, lead, { code })
  t.equal(answer.status, 303)
  t.match(
    answer.headers.getSetCookie().join('\n'),
    /^edge-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/m,
  )
  t.equal(await status('/alerts', cookieOf(answer, 'edge-session')), 200)
  t.equal((await signInWith(collector, lead, { code })).status, 403, 'not twice')
  const earlier = appCode(collector, lead.secret, -1)
  t.equal((await signInWith(collector, lead, { code: earlier })).status, 403, 'nor one before it')
  const both = await Promise.all(
    [1, 1, 1].map((steps) =>
      signInWith(collector, lead, { code: appCode(collector, lead.secret, steps) }),
    ),
  )
  t.equal(both.filter(({ status }) => status === 303).length, 1, 'nor three times at once')
  clock.advance(60_000)
  const wrong = { code: appCode(collector, lead.secret), password: `${PASSWORD}x` }
  t.equal((await signInWith(collector, lead, wrong)).status, 403, 'not without the password')
  t.equal((await signInWith(collector, lead, { code: '' })).status, 403, 'nor without the app')
  const right = { code: wrong.code, password: PASSWORD }
  t.equal(
    (await signInWith(collector, lead, right)).status,
    303,
    'a wrong password uses up no code',
  )
})

t.test('a recovery code works once in place of the app', async (t) => {
  const { collector, lead } = await school(t)
  t.equal(lead.recovery.length, 10)
  t.equal(new Set(lead.recovery).size, 10)
  const [first = '', second = ''] = lead.recovery
  t.equal((await signInWith(collector, lead, { code: first.toLowerCase() })).status, 303)
  t.equal((await signInWith(collector, lead, { code: first })).status, 403)
  const at = await Promise.all(
    [second, second].map((code) => signInWith(collector, lead, { code })),
  )
  t.same(at.map(({ status }) => status).toSorted(), [303, 403], 'not twice at once either')
  t.match(await (await collector.page('/account', lead.cookie)).text(), />\s*8\s*</)
})

t.test('ten guesses lock for five minutes, and tell nothing', async (t) => {
  const { collector, clock, lead } = await school(t)
  const nobody = { email: 'nobody@school.test' }
  const guess = async (who: { email: string }): Promise<string> => {
    const answer = await signInWith(collector, who, { code: '000000', password: 'wrong password' })
    // What was typed stays in its field, whoever it is of.
    return `${answer.status} ${(await answer.text()).replace(`value="${who.email}"`, '')}`
  }
  const known = await guess(lead)
  t.equal(await guess(nobody), known, 'the same to the letter')
  clock.advance(300_000)
  for (let tries = 0; tries < 10; tries += 1) t.match(await guess(lead), /^403/)
  const locked = await guess(lead)
  t.match(locked, /^429/)
  t.equal(await guess(nobody), locked, 'the address too, for whomever it asks')
  const right = { code: appCode(collector, lead.secret) }
  t.equal((await signInWith(collector, lead, right)).status, 429, 'what is right is refused too')

  const own = await signInWith(collector, lead, { ...right, cookie: lead.browser })
  t.equal(own.status, 303, 'but not to its owner, on a browser that was signed in on before')
  const other = await makePerson(collector, { roles: ['it'] })
  clock.advance(30_000)
  const foreign = { code: appCode(collector, lead.secret), cookie: other.browser }
  t.equal((await signInWith(collector, lead, foreign)).status, 429, 'the mark of another is none')
  const forged = { ...foreign, cookie: `edge-browser=${'A'.repeat(16)}.${'A'.repeat(43)}` }
  t.equal((await signInWith(collector, lead, forged)).status, 429, 'nor a made-up one')
  clock.advance(270_000)
  t.equal(
    (await signInWith(collector, lead, { code: appCode(collector, lead.secret) })).status,
    303,
    'and after five minutes to all',
  )
})

t.test('guesses with the mark of a browser are counted too', async (t) => {
  const { collector, clock, lead } = await school(t)
  const cookie = lead.browser
  const wrong = { code: '000000', password: 'wrong password', cookie }
  for (let tries = 0; tries < 10; tries += 1)
    t.equal((await signInWith(collector, lead, wrong)).status, 403)
  clock.advance(30_000)
  const right = { code: appCode(collector, lead.secret), cookie }
  t.equal((await signInWith(collector, lead, right)).status, 429)
})

t.test('spraying one password over many accounts meets the bound on its address', async (t) => {
  const { collector } = await school(t)
  const spray = Array.from({ length: 30 }, (_, number) =>
    signInWith(
      collector,
      { email: `p${number}@school.test` },
      { code: '1', password: 'Summer2026!!' },
    ),
  )
  const statuses = (await Promise.all(spray)).map(({ status }) => status)
  t.equal(statuses.filter((status) => status === 403).length, 10)
  t.equal(statuses.filter((status) => status === 429).length, 20)
})

t.test('a session that came is not the one that goes on', async (t) => {
  const { collector, lead, status } = await school(t)
  const planted = await signInByCode(collector)
  const [code = ''] = lead.recovery
  const answer = await signInWith(collector, lead, { code, cookie: planted })
  const fresh = cookieOf(answer, 'edge-session')
  t.not(fresh, planted)
  t.equal(await status('/alerts', fresh), 200)
  t.equal(await status('/alerts', planted), 303, 'the planted one has ended')
  const invented = `edge-session=${'A'.repeat(43)}`
  const second = await signInWith(collector, lead, {
    code: lead.recovery[1] ?? '',
    cookie: invented,
  })
  t.not(cookieOf(second, 'edge-session'), invented)
  t.equal(await status('/alerts', invented), 303)
})

t.test('a change of password ends all other sessions', async (t) => {
  const { collector, lead, status } = await school(t)
  const elsewhere = cookieOf(
    await signInWith(collector, lead, { code: lead.recovery[0] ?? '' }),
    'edge-session',
  )
  t.match(await (await collector.page('/account', lead.cookie)).text(), /This one/)
  const url = `${collector.consoleUrl}/account/password`
  const change = (fields: Record<string, string>): Promise<Response> =>
    postForm(url, { current: PASSWORD, ...fields }, { cookie: lead.cookie })
  const next = 'four quite other words'
  t.equal((await change({ current: 'wrong', password: next, again: next })).status, 409)
  t.equal((await change({ current: '', password: next, again: next })).status, 409)
  t.equal((await change({ password: next, again: 'x' })).status, 409)
  t.equal((await change({ password: 'short', again: 'short' })).status, 409)
  t.equal(await status('/alerts', elsewhere), 200, 'nothing happened yet')
  t.equal((await change({ password: next, again: next })).status, 303)
  t.equal(await status('/alerts', elsewhere), 303)
  t.equal(await status('/alerts', lead.cookie), 200)
  const code = lead.recovery[1] ?? ''
  t.equal((await signInWith(collector, lead, { code })).status, 403, 'the old one is void')
  t.equal((await signInWith(collector, lead, { code, password: next })).status, 303)
})

t.test('its owner ends sessions one by one, and only their own', async (t) => {
  const { collector, lead, status } = await school(t)
  const elsewhere = cookieOf(
    await signInWith(collector, lead, { code: lead.recovery[0] ?? '' }),
    'edge-session',
  )
  const other = await makePerson(collector, { roles: ['dsl'] })
  const html = await (await collector.page('/account', lead.cookie)).text()
  const id = /name="session" value="([\w-]{16})"/.exec(html)?.[1] ?? ''
  const url = `${collector.consoleUrl}/account/sessions`
  await postForm(url, { session: id }, { cookie: other.cookie })
  t.equal(await status('/alerts', elsewhere), 200, 'not by another')
  t.equal((await postForm(url, { session: id }, { cookie: lead.cookie })).status, 303)
  t.equal(await status('/alerts', elsewhere), 303)
  t.equal(await status('/alerts', lead.cookie), 200)
})

t.test('a change of roles is in force at the next request', async (t) => {
  const { collector, lead, status } = await school(t)
  const other = await makePerson(collector, { roles: ['deputy'], name: 'Changed' })
  const { consoleUrl } = collector
  t.equal(await status('/alerts', other.cookie), 200)
  const stream = await fetch(`${consoleUrl}/live`, { headers: { cookie: other.cookie } })
  t.equal(stream.status, 200)
  await stream.body?.cancel()
  const html = await (await collector.page('/accounts', lead.cookie)).text()
  const href = /action="(\/accounts\/[\w-]+)\/roles"/.exec(html)?.[1] ?? ''
  const roles = `${href}/roles`
  t.match(
    await postRoles(collector, lead.cookie, { name: '', email: '', roles: [] }, roles),
    /^409/,
    'none is no role',
  )
  t.match(
    await postRoles(collector, lead.cookie, { name: '', email: '', roles: ['governor'] }, roles),
    /^303/,
  )
  t.equal(await status('/alerts', other.cookie), 303, 'signed out')
  const answer = await signInWith(collector, other, { code: other.recovery[0] ?? '' })
  const again = cookieOf(answer, 'edge-session')
  t.equal(await status('/alerts', again), 403)
  t.equal(await status('/report', again), 200)
  const own = /action="(\/accounts\/[\w-]+)\/roles"/g
  t.equal([...html.matchAll(own)].length, 1, 'one’s own account has no such form')
  t.equal((await postForm(`${consoleUrl}${href}/remove`, {}, { cookie: lead.cookie })).status, 303)
  t.equal(await status('/report', again), 303, 'a removed account is out at once')
  t.equal((await signInWith(collector, other, { code: other.recovery[1] ?? '' })).status, 403)
})

t.test('nobody changes their own account, whatever they post', async (t) => {
  const { collector, lead } = await school(t)
  const other = await collector.signInAs('head')
  const html = await (await collector.page('/accounts', other)).text()
  const ids = [...html.matchAll(/action="(\/accounts\/[\w-]+)\/remove"/g)].map(([, id]) => id)
  t.equal(ids.length, 1)
  for (const act of ['roles', 'hidden', 'remove']) {
    const answer = await postForm(
      `${collector.consoleUrl}${ids[0]}/${act}`,
      { roles: 'head' },
      { cookie: lead.cookie },
    )
    t.equal(answer.status, 409, act)
  }
})

t.test('nobody gives, changes or takes over what is above them', async (t) => {
  const { collector, lead } = await school(t)
  const head = await makePerson(collector, { roles: ['head', 'dsl'] })
  await makePerson(collector, { roles: ['chair'] })
  const code = await signInByCode(collector)
  const html = await (await collector.page('/accounts', code)).text()
  const all = [...html.matchAll(/"(\/accounts\/[\w-]+)\/remove"/g)].map(([, href]) => href)
  const own = await (await collector.page('/accounts', lead.cookie)).text()
  t.equal(all.length, 3)
  t.notMatch(own, /\/remove"/, 'the lead is shown forms for neither of the others')
  t.notMatch(own, 'value="head"', 'and is offered what is theirs to give alone')

  const nobody = { name: '', email: '', roles: ['governor'] as const }
  for (const act of ['roles', 'hidden', 'remove', 'link']) {
    const said = await Promise.all(
      all.map((href) => postRoles(collector, lead.cookie, nobody, `${href}/${act}`)),
    )
    const isOwnLink = act === 'link' ? 1 : 0
    t.equal(said.filter((one) => one.startsWith('409')).length, 3 - isOwnLink, act)
  }
  for (const [who, role, status] of [
    [lead, 'head', 409],
    [lead, 'chair', 409],
    [lead, 'auditor', 200],
    [head, 'chair', 409],
    [head, 'head', 200],
  ] as const) {
    const asked = { name: 'New', email: `${role}.${status}@new.test`, roles: [role] }
    const said = await postRoles(collector, who.cookie, asked)
    t.match(said, new RegExp(`^${status}`), `${role} by ${who === lead ? 'the lead' : 'the head'}`)
    t.equal(linkOf(said) === '/invite/none', status === 409)
  }
})

t.test('accounts are shown after a secret alone, once the sign-in is old', async (t) => {
  const { collector, clock, lead, status } = await school(t)
  t.equal(await status('/accounts', lead.cookie), 200)
  clock.advance(6 * 60_000)
  t.equal(await status('/accounts', lead.cookie), 303)
  const asked = { name: 'Late', email: 'late@new.test', roles: ['it'] as const }
  t.match(await postRoles(collector, lead.cookie, asked), /^303/, 'nor is one made')
  t.notMatch(
    await (await collector.page('/accounts', await signInByCode(collector))).text(),
    'late@new.test',
  )
})

t.test('a link is taken once, and in time', async (t) => {
  const { collector, clock, lead, status } = await school(t)
  const invite = async (email: string): Promise<string> =>
    linkOf(await postRoles(collector, lead.cookie, { name: 'New', email, roles: ['it'] }))
  const first = await invite('first@school.test')
  const url = collector.consoleUrl + first
  const again = PASSWORD
  t.equal((await postForm(url, { code: '000000', password: PASSWORD, again })).status, 409)
  t.equal((await fetch(url)).status, 200, 'opening it uses nothing up')
  const person = await takeAccount(collector, first, 'first@school.test')
  t.equal(await status('/devices', person.cookie), 200)
  t.equal((await fetch(url)).status, 404)
  const late = await invite('late@school.test')
  clock.advance(3 * 86_400_000)
  t.equal((await fetch(collector.consoleUrl + late)).status, 404, 'not after three days')
  t.match(
    await postRoles(collector, await signInByCode(collector), {
      name: 'X',
      email: 'FIRST@school.test ',
      roles: ['it'],
    }),
    /^409[\s\S]*there already/,
  )
})

t.test('a file leaves only after a secret was shown again', async (t) => {
  const { collector, clock, lead, status } = await school(t)
  const { consoleUrl } = collector
  t.equal(await status('/audit.csv', lead.cookie), 200, 'just signed in')
  clock.advance(300_000)
  const refused = await collector.page('/audit.csv', lead.cookie)
  t.equal(refused.headers.get('location'), '/prove?to=%2Faudit.csv')
  const prove = (fields: Record<string, string>): Promise<Response> =>
    postForm(`${consoleUrl}/prove`, { to: '/audit.csv', ...fields }, { cookie: lead.cookie })
  t.equal((await prove({ password: 'wrong password' })).status, 403)
  t.equal((await prove({})).status, 403)
  t.equal(await status('/audit.csv', lead.cookie), 303)
  const proved = await prove({ code: appCode(collector, lead.secret) })
  t.equal(proved.headers.get('location'), '/audit.csv')
  t.equal(await status('/audit.csv', lead.cookie), 200)
  for (const to of [
    'https://evil.test/audit.csv',
    '//evil.test/audit.csv',
    '/alerts',
    '\\\\evil.test/',
  ])
    t.equal((await prove({ to, password: PASSWORD })).status, 404, to)
})

t.test('hostile names stay text', async (t) => {
  const { collector, lead } = await school(t)
  const name = '<script>alert(1)</script>\u202e"\'{{7*7}}'
  const html = await postRoles(collector, lead.cookie, {
    name,
    email: '"<img@school.test',
    roles: ['it'],
  })
  t.match(html, /^409/, 'no such address')
  const made = await postRoles(collector, lead.cookie, {
    name,
    email: "'+x@school.test",
    roles: ['head'],
  })
  const person = await takeAccount(collector, linkOf(made), "'+x@school.test")
  const pages = await Promise.all(
    ['/accounts', '/account', '/audit'].map(async (path) =>
      (await collector.page(path, person.cookie)).text(),
    ),
  )
  for (const page of [made, ...pages]) t.notMatch(page, /<script>alert|\u202e|>49</)
})
