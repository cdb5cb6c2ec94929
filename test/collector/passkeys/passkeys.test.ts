/** Passkeys over the real server: what they open, and what is tried against them. */
import t, { type Test } from 'tap'
import { passkeyPlace } from '#collector/passkeys/passkey-place.ts'
import { type FakeWallClock, makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import {
  cookieOf,
  linkOf,
  makePerson,
  type Person,
  postRoles,
  takeAccount,
} from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import {
  makeSoftwarePasskey,
  type Said,
  type SoftwarePasskey,
} from '#test/support/software-passkey.ts'

interface School {
  readonly collector: RunningCollector
  readonly clock: FakeWallClock
  readonly lead: Person
  /** Under a name, as passkeys want it. */
  readonly url: string
}

async function school(t: Test, limits = {}): Promise<School> {
  const clock = makeFakeWallClock()
  const collector = await runCollector(shortFolder(t), { clock, limits })
  t.teardown(() => collector.close())
  const lead = await makePerson(collector, { roles: ['dsl'], email: 'ada@school.test' })
  const url = collector.consoleUrl.replace('127.0.0.1', 'localhost')
  return { collector, clock, lead, url }
}

async function challengeOf(url: string, path: string, cookie = ''): Promise<string> {
  const answer = await fetch(`${url}${path}/challenge`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: url },
  })
  const asked: unknown = await answer.json()
  return typeof asked === 'object' && asked !== null && 'challenge' in asked
    ? String(asked.challenge)
    : ''
}

/** Adds a passkey as a page does; the answer's status besides. */
async function add(
  { url, lead }: School,
  {
    cookie = lead.cookie,
    name = 'Phone',
    said = {},
  }: { cookie?: string; name?: string; said?: Partial<Said> } = {},
): Promise<{ readonly passkey: SoftwarePasskey; readonly status: number }> {
  const passkey = makeSoftwarePasskey()
  const challenge = await challengeOf(url, '/ways-in/passkeys', cookie)
  const response = passkey.made(challenge, { origin: url, ...said })
  const answer = await postForm(`${url}/ways-in/passkeys`, { name, response }, { cookie })
  return { passkey, status: answer.status }
}

function signIn(url: string, response: string): Promise<Response> {
  return postForm(`${url}/sign-in/passkey`, { response })
}

async function auditOf({ collector, lead }: School): Promise<string> {
  const html = await (await collector.page('/audit', lead.cookie)).text()
  return html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

t.test('a passkey signs in without password and code, each challenge once', async (t) => {
  const all = await school(t)
  const { collector, clock, url } = all
  t.notMatch(
    await (await fetch(`${url}/sign-in`)).text(),
    'passkey',
    'none is offered that nobody has',
  )
  const { passkey, status } = await add(all, { name: '  <b>Phone</b> ' })
  t.equal(status, 303)
  t.match(await (await fetch(`${url}/sign-in`)).text(), 'Sign in with a passkey')
  const challenge = await challengeOf(url, '/sign-in/passkey')
  const response = passkey.shown(challenge, { origin: url })
  const answer = await signIn(url, response)
  t.equal(answer.status, 303)
  const cookie = cookieOf(answer, 'edge-session')
  t.equal((await collector.page('/alerts', cookie)).status, 200)
  const list = await (await collector.page('/ways-in', cookie)).text()
  t.match(list, /<bdi>&lt;b&gt;Phone&lt;\/b&gt;<\/bdi>[\s\S]*Last used/)
  t.equal((await signIn(url, response)).status, 403, 'not twice')
  t.equal((await signIn(url, passkey.shown('A'.repeat(43), { origin: url }))).status, 403)
  const late = await challengeOf(url, '/sign-in/passkey')
  clock.advance(5 * 60_000)
  t.equal((await signIn(url, passkey.shown(late, { origin: url }))).status, 403, 'nor too late')
  const audit = await auditOf(all)
  t.match(audit, /Signed in passkey: .*Phone/)
  t.match(audit, /Failed to sign in passkey: wrong/)
  t.match(audit, /Added a passkey/)
})

t.test('nothing but the right answer signs in', async (t) => {
  const all = await school(t, { guessesPerAddressMax: 1000 })
  const { url, lead } = all
  const { passkey } = await add(all)
  const wrong: Readonly<Record<string, Partial<Said>>> = {
    'of another origin': { origin: 'https://evil.test', rpId: 'localhost' },
    'of another port': { origin: 'http://localhost:1', rpId: 'localhost' },
    'for another name': { rpId: 'evil.test' },
    'made, not shown': { type: 'webauthn.create' },
    'without its owner': { isVerified: false },
    'for another account': { userHandle: Buffer.from('somebody').toString('base64url') },
  }
  for (const [what, said] of Object.entries(wrong)) {
    const challenge = await challengeOf(url, '/sign-in/passkey')
    const response = passkey.shown(challenge, { origin: url, ...said })
    t.equal((await signIn(url, response)).status, 403, what)
    const again = passkey.shown(challenge, { origin: url })
    if (what === 'of another origin')
      t.equal((await signIn(url, again)).status, 403, 'the challenge is used up')
  }
  const foreign = makeSoftwarePasskey()
  const challenge = await challengeOf(url, '/sign-in/passkey')
  const stolen = JSON.parse(foreign.shown(challenge, { origin: url }))
  const forged = JSON.stringify({ ...stolen, id: passkey.id, rawId: passkey.id })
  t.equal((await signIn(url, forged)).status, 403, 'signed by another key')
  for (const text of ['', '{}', 'null', '[', '{"id":1}', 'x'.repeat(10_000)])
    t.equal((await signIn(url, text)).status, 403, `nonsense of ${text.length}`)
  t.equal((await signIn(url, 'x'.repeat(20_000))).status, 413)
  for (const path of ['/prove/passkey', '/ways-in/passkeys']) {
    const other = passkey.shown(await challengeOf(url, path, lead.cookie), { origin: url })
    t.equal((await signIn(url, other)).status, 403, `asked at ${path}`)
  }
  const right = passkey.shown(await challengeOf(url, '/sign-in/passkey'), { origin: url })
  t.equal((await signIn(url, right)).status, 303)
})

t.test('a counter that goes back is a copy, refused and on record', async (t) => {
  const all = await school(t)
  const { url } = all
  const { passkey } = await add(all, { said: { counter: 5 } })
  const count = async (counter: number): Promise<number> => {
    const challenge = await challengeOf(url, '/sign-in/passkey')
    return (await signIn(url, passkey.shown(challenge, { origin: url, counter }))).status
  }
  t.equal(await count(5), 403, 'the same again')
  t.equal(await count(6), 303)
  t.equal(await count(4), 403)
  t.equal(await count(0), 403, 'nor does it stop counting')
  t.equal(await count(7), 303)
  t.match(await auditOf(all), /ada@school\.test Failed to sign in passkey: its counter went back/)
  const { passkey: still } = await add(all, { name: 'Counts nothing' })
  for (const time of [1, 2]) {
    const challenge = await challengeOf(url, '/sign-in/passkey')
    const answer = await signIn(url, still.shown(challenge, { origin: url }))
    t.equal(answer.status, 303, `a passkey without a counter, time ${time}`)
  }
})

t.test('one is shown again before what is grave, in the session that asked', async (t) => {
  const all = await school(t)
  const { collector, clock, lead, url } = all
  const { passkey } = await add(all)
  const other = await makePerson(collector, { roles: ['dsl'] })
  const { passkey: others } = await add(all, { cookie: other.cookie })
  clock.advance(6 * 60_000)
  t.equal((await collector.page('/ways-in', lead.cookie)).status, 303, 'also before one is added')
  const prove = async (by: SoftwarePasskey, cookie: string, asked = cookie): Promise<number> => {
    const challenge = await challengeOf(url, '/prove/passkey', asked)
    const response = by.shown(challenge, { origin: url })
    const fields = { to: '/audit.csv', response }
    return (await postForm(`${url}/prove/passkey`, fields, { cookie })).status
  }
  t.equal(await prove(others, lead.cookie), 403, 'not with another’s')
  t.equal(await prove(passkey, lead.cookie, other.cookie), 403, 'nor asked in another session')
  t.equal((await collector.page('/audit.csv', lead.cookie)).status, 303)
  t.equal(await prove(passkey, lead.cookie), 303)
  t.equal((await collector.page('/audit.csv', lead.cookie)).status, 200)
  t.match(await auditOf(all), /Failed to show a secret again[\s\S]*passkey: wrong/)
  t.match(await auditOf(all), /Showed a secret again \/audit\.csv, passkey: Phone/)
  const page = await fetch(`${url}/prove?to=/audit.csv`, { headers: { cookie: lead.cookie } })
  t.match(await page.text(), 'Use a passkey')
})

t.test('only its owner adds and removes one, and only so many', async (t) => {
  const all = await school(t, { passkeysPerAccountMax: 2 })
  const { collector, lead, url } = all
  const { passkey } = await add(all)
  const other = await makePerson(collector, { roles: ['it'] })
  const challenge = await challengeOf(url, '/ways-in/passkeys', other.cookie)
  const response = makeSoftwarePasskey().made(challenge, { origin: url })
  const post = (path: string, fields: Record<string, string>, cookie = lead.cookie) =>
    postForm(`${url}/ways-in/passkeys${path}`, fields, { cookie })
  t.equal((await post('', { response })).status, 409, 'asked for in another session')
  t.equal((await add(all, { said: { isVerified: false } })).status, 409)
  t.equal((await add(all, { said: { origin: 'https://evil.test' } })).status, 409)
  const again = passkey.made(await challengeOf(url, '/ways-in/passkeys', other.cookie), {
    origin: url,
  })
  t.equal((await post('', { response: again }, other.cookie)).status, 409, 'nor twice')
  t.equal((await add(all)).status, 303)
  t.equal((await add(all)).status, 409, 'two are enough')
  t.equal((await post('/remove', { passkey: passkey.id }, other.cookie)).status, 409)
  t.equal((await post('/remove', { passkey: passkey.id })).status, 303)
  const asked = await challengeOf(url, '/sign-in/passkey')
  t.equal((await signIn(url, passkey.shown(asked, { origin: url }))).status, 403)
  t.match(await auditOf(all), /Removed a passkey Phone/)
})

t.test('an account that is taken anew, or removed, takes its passkeys with it', async (t) => {
  const all = await school(t)
  const { collector, lead, url } = all
  const person = await makePerson(collector, { roles: ['it'], email: 'ida@school.test' })
  const { passkey } = await add(all, { cookie: person.cookie })
  const works = async (by: SoftwarePasskey): Promise<boolean> => {
    const challenge = await challengeOf(url, '/sign-in/passkey')
    return (await signIn(url, by.shown(challenge, { origin: url }))).status === 303
  }
  const accounts = await (await collector.page('/accounts', lead.cookie)).text()
  const href = /action="(\/accounts\/[\w-]+)\/remove"/.exec(accounts)?.[1] ?? ''
  const nobody = { name: '', email: '', roles: [] }
  const link = linkOf(await postRoles(collector, lead.cookie, nobody, `${href}/link`))
  t.ok(await works(passkey), 'until the link is taken')
  const taken = await takeAccount(collector, link, person.email)
  t.notOk(await works(passkey))
  const { passkey: fresh } = await add(all, { cookie: taken.cookie })
  t.ok(await works(fresh))
  await postForm(`${collector.consoleUrl}${href}/remove`, {}, { cookie: lead.cookie })
  t.notOk(await works(fresh))
})

t.test('ten wrong passkeys lock an address out for five minutes', async (t) => {
  const all = await school(t)
  const { clock, url } = all
  const { passkey } = await add(all)
  for (let tries = 0; tries < 10; tries += 1) t.equal((await signIn(url, '{}')).status, 403)
  const answer = async (): Promise<number> => {
    const challenge = await challengeOf(url, '/sign-in/passkey')
    return (await signIn(url, passkey.shown(challenge, { origin: url }))).status
  }
  t.equal(await answer(), 429)
  clock.advance(5 * 60_000)
  t.equal(await answer(), 303)
})

t.test('passkeys are for names and for pages that nobody on the way can change', async (t) => {
  const at = { rpId: 'console.example.org', origin: 'https://console.example.org:8443' }
  t.same(passkeyPlace('https://console.example.org:8443'), at)
  t.match(passkeyPlace('http://localhost:8080'), { rpId: 'localhost' })
  t.match(passkeyPlace('http://console.example.org'), { detail: /not opened over https/ })
  t.match(passkeyPlace('https://192.0.2.1'), { detail: /by an address, 192\.0\.2\.1/ })
  t.match(passkeyPlace('https://[2001:db8::1]'), { detail: /belong to a name/ })
  const all = await school(t)
  const { collector, lead } = all
  await add(all)
  const { consoleUrl } = collector
  t.match(
    await (await fetch(`${consoleUrl}/sign-in`)).text(),
    /You cannot use a passkey here: this page was opened by an address/,
  )
  t.match(
    await (await collector.page('/ways-in', lead.cookie)).text(),
    /Works only at localhost[\s\S]*No passkey can be added here/,
  )
  const asked = await fetch(`${consoleUrl}/sign-in/passkey/challenge`, {
    method: 'POST',
    headers: { origin: consoleUrl },
  })
  t.equal(asked.status, 409)
  const forged = await fetch(`${consoleUrl}/sign-in/passkey/challenge`, {
    method: 'POST',
    headers: { origin: 'https://evil.test' },
  })
  t.equal(forged.status, 403)
})
