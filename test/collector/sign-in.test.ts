import { request } from 'node:http'
import t from 'tap'
import { makeFakeWallClock } from '../support/fake-wall-clock.ts'
import { appCode, makePerson, PASSWORD } from '../support/people.ts'
import { postForm } from '../support/post-form.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

t.test('a code signs in once', async (t) => {
  const clock = makeFakeWallClock()
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const signIn = (code: string) => postForm(`${collector.consoleUrl}/sign-in`, { code })

  const code = collector.newSignInCode()
  t.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/, '80 bits without look-alikes')
  const answer = await signIn(code.toLowerCase().replaceAll('-', ' '))
  t.equal(answer.status, 303)
  const cookie = answer.headers.get('set-cookie') ?? ''
  t.match(cookie, /^edge-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
  t.equal((await signIn(code)).status, 403, 'not twice')

  const older = collector.newSignInCode()
  const newer = collector.newSignInCode()
  t.equal((await signIn(older)).status, 403, 'only the newest')
  clock.advance(15 * 60_000)
  t.equal((await signIn(newer)).status, 403, 'not after 15 minutes')
  const late = collector.newSignInCode()
  clock.advance(15 * 60_000 - 1)
  t.equal((await signIn(late)).status, 303, 'until the last moment')
})

t.test('a session ends after 12 hours, at signing out, and when a new one begins', async (t) => {
  const clock = makeFakeWallClock()
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const status = async (cookie: string) => (await collector.page('/events', cookie)).status
  const first = await collector.signIn()
  t.equal(await status(first), 200)
  const url = `${collector.consoleUrl}/sign-in`
  const again = await postForm(url, { code: collector.newSignInCode() }, { cookie: first })
  const second = again.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  t.not(first, second)
  t.equal(await status(first), 303, 'rotated away')
  t.equal(await status(second), 200)
  clock.advance(12 * 3_600_000)
  t.equal(await status(second), 303, 'expired')
  const third = await collector.signIn()
  const out = await postForm(`${collector.consoleUrl}/sign-out`, {}, { cookie: third })
  t.equal(out.headers.get('location'), '/sign-in')
  t.equal(await status(third), 303, 'signed out')
})

t.test('ten wrong codes lock out for five minutes, the right code too', async (t) => {
  const clock = makeFakeWallClock()
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const signIn = async (code: string) =>
    (await postForm(`${collector.consoleUrl}/sign-in`, { code })).status
  for (let guess = 1; guess <= 10; guess += 1) t.equal(await signIn(`WRONG-${guess}`), 403)
  t.equal(await signIn(collector.newSignInCode()), 429)
  clock.advance(5 * 60_000)
  t.equal(await signIn(collector.newSignInCode()), 303)
})

t.test('a stranger reaches the sign-in page and its assets, nothing else', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const status = async (path: string) => (await collector.page(path, '')).status
  for (const path of [
    '/',
    '/events',
    '/events/x',
    '/appliances',
    '/knowledge',
    '/setup',
    '/devices',
    '/devices.csv',
    '/devices/192.0.2.1',
    '/devices?fragment=rows',
    '/networks',
    '/guide',
    '/nowhere',
    '/sign-inx',
  ])
    for (const accept of ['text/html', '*/*']) {
      const answer = await fetch(new URL(path, collector.consoleUrl), {
        headers: { accept },
        redirect: 'manual',
      })
      const to = answer.headers.get('location') ?? ''
      t.match([answer.status, to.replace(/\?to=.*/, '')], [303, '/sign-in'], path)
    }
  for (const path of ['/sign-in', '/assets/govuk.css', '/assets/start.js'])
    t.equal(await status(path), 200, path)
  for (const path of ['/live', '/live?x'])
    t.equal(await status(path), 403, 'no page, but a stream for scripts')
  const write = await postForm(`${collector.consoleUrl}/sign-out`, {})
  t.equal(write.status, 403)
  t.match(await write.text(), /You are signed out/)
  const page = await collector.page('/sign-in', '')
  const policy = page.headers.get('content-security-policy') ?? ''
  t.match(policy, "default-src 'self'")
  t.match(policy, "frame-ancestors 'none'")
  t.notMatch(policy, 'unsafe')
  t.equal(page.headers.get('x-content-type-options'), 'nosniff')
  t.equal(page.headers.get('cache-control'), 'no-store')
  t.ok(page.headers.get('referrer-policy'))
  t.notMatch(
    await page.text(),
    /<script(?! type="module" src=)|<style|\sstyle=|\son\w+=/,
    'nothing inline',
  )
})

t.test('whoever signs in goes on to the page that they asked for, and nowhere else', async (t) => {
  const clock = makeFakeWallClock()
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const { consoleUrl } = collector
  const sent = async (path: string, headers: Record<string, string> = {}) =>
    fetch(consoleUrl + path, { headers, redirect: 'manual' })
  const lead = await makePerson(collector, { roles: ['dsl'] })
  const code = (): string => {
    clock.advance(30_000)
    return appCode(collector, lead.secret)
  }
  const fields = () => ({ email: lead.email, password: PASSWORD, code: code() })
  const signIn = (to: string) =>
    postForm(`${consoleUrl}/sign-in/account`, { ...fields(), to }).then((answer) =>
      answer.headers.get('location'),
    )

  const at = (await sent('/alerts/abc?a=1&b=é')).headers.get('location') ?? ''
  t.equal(at, '/sign-in?to=%2Falerts%2Fabc%3Fa%3D1%26b%3D%25C3%25A9')
  const form = await (await sent(at)).text()
  t.equal(form.match(/name="to" value="\/alerts\/abc\?a=1&amp;b=%C3%A9"/g)?.length, 2)
  t.equal(await signIn('/alerts/abc?a=1'), '/alerts/abc?a=1')
  const wrong = await postForm(`${consoleUrl}/sign-in/account`, {
    ...fields(),
    code: '000000',
    to: '/alerts/abc',
  })
  const again = await wrong.text()
  t.match(again, 'name="to" value="/alerts/abc"', 'also after a wrong code')
  t.match(
    again,
    new RegExp(`<input[^>]* id="email"[^>]* value="${lead.email}"`),
    'and the address need not be typed again',
  )
  for (const email of ['correct horse battery', 'p@ssword', `"><b>@${'x'.repeat(9)}.test`]) {
    const slip = await postForm(`${consoleUrl}/sign-in/account`, { email, password: lead.email })
    const html = await slip.text()
    t.notMatch(html, 'correct horse', 'a password in the wrong field is not shown')
    t.notMatch(html, /p@ssword|"><b>/)
  }
  const byCode = { code: collector.newSignInCode(), to: '/appliances' }
  const opened = await postForm(`${consoleUrl}/sign-in`, byCode)
  t.equal(opened.headers.get('location'), '/appliances')

  for (const to of [
    'https://evil.test/alerts',
    '//evil.test/alerts',
    '/\\evil.test/alerts',
    '\t//evil.test/alerts',
    'javascript:alert(1)',
    '/nowhere',
    '/sign-in?to=/alerts',
    '/confirm/abc',
    '/v1/batches',
    '/live',
    '/prove/provider?to=/audit.csv',
    '/ways-in/provider',
    `/alerts?text=${'a'.repeat(600)}`,
    '',
  ]) {
    t.equal(await signIn(to), '/', to)
    const page = await (await sent(`/sign-in?to=${encodeURIComponent(to)}`)).text()
    t.notMatch(page, 'name="to"', to)
  }

  const { cookie } = lead
  const foreign = { 'sec-fetch-site': 'cross-site' }
  const passing = await sent(at, foreign)
  const refresh = passing.headers.get('refresh') ?? ''
  t.equal(refresh, `0; url=${at}&passed=yes`, 'a link of webmail brings no cookie: once more')
  const next = refresh.replace('0; url=', '')
  const known = await sent(next, { ...foreign, cookie })
  t.equal(known.headers.get('location'), '/alerts/abc?a=1&b=%C3%A9')
  const stranger = await sent(next, foreign)
  t.equal(stranger.headers.get('refresh'), null, 'but not for ever')
  t.match(await stranger.text(), /Code from your app/)
})

t.test('only our own names and origins are served', async (t) => {
  const collector = await runCollector(shortFolder(t), {
    publicHosts: ['https://console.example.org', 'edge.test:8080'],
  })
  t.teardown(() => collector.close())
  const { port } = new URL(collector.consoleUrl)
  const ask = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: '/sign-in', headers: { host } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
  for (const host of [
    `127.0.0.1:${port}`,
    `LOCALHOST:${port}`,
    `[::1]:${port}`,
    'console.example.org',
    'edge.test:8080',
  ])
    t.equal(await ask(host), 200, host)
  for (const host of ['evil.test', `evil.test:${port}`, 'edge.test', '127.0.0.1:1'])
    t.equal(await ask(host), 421, host)

  const url = `${collector.consoleUrl}/sign-out`
  t.equal((await postForm(url, {}, { origin: 'http://evil.test' })).status, 403)
  t.equal((await postForm(url, {}, { origin: 'null' })).status, 403)
  const noOrigin = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  t.equal(noOrigin.status, 403, 'no origin at all')
  t.equal(
    (await postForm(url, {}, { cookie: await collector.signIn(), 'sec-fetch-site': 'cross-site' }))
      .status,
    403,
  )
})

t.test('behind a proxy that ends TLS the cookie is Secure and __Host-', async (t) => {
  const collector = await runCollector(shortFolder(t), {
    publicHosts: ['https://console.example.org'],
  })
  t.teardown(() => collector.close())
  const { port } = new URL(collector.consoleUrl)
  const body = new URLSearchParams({ code: collector.newSignInCode() }).toString()
  const headers = {
    host: 'console.example.org',
    origin: 'https://console.example.org',
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
  }
  const cookie = await new Promise<string | undefined>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/sign-in', method: 'POST', headers }, (answer) => {
      answer.resume()
      resolve(answer.headers['set-cookie']?.[0])
    })
      .on('error', reject)
      .end(body)
  })
  t.match(cookie, /^__Host-edge-session=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
})
