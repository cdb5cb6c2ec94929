import fc from 'fast-check'
import t from 'tap'
import { parseAddress } from '#domain/ip-address.ts'
import { makeCookieSecret, newCookieKey } from '#platform/cookie-secret.ts'
import { judgeServerCookie, writeServerCookie } from '#wire/server-cookie.ts'
import { sipHash } from '#wire/siphash.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

function address(text: string): Uint8Array {
  return parseAddress(text) ?? new Uint8Array()
}

t.test('SipHash-2-4: vectors of its authors', (t) => {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i)
  const vectors: readonly (readonly [number, string])[] = [
    [0, '310e0edd47db6f72'],
    [1, 'fd67dc93c539f874'],
    [7, '37d1018bf50002ab'],
    [8, '6224939a79f5f593'],
    [15, 'e545be4961ca29a1'],
    [63, '724506eb4c328a95'],
  ]
  for (const [length, expected] of vectors) {
    const out = Buffer.alloc(8)
    sipHash(
      key,
      Uint8Array.from({ length }, (_, i) => i),
      out,
      0,
    )
    t.equal(out.toString('hex'), expected, `${length} bytes`)
  }
  t.throws(() => sipHash(new Uint8Array(15), new Uint8Array(), new Uint8Array(8), 0))
  t.end()
})

/** RFC 9018 appendix A: client address, secret, client cookie, time of making, server cookie. */
const VECTORS = [
  {
    title: 'A.1: a new server cookie',
    client: '198.51.100.100',
    secret: 'e5e973e5a6b2a43f48e7dc849e37bfcf',
    cookie: '2464c4abcf10c957 010000005cf79f111f8130c3eee29480',
  },
  {
    title: 'A.2: the same client, renewed',
    client: '198.51.100.100',
    secret: 'e5e973e5a6b2a43f48e7dc849e37bfcf',
    cookie: '2464c4abcf10c957 010000005cf7a871d4a564a1442aca77',
  },
  {
    title: 'A.3: another client, with reserved bits',
    client: '203.0.113.203',
    secret: 'e5e973e5a6b2a43f48e7dc849e37bfcf',
    cookie: 'fc93fc62807ddb86 01abcdef5cf78f71a314227b6679ebf5',
  },
  {
    title: 'A.4: IPv6, secret before the roll',
    client: '2001:db8:220:1:59de:d0f4:8769:82b8',
    secret: 'dd3bdf9344b678b185a6f5cb60fca715',
    cookie: '22681ab97d52c298 010000005cf7c57926556bd0934c72f8',
  },
  {
    title: 'A.4: IPv6, secret after the roll',
    client: '2001:db8:220:1:59de:d0f4:8769:82b8',
    secret: '445536bcd2513298075a5d379663c962',
    cookie: '22681ab97d52c298 010000005cf7c609a6bb79d16625507a',
  },
] as const

for (const { title, client, secret, cookie } of VECTORS)
  t.test(`RFC 9018 appendix ${title}`, (t) => {
    const whole = hex(cookie)
    const madeAt = whole.readUInt32BE(12)
    const judge = (seconds: number, from: string = client): string =>
      judgeServerCookie(whole, address(from), seconds, () => hex(secret))
    t.equal(judge(madeAt), 'fresh')
    t.equal(judge(madeAt + 1800), 'fresh')
    t.equal(judge(madeAt + 1801), 'ageing')
    t.equal(judge(madeAt + 3600), 'ageing')
    t.equal(judge(madeAt + 3601), 'wrong', 'too old')
    t.equal(judge(madeAt - 300), 'fresh')
    t.equal(judge(madeAt - 301), 'wrong', 'from the future')
    t.equal(judge(madeAt, '198.51.100.101'), 'wrong', "another client's")
    if (whole.readUInt32BE(8) === 0x01000000) {
      const out = Buffer.alloc(24)
      whole.copy(out, 0, 0, 8)
      writeServerCookie(out, address(client), madeAt, () => hex(secret))
      t.equal(out.toString('hex'), whole.toString('hex'), 'and made the same')
    }
    t.end()
  })

t.test('RFC 9018 section 5: while secrets roll, at midnight, cookies of the old one hold', (t) => {
  const secretOf = makeCookieSecret(newCookieKey())
  const midnight = 20_000 * 86_400
  const from = address('192.0.2.1')
  const cookie = Buffer.alloc(24, 7)
  writeServerCookie(cookie, from, midnight - 60, secretOf)
  t.not(Buffer.compare(secretOf(midnight - 1), secretOf(midnight)), 0, 'they do roll')
  t.equal(judgeServerCookie(cookie, from, midnight + 60, secretOf), 'fresh')
  t.equal(judgeServerCookie(cookie, from, midnight + 3_500, secretOf), 'ageing')
  t.equal(judgeServerCookie(cookie, from, midnight + 3_600, secretOf), 'wrong', 'then no more')
  const another = makeCookieSecret(newCookieKey())
  t.equal(judgeServerCookie(cookie, from, midnight + 60, another), 'wrong', 'of another key')
  t.end()
})

t.test('a cookie that was made holds, and with any bit turned it does not', (t) => {
  const secret = (): Uint8Array => hex('e5e973e5a6b2a43f48e7dc849e37bfcf')
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      fc.constantFrom('192.0.2.1', '2001:db8::7'),
      fc.integer({ min: 1, max: 0x7fff_ffff }),
      fc.nat(191),
      (clientCookie, from, seconds, bit) => {
        const out = Buffer.alloc(24)
        out.set(clientCookie)
        writeServerCookie(out, address(from), seconds, secret)
        if (judgeServerCookie(out, address(from), seconds, secret) !== 'fresh') return false
        out[bit >> 3]! ^= 1 << (bit & 7)
        return judgeServerCookie(out, address(from), seconds, secret) === 'wrong'
      },
    ),
    { numRuns: 2_000, seed: 9018 },
  )
  t.end()
})
