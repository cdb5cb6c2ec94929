import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { CHILD, STAFF, startPageAgent, until } from '#test/support/page-agent.ts'

// One agent for the tests that change nothing of it.
const { visit: visitAs, edge, agent, pagePort } = await startPageAgent(t)
let pupils = 0
/** As a pupil who was never here before, for a client may open a few pages a second only. */
const visit: typeof visitAs = (host, options) =>
  visitAs(host, { from: `127.0.${1 + Math.floor(++pupils / 250)}.${pupils % 250}`, ...options })

t.test('what the page says is what DNS does for the client that asks, now', async (t) => {
  const pupil = await visit('social.test')
  t.equal(pupil.status, 403)
  t.match(
    pupil.text,
    'This page is blocked at school You asked for social.test Why It is for chatting',
  )
  t.match(pupil.text, 'Category Social networks Time')
  t.match(pupil.text, 'Ask in room 12.')
  t.match(pupil.text, 'Northfield <School>')
  t.notMatch(pupil.text, 'List', 'no list for a pupil')
  t.match(pupil.text, /Time \d+ \w+ \d{4}, \d\d:\d\d /)

  const child = await visit('social.test', { from: CHILD })
  t.match(child.text, 'This page is closed at school')
  t.match(child.text, 'People you do not know can talk to you there.')
  t.notMatch(child.text, 'Category', 'no title of a category for the youngest')

  t.match((await visit('social.test', { from: STAFF })).text, 'This page is not blocked now')
  const staff = await visit('canary-adult-porn.test', { from: STAFF })
  t.match(staff.text, 'Category Pornography List Canaries')
  t.match((await visit('www.denied.test')).text, 'Your school decided to block it.')
  t.notMatch((await visit('denied.test', { from: STAFF })).text, 'incident', 'not the reason')
  t.match((await visit('cloaked.test')).text, 'betting', 'blocked by what it leads to')
  t.match((await visit('www.example.org')).text, 'This page is not blocked now')
  t.equal((await visit('silent.test')).status, 503, 'neither blocked nor found')

  const what = ['--group', 'ks3', '--name', 'social.test', '--minutes', '5', '--reason', 'a test']
  t.equal((await edge('release', ...what)).code, 0)
  t.match((await visit('social.test')).text, 'This page is not blocked now', 'released meanwhile')
  t.match((await visit('social.test', { from: CHILD })).text, 'closed', 'for its group alone')
  const [id = ''] = (await edge('release', '--list')).out.split(' ')
  t.equal((await edge('release', '--end', id)).code, 0)
  t.match((await visit('social.test')).text, 'blocked', 'and again')
})

t.test('a name that may mean a child at risk opens with help and gives no reason', async (t) => {
  for (const host of ['harm.test', 'both.test', 'www.harm.test', 'canary-harm-gore.test'])
    for (const from of ['127.0.0.1', CHILD, STAFF]) {
      if (from === STAFF && host === 'canary-harm-gore.test') continue // Monitored for staff.
      const { body, text, status } = await visit(host, { from })
      t.equal(status, 403)
      t.match(
        text,
        /^This page is not available here Skip to main content Northfield <School> You can talk to someone now/,
      )
      t.match(text, /Childline .*0800 1111 .*Samaritans .*116 123 .*Shout .*SHOUT to 85258/)
      for (const word of ['lock', host.replace('www.', ''), 'self', 'incident', 'ategory', '<form'])
        t.notMatch(body.replace(/<style>.*<\/style>/s, ''), word, `${host} ${from}: no ${word}`)
    }
  const page = await visit('harm.test')
  const asked = { token: page.body.slice(0, 40), why: 'please let me in' }
  t.match((await visit('harm.test', { form: asked })).text, 'You can talk to someone now')
  t.throws(
    () => readFileSync(join(agent.stateDir, 'agent', 'unblock-requests.json')),
    'nothing kept',
  )
})

t.test('what is locked shows the notice and nothing else', async (t) => {
  for (const id of ['csam', 'terror', 'ip', 'other'])
    for (const from of ['127.0.0.1', STAFF]) {
      const { status, text, body } = await visit(`www.canary-illegal-${id}.test`, { from })
      t.equal(status, 451)
      t.equal(
        text,
        'This page cannot be opened Skip to main content Northfield <School> This page cannot be opened Access to it is blocked because it may hold content that is against the law. If you came here by mistake, close this page. This network is filtered by SuperCloud Edge.',
      )
      t.notMatch(body, /canary|illegal|<form|csam/)
    }
})

t.test('any Host and path is answered, and hostile ones harm nobody', async (t) => {
  for (const host of [
    '127.0.0.1',
    '[::1]:80',
    '',
    ' ',
    'a..b',
    `${'x'.repeat(64)}.test`,
    '<script>',
    '\u00e9\u00e9',
  ])
    t.match((await visit(host)).text, 'This is the page for blocked sites', JSON.stringify(host))
  const hostile = await visit('"><script>alert(1)</script>.social.test')
  t.notMatch(hostile.body, '<script')
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.social.test:80`
  t.match((await visit(long)).text, /aaa…[b.c]*ccc\.social\.test/, 'cut in its middle')
  t.match((await visit('SOCIAL.test.:8080', { path: '/a/../..//%00?x=<b>' })).text, 'social.test')
  t.match(
    (await visit('xn--bcher-kva.social.test')).text,
    'xn--bcher-kva.social.test (bücher.social.test)'
      .replace('bücher', 'b\u00fccher')
      .replace(' (', ' ( ')
      .replace(')', ' )'),
  )
  const alike = await visit('xn--80ak6aa92e.social.test')
  t.match(alike.text, 'xn--80ak6aa92e.social.test')
  t.notMatch(alike.body, /[\u0400-\u04ff]/, 'letters that look like others stay punycode')
  const raw = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(pagePort, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.0\r\nAccept: text/html\r\n\r\n'),
    )
    socket.on('data', (part) => (text += String(part)))
    socket.on('close', () => resolve(text))
  })
  t.match(raw, /^HTTP\/1.1 404 .*page for blocked sites/s, 'no Host at all')
})

t.test('headers keep the page to itself; embedded things stay empty and quiet', async (t) => {
  const { headers, body } = await visit('social.test')
  t.match(headers, {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': /noindex/,
    'content-security-policy':
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
  })
  t.notMatch(body, /<script|\ssrc=|url\(|@import|\son\w+=/, 'no script, nothing from elsewhere')
  t.match(body, '<html lang="en-GB">')
  const head = await visit('social.test', { method: 'HEAD' })
  t.match(head, { status: 403, body: '' })
  const kinds = [
    [{ accept: 'image/avif,image/webp,*/*;q=0.8' }, '/x', 'image/svg+xml'],
    [{ accept: 'text/css,*/*;q=0.1' }, '/x', 'text/css'],
    [{ accept: '*/*' }, '/a.js?b', 'text/javascript'],
    [{ accept: '*/*' }, '/favicon.ico', 'image/svg+xml'],
    [{ accept: '*/*' }, '/api', 'text/plain'],
    [{ accept: 'text/html', 'sec-fetch-dest': 'iframe' }, '/', 'text/plain'],
  ] as const
  for (const [more, path, type] of kinds) {
    const answer = await visit('social.test', { headers: more, path })
    t.match(answer, { status: 403, body: '', headers: { 'content-type': type } }, path)
  }
  for (const method of ['PUT', 'DELETE', 'OPTIONS'])
    t.match(await visit('social.test', { method }), { status: 405, body: '' })
})

t.test(
  'a reload changes words and endpoints; a page that cannot be served is told, and names are answered',
  async (t) => {
    const config = JSON.parse(readFileSync(agent.configFile, 'utf8'))
    const { writeFileSync } = await import('node:fs')
    const write = (page: object | undefined): void =>
      writeFileSync(
        agent.configFile,
        JSON.stringify({ ...config, block: { ...config.block, page } }),
      )
    write({ ...config.block.page, contact: 'Ask Ms Example.', requests: false })
    await until(
      async () => (await visit('social.test')).text.includes('Ask Ms Example.'),
      'the words',
    )
    t.notMatch((await visit('social.test')).body, '<form', 'no requests')
    write({ listen: [{ address: '192.0.2.80', port: pagePort }] })
    await until(async () => (await edge('status')).out.includes('192.0.2.80'), 'the fault')
    const status = await edge('status')
    t.match(
      status.out,
      /the block page is not well: http 192\.0\.2\.80:\d+: cannot listen: EADDRNOTAVAIL/,
    )
    t.equal(status.code, 1)
    await t.rejects(visit('social.test'), 'the old place is closed')
    write(undefined)
    await until(async () => /block page {2}off/.test((await edge('status')).out), 'off')
    write({ listen: [{ address: '127.0.0.1', port: pagePort }] })
    await until(async () => (await visit('social.test')).status === 403, 'on again')
    t.equal((await agent.stop()).code, 0, 'the agent stops with its page')
  },
)
