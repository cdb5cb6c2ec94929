/** Signing in at a provider, a real one that lies when it is told to: nobody gets in whom it does not name, and whom no owner linked. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  CLIENT,
  type Lie,
  type LyingProvider,
  startLyingProvider,
} from '#test/support/lying-provider.ts'
import {
  cookieOf,
  linkOf,
  makePerson,
  type Person,
  postRoles,
  signInWith,
  takeAccount,
} from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const ADA = { sub: 'subject-of-ada', email: 'ada@school.test' }

interface School {
  readonly collector: RunningCollector
  readonly provider: LyingProvider
  readonly lead: Person
}

async function school(t: Test, limits = {}): Promise<School> {
  const provider = await startLyingProvider()
  t.teardown(() => provider.close())
  const folder = shortFolder(t)
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, `${CLIENT.secret}\n`)
  const collector = await runCollector(folder, {
    provider: { issuer: provider.issuer, clientId: CLIENT.id, secretFile, claim: 'sub' },
    limits: { guessesPerAddressMax: 1000, ...limits },
  })
  t.teardown(() => collector.close())
  const lead = await makePerson(collector, { roles: ['dsl'], email: ADA.email })
  return { collector, provider, lead }
}

interface Journey {
  /** Where the browser is sent. */
  readonly to: string
  /** The browser's mark of it, as a Cookie header. */
  readonly cookie: string
}

async function begin(
  collector: RunningCollector,
  path = '/sign-in/provider',
  cookie = '',
): Promise<Journey> {
  const answer = await collector.page(path, cookie)
  return { to: answer.headers.get('location') ?? '', cookie: cookieOf(answer, 'edge-journey') }
}

function arrive(back: string, { cookie }: Journey): Promise<Response> {
  return fetch(back, { headers: { cookie }, redirect: 'manual' })
}

/** Links as an owner does: there, back, and a yes. */
async function link({ collector, provider }: School, person: Person, who = ADA): Promise<number> {
  const journey = await begin(collector, '/ways-in/provider', person.cookie)
  const came = await arrive(provider.comeBack(journey.to, who), journey)
  const cookie = `${person.cookie}; ${cookieOf(came, 'edge-journey')}`
  return (await postForm(`${collector.consoleUrl}/ways-in/provider`, {}, { cookie })).status
}

async function signIn(
  { collector, provider }: School,
  who: { sub: string; email?: string },
  lie: Lie = {},
): Promise<Response> {
  const journey = await begin(collector)
  return arrive(provider.comeBack(journey.to, who, lie), journey)
}

async function failuresOf({ collector, lead }: School): Promise<readonly string[]> {
  const html = await (await collector.page('/audit', lead.cookie)).text()
  const text = html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  return [...text.matchAll(/Failed to sign in provider: (.*?) 127\.0\.0\.1/g)].map(
    ([, why = '']) => why,
  )
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
  const now = Math.floor(Date.now() / 1000)
  const lies: Readonly<Record<string, Lie>> = {
    'another issuer': { claims: { iss: 'https://evil.test' } },
    'no issuer': { claims: { iss: undefined } },
    'another audience': { claims: { aud: 'another-client' } },
    'an audience among others, for another': {
      claims: { aud: [CLIENT.id, 'another'], azp: 'another' },
    },
    'another nonce': { claims: { nonce: 'another' } },
    'no nonce': { claims: { nonce: undefined } },
    'it ended': { claims: { exp: now - 600, iat: now - 900 } },
    'no end': { claims: { exp: undefined } },
    'no subject': { claims: { sub: undefined } },
    'an empty subject': { claims: { sub: '' } },
    'a subject that is no text': { claims: { sub: 7 } },
    unsigned: { alg: 'none' },
    'signed with the public key as if it were a secret': { alg: 'HS256' },
    'signed by another key': { isForeignKey: true },
    'no token': { hasNoToken: true },
    'another state': { answer: { state: 'another' } },
    'no state': { answer: { state: undefined } },
    'an answer of another provider (mix-up)': { answer: { iss: 'https://other.test' } },
    'an answer that does not say whose': { answer: { iss: undefined } },
    'another code': { answer: { code: 'made-up' } },
    'no code': { answer: { code: undefined } },
    'a refusal': {
      answer: { code: undefined, error: 'access_denied', error_description: '<script>' },
    },
  }
  for (const [what, lie] of Object.entries(lies)) {
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
  t.equal(failures.length, Object.keys(lies).length + 1)
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
