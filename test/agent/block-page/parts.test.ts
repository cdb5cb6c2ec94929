import t from 'tap'
import { askedHost } from '#agent/block-page/asked-host.ts'
import { clientKey } from '#agent/block-page/client-key.ts'
import { makeFormTokens } from '#agent/block-page/form-token.ts'
import { escapeHtml, hostileHtml } from '#agent/block-page/html.ts'
import { AUDIENCES, FAMILIES } from '#agent/block-page/page-facts.ts'
import { renderPage } from '#agent/block-page/render-page.ts'
import { LANGUAGES } from '#agent/block-page/wording/languages.ts'
import { makeBuckets } from '#agent/token-bucket.ts'
import { domainName } from '#test/support/test-rules.ts'

t.test('a Host is a host name, or nothing', (t) => {
  const good = [
    ['games.test', 'games.test'],
    ['GAMES.Test.:8080', 'games.test'],
    ['a_b.test:', 'a_b.test'],
    ['localhost', 'localhost'],
  ] as const
  for (const [host, name] of good) t.equal(askedHost(host), name, host)
  for (const host of [
    '',
    '.',
    'a..b',
    '192.0.2.1',
    '192.0.2.1:80',
    '[::1]',
    '::1',
    'a b',
    'a/b',
    'a@b',
    '\u00e9.test',
    'x'.repeat(64),
    'a:99999999',
    `${'a.'.repeat(200)}b`,
  ])
    t.equal(askedHost(host), undefined, host)
  t.end()
})

t.test('hostile text stays text, on its side, on one line, and short', (t) => {
  t.equal(escapeHtml(`<a href="x">'\`&`), '&#60;a href=&#34;x&#34;&#62;&#39;&#96;&#38;')
  t.equal(hostileHtml('a\u202eb\nc', 10), '<bdi dir="auto">a\ufffdb\ufffdc</bdi>')
  t.equal(hostileHtml('0123456789', 4), '<bdi dir="auto">01\u202689</bdi>')
  t.equal(hostileHtml('\u{1f600}'.repeat(6), 4).length, 16 + 4 * 2 + 1 + 6, 'no half characters')
  t.end()
})

t.test('a bucket fills again by time, for each key, and forgets the oldest', (t) => {
  const take = makeBuckets({ tokens: 2, refillMs: 1000, keysMax: 2 })
  const seen = [0, 0, 0, 499, 500, 501, 5000, 5000, 5000].map((ms) => take('a', ms))
  t.strictSame(seen, [true, true, false, false, true, false, true, true, false])
  t.equal(take('b', 5000), true)
  t.equal(take('c', 5000), true)
  t.equal(take('a', 5000), true, 'forgotten')
  t.equal(take('c', 0), true, 'a clock that goes back gives nothing')
  t.end()
})

t.test('a token is for one client and one name, for an hour, and once', (t) => {
  let now = 5.5
  const tokens = makeFormTokens(() => now)
  const token = tokens.make('192.0.2.1', 'a.test')
  t.equal(tokens.take(token, '192.0.2.2', 'a.test'), false)
  t.equal(tokens.take(token, '192.0.2.1', 'b.test'), false)
  t.equal(tokens.take(`0${token}`, '192.0.2.1', 'a.test'), false)
  t.equal(tokens.take('', '192.0.2.1', 'a.test'), false)
  t.equal(makeFormTokens(() => now).take(token, '192.0.2.1', 'a.test'), false, 'of another start')
  t.equal(tokens.take(token, '192.0.2.1', 'a.test'), true)
  t.equal(tokens.take(token, '192.0.2.1', 'a.test'), false, 'again')
  const late = tokens.make('192.0.2.1', 'a.test')
  now += 3_600_001
  t.equal(tokens.take(late, '192.0.2.1', 'a.test'), false, 'late')
  t.end()
})

t.test('limits go by the address, and by the /64 of IPv6', (t) => {
  t.equal(clientKey('::ffff:192.0.2.1'), '192.0.2.1')
  t.equal(clientKey('2001:db8:1:2:3:4:5:6'), clientKey('2001:db8:1:2::1'))
  t.not(clientKey('2001:db8:1:2::1'), clientKey('2001:db8:1:3::1'))
  t.end()
})

t.test('every family has words for every audience, for the youngest in short sentences', (t) => {
  for (const words of Object.values(LANGUAGES)) {
    const frame = { words, school: '', contact: '' }
    for (const family of FAMILIES)
      for (const audience of AUDIENCES) {
        const facts = {
          kind: 'blocked',
          audience,
          name: domainName('a.test'),
          family,
          at: '',
          canAsk: false,
        } as const
        const { main } = renderPage(facts, { form: undefined, outcome: undefined }, frame)
        const why = words.blocked.families[family][audience]
        t.ok(why.length > 10 && main.includes(escapeHtml(why)), `${family} ${audience}`)
      }
    for (const { primary } of Object.values(words.blocked.families))
      for (const sentence of primary.split(/[.?]/))
        t.ok(sentence.split(' ').length <= 13, `short enough: ${sentence}`)
  }
  t.end()
})
