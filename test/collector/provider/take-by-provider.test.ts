/** Taking an account by its one-time link and the school's sign-in: the one who was invited does, and no lie, thief or latecomer. */
import t from 'tap'
import {
  appCode,
  cookieOf,
  linkOf,
  makePerson,
  PASSWORD,
  postRoles,
  secretOf,
  signInWith,
} from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import {
  arrive,
  begin,
  failuresOf,
  LIES,
  link,
  type School,
  school,
} from '#test/support/provider-school.ts'

const IDA = { sub: 'subject-of-ida', email: 'ida@school.test', email_verified: true }

/** The path of a new one-time link for Ida. */
async function invite({ collector, lead }: School, email = IDA.email): Promise<string> {
  return linkOf(await postRoles(collector, lead.cookie, { name: 'Ida', email, roles: ['it'] }))
}

/** There and back, by the link's page. */
async function come(
  { collector, provider }: School,
  href: string,
  who: Parameters<typeof provider.comeBack>[1] = IDA,
  lie: Parameters<typeof provider.comeBack>[2] = {},
): Promise<Response> {
  const journey = await begin(collector, `${href}/provider`)
  return arrive(provider.comeBack(journey.to, who, lie), journey)
}

const isOpen = async ({ collector }: School, href: string): Promise<boolean> =>
  (await collector.page(href, '')).status === 200

t.test('who was invited takes the account by signing in, with no password', async (t) => {
  const all = await school(t)
  const { collector, provider, lead } = all
  const href = await invite(all)
  const page = await (await collector.page(href, '')).text()
  t.match(page, `href="${href}/provider"`)
  const came = await come(all, href)
  t.equal(came.status, 200)
  t.match(await came.text(), 'The account is yours')
  const session = cookieOf(came, 'edge-session')
  t.equal((await collector.page('/devices', session)).status, 200)
  t.equal((await collector.page('/ways-in', session)).status, 200, 'a passkey can be added at once')
  t.equal(await isOpen(all, href), false, 'the link is used up')
  t.equal((await collector.page(`${href}/provider`, '')).status, 404, 'and begins nothing more')
  const accounts = await (await collector.page('/accounts', lead.cookie)).text()
  t.notMatch(accounts, 'The link was not used yet')
  const audit = await (await collector.page('/audit', lead.cookie)).text()
  t.match(audit, `by the sign-in of ${IDA.email} at ${new URL(provider.issuer).host}`)

  const again = await begin(collector)
  const back = await arrive(provider.comeBack(again.to, { sub: IDA.sub }), again)
  t.equal(back.status, 200)
  t.equal((await collector.page('/devices', cookieOf(back, 'edge-session'))).status, 200)
  t.equal((await signInWith(collector, IDA, { code: '000000' })).status, 403)
  t.equal((await signInWith(collector, IDA, { code: '', password: '' })).status, 403)
  const { consoleUrl } = collector
  const unlink = await postForm(`${consoleUrl}/ways-in/provider/unlink`, {}, { cookie: session })
  t.equal(unlink.status, 409, 'the only way in stays')
  t.match(await unlink.text(), 'only way into your account')
  const own = await (await collector.page('/account', session)).text()
  t.match(own, 'has no password here')
  t.notMatch(own, 'Change your password')
})

t.test('no lie takes an account, and the link stays', async (t) => {
  const all = await school(t)
  const href = await invite(all)
  for (const [what, lie] of Object.entries(LIES)) {
    const came = await come(all, href, IDA, lie)
    t.equal(came.status, 403, what)
    t.equal(cookieOf(came, 'edge-session'), '')
    const text = await came.text()
    t.match(text, 'Nothing was taken')
    t.notMatch(text, '<script>')
  }
  const failures = await failuresOf(all)
  t.equal(failures.length, Object.keys(LIES).length)
  for (const why of failures) t.match(why, /^link to an account: refused, (?:OAUTH|EDGE)_[A-Z_]+$/)
  t.equal(await isOpen(all, href), true)
  t.match(await (await come(all, href)).text(), 'The account is yours', 'the truth does')
})

t.test(
  'an answer takes an account once, in the browser that began, for the link it began with',
  async (t) => {
    const all = await school(t)
    const { collector, provider } = all
    const href = await invite(all)
    const journey = await begin(collector, `${href}/provider`)
    const back = provider.comeBack(journey.to, IDA)
    t.equal(
      (await arrive(back, { to: '', cookie: '' })).status,
      403,
      'not without the browser’s mark',
    )
    const signingIn = await begin(collector)
    t.equal((await arrive(back, signingIn)).status, 403, 'nor on a journey that was for signing in')
    const plain = await begin(collector)
    const stolen = await arrive(provider.comeBack(plain.to, IDA), plain)
    t.equal(stolen.status, 403, 'nor does signing in take what waits')
    const attacker = await begin(collector, `${href}/provider`)
    const code = new URL(provider.comeBack(attacker.to, { sub: 'eve', email_verified: true }))
    const injected = new URL(back)
    injected.searchParams.set('code', code.searchParams.get('code') ?? '')
    const victim = await begin(collector, `${href}/provider`)
    injected.searchParams.set('state', new URL(victim.to).searchParams.get('state') ?? '')
    t.equal((await arrive(injected.href, victim)).status, 403, 'nor a code of another journey')

    const two = await begin(collector, `${href}/provider`)
    t.match(await (await arrive(back, journey)).text(), 'The account is yours')
    t.equal((await arrive(back, journey)).status, 403, 'not twice')
    const late = await arrive(provider.comeBack(two.to, { ...IDA, sub: 'second' }), two)
    t.equal(late.status, 404, 'whoever comes second has a link that opens nothing')
    const forged = `${collector.consoleUrl}/invite/provider`
    t.equal((await postForm(forged, {})).status, 404, 'there is no yes without a question')
    t.equal((await postForm(forged, {}, { cookie: 'edge-journey=made-up' })).status, 404)
  },
)

t.test(
  'another address is asked about where the provider vouches for it, and refused where not',
  async (t) => {
    const all = await school(t)
    const { collector, lead } = all
    const href = await invite(all)
    const eve = { sub: 'eve', email: 'eve@elsewhere.test' }
    for (const who of [eve, { ...eve, email_verified: false }, { sub: 'eve' }]) {
      const came = await come(all, href, who)
      t.equal(came.status, 403, 'a stolen link and an account of one’s own')
      t.match(await came.text(), /does not say that it has checked[\s\S]*nothing was taken/)
    }
    t.equal(
      (await come(all, href, { ...IDA, sub: 'eve', email: 'x', email_verified: true }, {})).status,
      200,
    )
    t.equal(await isOpen(all, href), true, 'being asked takes nothing')
    const audit = await failuresOf(all)
    t.match(audit[0], 'another address, not verified, of eve')

    for (const [who, says] of [
      [{ ...eve, email_verified: true }, 'The two addresses are not the same'],
      [{ sub: 'ida', email: 'Ida@School.test' }, 'does not say that it has checked'],
    ] as const) {
      const asked = await come(all, href, who)
      const text = await asked.text()
      t.match(text, 'Take this account?')
      t.match(text, says)
      t.equal(cookieOf(asked, 'edge-session'), '')
    }
    const asked = await come(all, href, { ...eve, email: '<b>eve</b>', email_verified: true })
    t.match(await asked.text(), '&lt;b&gt;eve&lt;/b&gt;')
    const yes = (cookie: string, headers = {}): Promise<Response> =>
      postForm(`${collector.consoleUrl}/invite/provider`, {}, { cookie, ...headers })
    const mark = cookieOf(asked, 'edge-journey')
    t.equal(
      (await yes(mark, { origin: 'https://evil.test' })).status,
      403,
      'no other site says yes',
    )
    t.equal((await yes(mark)).status, 200)
    t.equal((await yes(mark)).status, 404, 'nor twice')
    const seen = await (await collector.page('/audit', lead.cookie)).text()
    t.match(seen, 'by the sign-in of &lt;b&gt;eve&lt;/b&gt;', 'who took it is on record')
  },
)

t.test(
  'whoever opens an account already takes no other, and the link stays for its owner',
  async (t) => {
    const all = await school(t)
    const thief = await makePerson(all.collector, { roles: ['it'], email: 'eve@school.test' })
    const eve = { sub: 'eve', email: 'eve@school.test', email_verified: true }
    t.equal(await link(all, thief, eve), 303)
    const href = await invite(all)
    const asked = await come(all, href, eve)
    const cookie = cookieOf(asked, 'edge-journey')
    const taken = await postForm(`${all.collector.consoleUrl}/invite/provider`, {}, { cookie })
    t.equal(taken.status, 409)
    t.match(await taken.text(), 'opens the account of somebody else here')
    t.equal(await isOpen(all, href), true)
    t.match((await failuresOf(all))[0], 'not-valid, of eve@school.test')
    t.match(await (await come(all, href)).text(), 'The account is yours')
  },
)

t.test('an account taken anew loses its password, its app and its sessions', async (t) => {
  const all = await school(t)
  const { collector, lead } = all
  const ida = await makePerson(collector, { roles: ['it'], email: IDA.email })
  const accounts = await (await collector.page('/accounts', lead.cookie)).text()
  const own = accounts.split('ida@school.test')[1] ?? ''
  const path = /action="(\/accounts\/[\w-]+)\/link"/.exec(own)?.[1] ?? ''
  const nobody = { name: '', email: '', roles: [] }
  const href = linkOf(await postRoles(collector, lead.cookie, nobody, `${path}/link`))
  t.equal((await collector.page('/devices', ida.cookie)).status, 200)
  t.match(await (await come(all, href)).text(), 'The account is yours')
  t.equal(
    (await collector.page('/devices', ida.cookie)).headers.get('location'),
    '/sign-in?to=%2Fdevices',
  )
  const [code = ''] = ida.recovery
  t.equal((await signInWith(collector, ida, { code })).status, 403)
  t.equal((await signInWith(collector, ida, { code: appCode(collector, ida.secret) })).status, 403)
})

t.test('a link is taken one way, and the other way stays closed', async (t) => {
  const all = await school(t, { providerTimeoutMs: 300, providerRestMs: 0, providerKnownMs: 0 })
  const { collector, provider } = all
  const href = await invite(all)
  provider.behave({ is: 'failing' })
  const down = await collector.page(`${href}/provider`, '')
  t.equal(down.status, 503)
  t.match(await down.text(), 'does not answer as it should. Nothing was taken.')
  provider.behave({})
  const journey = await begin(collector, `${href}/provider`)
  const url = `${collector.consoleUrl}${href}`
  const secret = secretOf(await (await fetch(url)).text())
  const fields = { code: appCode(collector, secret), password: PASSWORD, again: PASSWORD }
  t.equal((await postForm(url, fields)).status, 200)
  const late = await arrive(provider.comeBack(journey.to, IDA), journey)
  t.equal(late.status, 404)
  t.equal((await collector.page('/invite/none/provider', '')).status, 404)
})
