/** Showing that it is you at the school's sign-in: anew, as the same person, for the session that asked. */
import t from 'tap'
import { cookieOf, makePerson, signInByCode } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import {
  ADA,
  arrive,
  begin,
  LIES,
  link,
  type School,
  school,
} from '#test/support/provider-school.ts'

const EXPORT = '/audit.csv'
const ASK = `/prove/provider?to=${encodeURIComponent(EXPORT)}`

/** A session that the provider alone began. */
async function signedIn({ collector, provider }: School, who = ADA): Promise<string> {
  const journey = await begin(collector)
  return cookieOf(await arrive(provider.comeBack(journey.to, who), journey), 'edge-session')
}

async function prove(
  { collector, provider }: School,
  session: string,
  lie: Parameters<typeof provider.comeBack>[2] = {},
  who = ADA,
): Promise<Response> {
  const journey = await begin(collector, ASK, session)
  return arrive(provider.comeBack(journey.to, who, lie), journey)
}

/** Where the export leads: undefined where it is given. */
async function sentTo({ collector }: School, session: string): Promise<string | undefined> {
  const answer = await collector.page(EXPORT, session)
  return answer.status === 200 ? undefined : (answer.headers.get('location') ?? 'nowhere')
}

const PROVE = `/prove?to=${encodeURIComponent(EXPORT)}`

t.test(
  'signing in again at the provider opens what asks for a proof, for that session',
  async (t) => {
    const all = await school(t)
    const { collector, provider, lead } = all
    await link(all, lead)
    const session = await signedIn(all)
    const other = await signedIn(all)
    t.equal(await sentTo(all, session), PROVE)
    t.match(
      await (await collector.page(PROVE, session)).text(),
      'href="/prove/provider?to=%2Faudit.csv"',
    )
    const journey = await begin(collector, ASK, session)
    const { searchParams } = new URL(journey.to)
    t.match(Object.fromEntries(searchParams), { prompt: 'login', max_age: '0' })
    const came = await arrive(provider.comeBack(journey.to, ADA), journey)
    t.equal(came.status, 200)
    t.equal(came.headers.get('refresh'), `0; url=${EXPORT}`)
    t.equal(cookieOf(came, 'edge-session'), '', 'the session stays')
    t.equal(await sentTo(all, session), undefined)
    t.equal(await sentTo(all, other), PROVE, 'and no other is opened')
    const audit = await (await collector.page('/audit', session)).text()
    t.match(audit, /\/audit\.csv, provider/)
    const plain = await begin(collector)
    t.notMatch(plain.to, /prompt=|max_age=/, 'signing in asks for neither')
  },
)

t.test('what the provider remembers proves nothing, and the page says why', async (t) => {
  const all = await school(t)
  await link(all, all.lead)
  const session = await signedIn(all)
  const now = Math.floor(Date.now() / 1000)
  for (const [what, auth_time, says] of [
    ['no time', undefined, 'does not say when you signed in there'],
    ['a time that is text', String(now), 'was not accepted'],
    ['no number', null, 'was not accepted'],
    ['a minute ago', now - 60, 'it says that you did some time ago'],
    ['an hour ago', now - 3600, 'it says that you did some time ago'],
    ['long ago', 0, 'it says that you did some time ago'],
    ['in an hour', now + 3600, 'was not accepted'],
  ] as const) {
    const came = await prove(all, session, { claims: { auth_time } })
    t.equal(came.status, 403, what)
    const text = await came.text()
    t.match(text, says, what)
    t.match(text, 'href="/prove/provider?to=%2Faudit.csv"', 'it can be tried again')
    t.equal(came.headers.get('refresh'), null)
  }
  for (const [what, lie] of Object.entries(LIES))
    t.equal((await prove(all, session, lie)).status, 403, what)
  const eve = await prove(all, session, {}, { sub: 'eve', email: ADA.email })
  t.equal(eve.status, 403)
  t.match(await eve.text(), 'signed in there as somebody else')
  t.equal(await sentTo(all, session), PROVE, 'nothing of it counted')
  const audit = await (await all.collector.page('/audit', session)).text()
  for (const why of [
    'old, EDGE_OLD_AUTH_TIME',
    'untimed, EDGE_NO_AUTH_TIME',
    'other-person, EDGE_OTHER_SUBJECT',
  ])
    t.match(audit, `/audit.csv, provider: ${why}`)
  await prove(all, session)
  t.equal(await sentTo(all, session), undefined, 'the truth does')
})

t.test('a proof is of the journey that asked for it, and of the owner', async (t) => {
  const all = await school(t)
  const { collector, provider, lead } = all
  await link(all, lead)
  const it = await makePerson(collector, { roles: ['auditor'], email: 'ida@school.test' })
  await link(all, it, { sub: 'ida', email: 'ida@school.test' })
  const session = await signedIn(all)
  const came = await prove(all, session, {}, { sub: 'ida', email: 'ida@school.test' })
  t.equal(came.status, 403, 'whoever is linked to another account is not the owner')

  const journey = await begin(collector, ASK, session)
  const back = provider.comeBack(journey.to, ADA)
  t.equal((await arrive(back, { to: '', cookie: '' })).status, 403, 'not in another browser')
  const signingIn = await begin(collector)
  const answered = provider.comeBack(signingIn.to, ADA)
  t.equal((await arrive(answered, signingIn)).status, 200)
  t.equal(await sentTo(all, session), PROVE, 'signing in is no proof')
  t.equal((await arrive(answered, journey)).status, 403, 'nor can its answer be used for one')
  t.equal((await arrive(back, journey)).status, 403, 'the journey is over then')
  t.equal(await sentTo(all, session), PROVE)

  const ended = await begin(collector, ASK, session)
  const { consoleUrl } = collector
  t.equal((await postForm(`${consoleUrl}/sign-out`, {}, { cookie: session })).status, 303)
  await arrive(provider.comeBack(ended.to, ADA), ended)
  t.equal(await sentTo(all, session), '/sign-in?to=%2Faudit.csv', 'a session that ended stays so')
})

t.test(
  'only who is linked is offered it, and it leads only to pages that ask for it',
  async (t) => {
    const all = await school(t, { providerTimeoutMs: 300, providerRestMs: 0, providerKnownMs: 0 })
    const { collector, provider, lead } = all
    const byCode = await signInByCode(collector)
    t.equal((await collector.page(ASK, lead.cookie)).status, 404, 'not linked')
    t.equal((await collector.page(ASK, byCode)).status, 404, 'the code has no account')
    t.equal((await collector.page(ASK, '')).headers.get('location'), '/sign-in')
    t.notMatch(await (await collector.page(PROVE, lead.cookie)).text(), '/prove/provider')
    await link(all, lead)
    for (const to of ['https://evil.test/', '//evil.test/x', '/alerts', 'javascript:1', ''])
      t.equal(
        (await collector.page(`/prove/provider?to=${encodeURIComponent(to)}`, lead.cookie)).status,
        404,
        to,
      )
    const page = await (await collector.page(PROVE, lead.cookie)).text()
    t.match(page, '/prove/provider')
    t.match(page, 'name="password"', 'beside the password')
    provider.behave({ is: 'failing' })
    const down = await collector.page(ASK, lead.cookie)
    t.equal(down.status, 503)
    t.match(await down.text(), 'does not answer as it should. Show it in another way')
  },
)
