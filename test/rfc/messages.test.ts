/** What RFC 1035, 2181, 3597, 5452, 6891, 8482, 9460 and 9715 say of messages, seen by a client that reads bytes. */

import t from 'tap'
import { wireName } from '#test/support/wire-name.ts'
import { optOf, queryOf, RCODE, TYPE, u16 } from './raw-message.ts'
import { type Asked, startRfcServers } from './rfc-server.ts'

const LARGE = Array.from(
  { length: 120 },
  (_, i) => `large.example.org. 300 IN A 198.51.100.${i + 1}`,
)
/** 512 bytes are too few for it, 1,232 are not. */
const MIDDLE = LARGE.slice(0, 40).map((line) => line.replace('large', 'middle'))
/** More than 256 bytes, less than 512. */
const SMALL = LARGE.slice(0, 20).map((line) => line.replace('large', 'small'))
const RECORDS = [
  'www.example.org. 300 IN A 192.0.2.10',
  'unknown.example.org. 300 IN TYPE65400 \\# 5 00ff0a5c22',
  'svc.example.org. 300 IN SVCB 1 svc2.example.net. alpn=h2 port=8443 key65333=abc',
  'svc.example.org. 300 IN HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.7 mandatory=alpn',
  'alias.example.org. 300 IN CNAME www.example.org.',
  ...SMALL,
  ...MIDDLE,
  ...LARGE,
]
const HEADER = u16(0x1234, 0x0100, 1, 0, 0, 0)
const TAIL = u16(TYPE.A, 1)

const servers = await startRfcServers(t, { records: RECORDS })
if (typeof servers === 'string') t.plan(0, servers)
else for (const way of servers) testWay(way)

function testWay({ title, transport, ask, send, isSilent }: Asked): void {
  t.test(`RFC 1035 section 4.1: what is broken is FORMERR or silence, over ${title}`, async (t) => {
    const broken: readonly (readonly [string, Buffer])[] = [
      [
        'a label of 64 bytes',
        Buffer.concat([HEADER, Buffer.of(64), Buffer.alloc(64, 97), Buffer.of(0), TAIL]),
      ],
      ['label type 01', Buffer.concat([HEADER, Buffer.of(0x41, 1, 0), TAIL])],
      ['label type 10', Buffer.concat([HEADER, Buffer.of(0x81, 1, 0), TAIL])],
      ['a name of 256 bytes', Buffer.concat([HEADER, longName(62), TAIL])],
      ['a pointer to itself', Buffer.concat([HEADER, Buffer.of(0xc0, 12), TAIL])],
      ['a pointer forward', Buffer.concat([HEADER, Buffer.of(0xc0, 40), TAIL])],
      ['a pointer into the header', Buffer.concat([HEADER, Buffer.of(0xc0, 0), TAIL])],
      ['a name without end', Buffer.concat([HEADER, Buffer.of(3, 97, 98)])],
      ['a name alone', Buffer.concat([HEADER, wireName('a.test')])],
      ['half a type', Buffer.concat([HEADER, wireName('a.test'), Buffer.of(0)])],
      ['counts that lie', Buffer.concat([u16(1, 0x0100, 1, 0, 0, 1), wireName('a.test'), TAIL])],
      ['a header alone', HEADER],
    ]
    for (const [what, message] of broken) {
      const reply = await send(message)
      t.equal(reply.rcode, RCODE.FORMERR, what)
      t.equal(reply.answers.length, 0, what)
      t.equal((await ask({})).answers.length, 1, `${what}, and the next one is answered`)
    }
    t.ok(await isSilent(Buffer.from('12340100', 'hex')), 'less than a header')
    t.ok(await isSilent(queryOf({ flags: 0x8100 })), 'an answer, which is answered by none')
    t.equal((await ask({ name: longName(61) })).question.length, 259, 'a name of 255 bytes is one')
  })

  t.test(
    `RFC 5452 section 9.1: id and question come back byte for byte, over ${title}`,
    async (t) => {
      for (const name of [
        'wWw.eXaMpLe.OrG',
        'www.blocked.TEST',
        'LocalHost',
        'a\0b.\xff\x80.example.org',
      ]) {
        const query = queryOf({ name: wireName(name), opt: optOf() })
        const reply = await send(query)
        t.same(reply.question, query.subarray(12, 12 + wireName(name).length + 4), name)
        t.equal(reply.id, query.readUInt16BE(0))
      }
    },
  )

  t.test(
    `RFC 2181 section 6.1: AA is not ours to set, QR, RA and RD are, over ${title}`,
    async (t) => {
      const { flags } = await ask({ type: TYPE.A })
      t.equal(flags & 0x8000, 0x8000, 'QR')
      t.equal(flags & 0x0400, 0, 'AA')
      t.equal(flags & 0x0080, 0x0080, 'RA')
      t.equal(flags & 0x0100, 0x0100, 'RD as asked')
    },
  )

  t.test(
    `RFC 3597 section 3: a type that nobody knows passes byte for byte, over ${title}`,
    async (t) => {
      const { answers } = await ask({ name: wireName('unknown.example.org'), type: 65_400 })
      t.same(
        answers.map(({ type, data }) => [type, data.toString('hex')]),
        [[65_400, '00ff0a5c22']],
      )
    },
  )

  t.test(
    `RFC 9460 section 2.2: parameters pass byte for byte and in their order, over ${title}`,
    async (t) => {
      const svcb = await ask({ name: wireName('svc.example.org'), type: 64 })
      const target = wireName('svc2.example.net')
      // alpn, port, and a key of private use.
      const params = ['00010003026832', '0003000220fb', 'ff350003616263'].join('')
      t.same(
        svcb.answers.map(({ data }) => data.toString('hex')),
        [`0001${target.toString('hex')}${params}`],
        'SVCB with a key of private use',
      )
      const https = await ask({ name: wireName('svc.example.org'), type: TYPE.HTTPS })
      t.same(
        https.answers.map(({ data }) => data.toString('hex')),
        ['0001000000000200010001000602683202683300040004c0000207'],
        'HTTPS with mandatory and hints, in their order',
      )
    },
  )

  t.test(
    `RFC 8482 section 4.2: ANY is one HINFO, however much there is, over ${title}`,
    async (t) => {
      const { rcode, answers, bytes } = await ask({
        name: wireName('large.example.org'),
        type: TYPE.ANY,
      })
      t.equal(rcode, RCODE.NOERROR)
      t.same(
        answers.map(({ type, data }) => [type, data.toString('hex')]),
        [[TYPE.HINFO, '075246433834383200']],
      )
      t.ok(bytes.length < 100)
    },
  )

  if (transport === 'udp') testSizes(title, ask)
  // Neither 512 bytes nor the size that OPT names are of any account where messages have a length of their own.
  else
    t.test(
      `RFC 7766 section 5: what was truncated over UDP comes whole over ${title}`,
      async (t) => {
        const reply = await ask({ name: wireName('large.example.org'), opt: optOf({ size: 512 }) })
        t.equal(reply.isTruncated, false)
        t.equal(reply.answers.length, LARGE.length)
      },
    )
}

function testSizes(title: string, ask: Asked['ask']): void {
  const middle = wireName('middle.example.org')
  const large = wireName('large.example.org')
  t.test(`RFC 1035 section 4.2.1: without EDNS 512 bytes, over ${title}`, async (t) => {
    const reply = await ask({ name: middle })
    t.ok(reply.isTruncated)
    t.ok(reply.bytes.length <= 512)
  })

  t.test(`RFC 6891 section 6.2.3: a size below 512 is 512, over ${title}`, async (t) => {
    for (const size of [0, 100, 511, 512]) {
      const reply = await ask({ name: middle, opt: optOf({ size }) })
      t.ok(reply.isTruncated, `${size} is 512`)
      t.ok(reply.bytes.length <= 512)
      const fits = await ask({ name: wireName('small.example.org'), opt: optOf({ size }) })
      t.equal(fits.answers.length, SMALL.length, `what fits 512 comes, whatever ${size} says`)
    }
  })

  t.test(`RFC 9715 section 3.1: never more than 1,232 bytes, over ${title}`, async (t) => {
    for (const size of [1232, 4096, 65_535]) {
      const reply = await ask({ name: middle, opt: optOf({ size }) })
      t.equal(reply.answers.length, MIDDLE.length, `${size} is enough`)
      const tooLarge = await ask({ name: large, opt: optOf({ size }) })
      t.ok(tooLarge.isTruncated, `1,232 is the most for ${size}`)
      t.equal(tooLarge.opt?.size, 1232, 'nor is more offered')
      t.ok(tooLarge.bytes.length <= 1232)
    }
  })

  t.test(`RFC 2181 section 9: no half of an RRset where TC is set, over ${title}`, async (t) => {
    for (const opt of [undefined, optOf()]) {
      const reply = await ask({ name: large, ...(opt && { opt }) })
      t.ok(reply.isTruncated)
      t.equal(reply.answers.length, 0)
    }
  })
}

/** Three labels of 63 bytes and one of `last`. */
function longName(last: number): Buffer {
  const labels = [63, 63, 63, last].map((length) =>
    Buffer.concat([Buffer.of(length), Buffer.alloc(length, 97)]),
  )
  return Buffer.concat([...labels, Buffer.of(0)])
}
