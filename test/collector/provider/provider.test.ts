/** Signing in at a provider, a real one that lies when it is told to: nobody gets in whom it does not name, and whom no owner linked. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CLIENT, type Lie } from '#test/support/lying-provider.ts'
import {
  cookieOf,
  linkOf,
  makePerson,
  postRoles,
  signInWith,
  takeAccount,
} from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import {
  ADA,
  arrive,
  begin,
  failuresOf,
  LIES,
  link,
  type School,
  school,
} from '#test/support/provider-school.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

async function signIn(
  { collector, provider }: School,
  who: { sub: string; email?: string },
  lie: Lie = {},
): Promise<Response> {
  const journey = await begin(collector)
  return arrive(provider.comeBack(journey.to, who, lie), journey)
}

t.test('an owner links an account, and is signed in by it from then on', async (t) => {
  const all = await school(t)
  const { collector, provider, lead } = all
  t.equal((await signIn(all, ADA)).status, 403, 'the same e-mail address is no link')
  const journey = await begin(collector, '/ways-in/provider', lead.cookie)
  const { searchParams, origin } = new URL(journey.to)
  t.equal(origin, provider.issuer)
  t.match(Object.fromEntries(searchParams), {
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: `${collector.consoleUrl}/sign-in/provider/callback`,
    state: /^[\w-]{43}$/,
    nonce: /^[\w-]{43}$/,
  })
  const came = await arrive(provider.comeBack(journey.to, { ...ADA, email: '<b>ada</b>' }), journey)
  t.equal(came.status, 200)
  t.match(await came.text(), /&lt;b&gt;ada&lt;\/b&gt;[\s\S]*ada@school\.test/)
  t.equal((await signIn(all, ADA)).status, 403, 'not before the owner says yes')
  t.equal(await link(all, lead), 303)
  const answer = await signIn(all, { sub: ADA.sub, email: 'changed@school.test' })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('refresh'), '0; url=/')
  const onward = await begin(collector, '/sign-in/provider?to=/alerts?state=closed')
  const went = await arrive(provider.comeBack(onward.to, ADA), onward)
  t.equal(went.headers.get('refresh'), '0; url=/alerts?state=closed', 'to what was asked for')
  const lost = await begin(collector, '/sign-in/provider?to=//evil.test/alerts')
  const home = await arrive(provider.comeBack(lost.to, ADA), lost)
  t.equal(home.headers.get('refresh'), '0; url=/')
  const session = cookieOf(answer, 'edge-session')
  t.equal((await collector.page('/alerts', session)).status, 200)
  t.equal(
    (await collector.page('/ways-in', session)).status,
    303,
    'what is grave asks for a secret of here',
  )
  t.match(
    await (await collector.page('/ways-in', lead.cookie)).text(),
    /Linked to[\s\S]*ada@school\.test[\s\S]*Last used/,
  )
  const unlink = `${collector.consoleUrl}/ways-in/provider/unlink`
  t.equal((await postForm(unlink, {}, { cookie: lead.cookie })).status, 303)
  t.equal((await signIn(all, ADA)).status, 403)
})

t.test('no lie signs anybody in, and each is on record', async (t) => {
  const all = await school(t)
  t.equal(await link(all, all.lead), 303)
  for (const [what, lie] of Object.entries(LIES)) {
    const answer = await signIn(all, ADA, lie)
    t.equal(answer.status, 403, what)
    t.equal(cookieOf(answer, 'edge-session'), '')
    t.notMatch(await answer.text(), /<script>/)
  }
  t.equal(
    (await signIn(all, { sub: 'somebody-else', email: ADA.email })).status,
    403,
    'an unknown subject',
  )
  const failures = await failuresOf(all)
  t.equal(failures.length, Object.keys(LIES).length + 1)
  t.match(failures[0], 'nobody here is linked')
  for (const why of failures.slice(1)) t.match(why, /^refused, (?:OAUTH|EDGE)_[A-Z_]+$/)
  t.equal((await signIn(all, ADA)).status, 200, 'the truth does')
})

t.test('an answer is taken once, in the browser that began', async (t) => {
  const all = await school(t)
  const { collector, provider, lead } = all
  await link(all, lead)
  const journey = await begin(collector)
  const back = provider.comeBack(journey.to, ADA)
  const elsewhere = await begin(collector)
  t.equal(
    (await arrive(back, { to: '', cookie: '' })).status,
    403,
    'not in a browser that did not begin',
  )
  t.equal((await arrive(back, elsewhere)).status, 403, 'nor in one that began another')
  t.equal((await arrive(back, journey)).status, 200)
  t.equal((await arrive(back, journey)).status, 403, 'not twice')
  const next = await begin(collector)
  const code = new URL(back).searchParams.get('code') ?? ''
  const replayed = new URL(provider.comeBack(next.to, ADA))
  replayed.searchParams.set('code', code)
  t.equal((await arrive(replayed.href, next)).status, 403, 'nor its code on another journey')
  const victim = await begin(collector)
  const attacker = await begin(collector)
  const injected = new URL(provider.comeBack(victim.to, ADA))
  const foreign = new URL(provider.comeBack(attacker.to, { sub: 'attacker' }))
  injected.searchParams.set('code', foreign.searchParams.get('code') ?? '')
  t.equal(
    (await arrive(injected.href, victim)).status,
    403,
    'nor a code of somebody else’s journey',
  )
  const failures = await failuresOf(all)
  t.equal(failures.length, 5)
})

t.test('a link is between one account and one person, made in one session', async (t) => {
  const all = await school(t)
  const { collector, provider, lead } = all
  const other = await makePerson(collector, { roles: ['it'], email: 'ida@school.test' })
  t.equal(await link(all, lead), 303)
  t.equal(await link(all, other), 409, 'whoever opens one account opens no other')
  t.equal(await link(all, lead, { ...ADA, sub: 'second' }), 409, 'and an account is linked once')
  const journey = await begin(collector, '/ways-in/provider', lead.cookie)
  const came = await arrive(provider.comeBack(journey.to, { sub: 'of-the-lead' }), journey)
  const yes = (cookie: string): Promise<Response> =>
    postForm(`${collector.consoleUrl}/ways-in/provider`, {}, { cookie })
  const mark = cookieOf(came, 'edge-journey')
  t.equal((await yes(`${other.cookie}; ${mark}`)).status, 409, 'not for whoever brings the cookie')
  t.equal((await yes(`${lead.cookie}; ${mark}`)).status, 409, 'which is used up then')
  t.equal((await begin(collector, '/ways-in/provider', '')).to, '/sign-in', 'nor for a stranger')

  const accounts = await (await collector.page('/accounts', lead.cookie)).text()
  const href = /action="(\/accounts\/[\w-]+)\/remove"/.exec(accounts)?.[1] ?? ''
  t.equal(await link(all, other, { ...ADA, sub: 'ida' }), 303)
  const nobody = { name: '', email: '', roles: [] }
  const taken = linkOf(await postRoles(collector, lead.cookie, nobody, `${href}/link`))
  await takeAccount(collector, taken, other.email)
  t.equal(
    (await signIn(all, { sub: 'ida' })).status,
    403,
    'an account that is taken anew is linked no more',
  )
})

t.test('a provider that is down says so, and the password works', async (t) => {
  const all = await school(t, { providerTimeoutMs: 300, providerRestMs: 0, providerKnownMs: 0 })
  const { collector, provider, lead } = all
  await link(all, lead)
  for (const is of ['failing', 'silent', 'endless'] as const) {
    provider.behave({ is })
    const answer = await collector.page('/sign-in/provider', '')
    t.equal(answer.status, 503, is)
    t.match(await answer.text(), /does not answer as it should/)
    t.equal((await collector.page('/ways-in/provider', lead.cookie)).status, 503)
  }
  provider.behave({ metadata: { issuer: 'https://evil.test' } })
  t.equal((await collector.page('/sign-in/provider', '')).status, 503, 'it calls itself otherwise')
  provider.behave({})
  const journey = await begin(collector)
  const back = provider.comeBack(journey.to, ADA)
  provider.behave({ is: 'failing' })
  t.equal((await arrive(back, journey)).status, 503, 'away just when somebody came back')
  const [code = ''] = lead.recovery
  t.equal((await signInWith(collector, lead, { code })).status, 303)
  provider.behave({})
  t.equal((await signIn(all, ADA)).status, 200)
})

t.test('a provider that cannot be right stops the start, and says why', async (t) => {
  const folder = shortFolder(t)
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, CLIENT.secret)
  const good = { issuer: 'https://login.example.org', clientId: 'c', secretFile, claim: 'sub' }
  const bad = [
    [{ issuer: 'http://login.example.org' }, /is no https:\/\/ address/],
    [{ issuer: 'https://login.example.org/?tenant=1' }, /without \? and #/],
    [{ issuer: 'login' }, /"login" is no https/],
    [{ claim: 'email' }, /"email" is not sub or oid/],
    [{ clientId: ' ' }, /client id is empty/],
    [{ secretFile: join(folder, 'none') }, /cannot read the provider's secret/],
  ] as const
  for (const [change, message] of bad)
    await t.rejects(runCollector(folder, { provider: { ...good, ...change } }), {
      code: 'EDGE_COLLECTOR',
      message,
    })
  writeFileSync(secretFile, ' \n')
  await t.rejects(runCollector(folder, { provider: good }), /holds no secret/)
  const none = await runCollector(folder)
  t.teardown(() => none.close())
  for (const path of ['/sign-in/provider', '/sign-in/provider/callback?code=x&state=y'])
    t.equal((await none.page(path, '')).status, 404, path)
})
