/** What becomes of an upstream's answer on its way to a client: RFC 1035, 2181, 2308, 4035, 5452, 6891, 9460, with an upstream of the test's own bytes. */

import t, { type Test } from 'tap'
import { type RawQuery, startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import {
  AT_QUESTION,
  OPTION,
  optionOf,
  optOf,
  type RawReply,
  RCODE,
  type ReplyFields,
  readReply,
  recordOf,
  replyTo,
  soaOf,
  TYPE,
  u16,
} from './raw-message.ts'
import { type Asked, startRfcServers } from './rfc-server.ts'

const ADDRESS = Buffer.of(192, 0, 2, 1)
const FORGED = Buffer.of(203, 0, 113, 66)
const SVCB = 64
const NEGATIVE_SECONDS_MAX = 10_800

const address = (ttl: number, data = ADDRESS): Buffer => recordOf(AT_QUESTION, TYPE.A, ttl, data)
const elsewhere = (name: string): Buffer => recordOf(wireName(name), TYPE.A, 300, FORGED)
const service = (...params: readonly Buffer[]): ReplyFields => ({
  answers: [recordOf(AT_QUESTION, SVCB, 300, Buffer.concat([u16(1), Buffer.of(0), ...params]))],
})
const param = (key: number, value: string): Buffer =>
  Buffer.concat([u16(key, value.length), Buffer.from(value, 'latin1')])

/** By the second label of the name asked; the first makes it a new one for each way. */
const ANSWERS: Readonly<Record<string, ReplyFields>> = {
  authoritative: { flags: 0x8580, answers: [address(300)] },
  authentic: { flags: 0x81a0, answers: [address(300)] },
  reserved: { flags: 0x81c0, answers: [address(300)] },
  'top-bit': { answers: [address(0x8000_0001)] },
  uneven: { answers: [300, 100, 200].map((ttl, i) => address(ttl, Buffer.of(192, 0, 2, i))) },
  long: { answers: [address(0x7fff_ffff)] },
  'by-minimum': { flags: 0x8183, authorities: [soaOf('test', 3_600, 7)] },
  'by-ttl': { flags: 0x8183, authorities: [soaOf('test', 7, 3_600)] },
  'negative-long': { flags: 0x8183, authorities: [soaOf('test', 1_000_000, 1_000_000)] },
  'no-soa': { flags: 0x8183 },
  'a-only': { authorities: [soaOf('test', 60, 60)] },
  extra: { answers: [address(300)], additionals: [optOf({ size: 4096, flags: 0x00ff })] },
  'sound-service': service(param(1, '\x02h2'), param(65_333, 'abc')),
  'service-twice': service(param(1, '\x02h2'), param(1, '\x02h3')),
  'service-falling': service(param(3, '\x20\xfb'), param(1, '\x02h2')),
  'service-short': service(param(4, '\xc0\0\x02')),
  'service-cut': service(u16(1, 200)),
}

/** What was asked for, and more about `foreign` than anybody has. */
const poisonFor = (foreign: string): ReplyFields => ({
  answers: [address(300), elsewhere(foreign)],
  authorities: [recordOf(wireName('test'), TYPE.NS, 600, wireName(foreign))],
  additionals: [elsewhere(foreign)],
})

/** Records that lie about themselves, each behind the question. */
const BROKEN: Readonly<Record<string, Buffer>> = {
  'broken-length': Buffer.concat([AT_QUESTION, u16(TYPE.A, 1, 0, 300, 40), ADDRESS]),
  'broken-address': Buffer.concat([AT_QUESTION, u16(TYPE.A, 1, 0, 300, 3), ADDRESS.subarray(1)]),
  'broken-owner': Buffer.concat([Buffer.of(0xc0, 0xff), u16(TYPE.A, 1, 0, 300, 4), ADDRESS]),
  'broken-target': recordOf(AT_QUESTION, TYPE.CNAME, 300, Buffer.of(0xc0, 0xff)),
  'broken-label': recordOf(AT_QUESTION, TYPE.CNAME, 300, Buffer.of(0x41, 97, 0)),
}

const typeOf = (message: Buffer): number => message.readUInt16BE(message.indexOf(0, 12) + 1)

function take({ message, name, reply }: RawQuery): void {
  const [way, kind = ''] = name.toLowerCase().split('.')
  const record = BROKEN[kind]
  if (record) return reply(replyTo(message, { answers: [record] }))
  const isAddress = typeOf(message) === TYPE.A
  if (kind === 'poison') return reply(replyTo(message, poisonFor(`${way}.victim.test`)))
  if (['foreign', 'victim'].includes(kind) || (kind === 'a-only' && isAddress))
    return reply(replyTo(message, { answers: [address(300)] }))
  const fields = ANSWERS[kind]
  if (fields) reply(replyTo(message, fields))
}

const upstream = await startRawUpstream(take)
t.teardown(() => upstream.close())
const servers = await startRfcServers(t, { upstreamPort: upstream.port })

/** The names of one way, of which no other knows anything. */
interface Own extends Asked {
  readonly ofKind: (kind: string, type?: number) => Promise<RawReply>
  /** How often the upstream was asked. */
  readonly askedFor: (kind: string) => number
  readonly nameOf: (kind: string) => string
}

function ownOf(way: Asked, i: number): Own {
  const nameOf = (kind: string): string => `way${i}.${kind}.test`
  return {
    ...way,
    nameOf,
    ofKind: (kind, type = TYPE.A) => way.ask({ name: wireName(nameOf(kind)), type, opt: optOf() }),
    askedFor: (kind) =>
      upstream.asked.filter(({ name }) => name.toLowerCase() === nameOf(kind)).length,
  }
}

const RULES: Readonly<Record<string, (t: Test, own: Own) => Promise<void>>> = {
  'RFC 2181 section 6.1: AA is cleared': async (t, { ofKind }) => {
    for (const _ of [1, 2]) t.equal((await ofKind('authoritative')).flags & 0x0400, 0)
  },

  'RFC 4035 section 3.2.3: AD of an upstream that is not trusted is cleared': async (t, own) => {
    for (const _ of [1, 2]) t.equal((await own.ofKind('authentic')).flags & 0x0020, 0)
  },

  'RFC 1035 section 4.1.1: Z is cleared': async (t, { ofKind }) => {
    for (const _ of [1, 2]) t.equal((await ofKind('reserved')).flags & 0x0040, 0)
  },

  'RFC 1035 section 4.1.3: a record that lies about itself reaches nobody': async (t, own) => {
    for (const kind of Object.keys(BROKEN)) {
      const reply = await own.ofKind(kind)
      t.equal(reply.rcode, RCODE.SERVFAIL, kind)
      t.equal(reply.answers.length, 0, kind)
    }
    t.equal((await own.ofKind('authoritative')).answers.length, 1, 'and all else goes on')
  },

  'RFC 2181 section 8: a TTL with its top bit set is zero': async (t, { ofKind, askedFor }) => {
    for (const _ of [1, 2]) t.equal((await ofKind('top-bit')).answers[0]?.ttl, 0)
    t.equal(askedFor('top-bit'), 2, 'and is not kept')
    for (const _ of [1, 2])
      t.ok(((await ofKind('long')).answers[0]?.ttl ?? 0) <= 86_400, 'nothing is kept for years')
  },

  'RFC 2181 section 5.2: an RRset has one TTL, the least': async (t, { ofKind }) => {
    for (const _ of [1, 2]) {
      const ttls = (await ofKind('uneven')).answers.map(({ ttl }) => ttl)
      t.equal(ttls.length, 3)
      t.equal(new Set(ttls).size, 1, 'one')
      t.ok((ttls[0] ?? 101) <= 100 && (ttls[0] ?? 0) > 60, 'the least, less its age')
    }
  },

  'RFC 2308 section 5: "no" is kept by the lesser of the two times of its SOA': async (t, own) => {
    for (const kind of ['by-minimum', 'by-ttl']) {
      for (const _ of [1, 2]) {
        const { rcode, authorities } = await own.ofKind(kind)
        t.equal(rcode, RCODE.NXDOMAIN, kind)
        t.same(
          authorities.map(({ type }) => type),
          [TYPE.SOA],
          'section 3: with the SOA',
        )
        t.ok((authorities[0]?.ttl ?? 8) <= 7, `${kind}: ${authorities[0]?.ttl} s`)
      }
      t.equal(own.askedFor(kind), 1, `${kind} is kept`)
    }
    for (const _ of [1, 2]) t.equal((await own.ofKind('no-soa')).rcode, RCODE.NXDOMAIN)
    t.equal(own.askedFor('no-soa'), 2, 'but not without an SOA')
  },

  'RFC 2308 section 5: "no" is kept for three hours at most': async (t, { ofKind }) => {
    for (const _ of [1, 2]) {
      const [soa] = (await ofKind('negative-long')).authorities
      t.ok((soa?.ttl ?? NEGATIVE_SECONDS_MAX + 1) <= NEGATIVE_SECONDS_MAX, `${soa?.ttl} s`)
    }
  },

  'RFC 2308 section 2.2: NODATA holds for its type alone': async (t, { ofKind, askedFor }) => {
    t.equal((await ofKind('a-only')).answers.length, 1)
    for (const _ of [1, 2]) {
      const { rcode, answers, authorities } = await ofKind('a-only', TYPE.AAAA)
      t.same([rcode, answers.length], [RCODE.NOERROR, 0])
      t.equal(authorities[0]?.type, TYPE.SOA)
    }
    t.equal((await ofKind('a-only')).answers.length, 1)
    t.equal(askedFor('a-only'), 2, 'each asked once')
  },

  "RFC 6891 section 6.1.1: an upstream's OPT is not passed on": async (t, own) => {
    const extra = await own.ofKind('extra')
    t.equal(extra.opt?.size, 1232)
    t.equal(extra.opt?.flags, 0)
    t.equal((await own.ask({ name: wireName(own.nameOf('extra')) })).opt, undefined)
  },

  'RFC 6891 section 6.1.1: a question goes upstream with one OPT, and nothing of the client in it':
    async (t, own) => {
      const options = [
        optionOf(OPTION.cookie, Buffer.from('2464c4abcf10c957', 'hex')),
        optionOf(OPTION.ecs, Buffer.from('0001180058c633', 'hex')),
        optionOf(65_002, Buffer.from('mine')),
      ]
      const name = wireName(own.nameOf('foreign'))
      await own.ask({ name, opt: optOf({ size: 4096, options }) })
      const sent = upstream.asked.find(
        ({ name: one }) => one.toLowerCase() === own.nameOf('foreign'),
      )
      const { opt } = readReply(sent?.message ?? Buffer.alloc(12))
      t.equal(opt?.size, 1232, 'RFC 9715 section 3.2: no more is asked for')
      t.same(opt?.options.filter(({ code }) => code !== 65_323) ?? 'no OPT', [], 'but our own mark')
    },

  'RFC 5452 section 6: what nobody asked for is neither passed on nor kept': async (t, own) => {
    for (const _ of [1, 2]) {
      const { answers, authorities, additionals } = await own.ofKind('poison')
      t.same(
        answers.map(({ data }) => data),
        [ADDRESS],
      )
      t.same([...authorities, ...additionals], [])
    }
    const victim = await own.ofKind('victim')
    t.same(
      victim.answers.map(({ data }) => data),
      [ADDRESS],
      'the other name is asked for as ever',
    )
    t.equal(own.askedFor('victim'), 1)
  },

  'RFC 9460 section 2.2: parameters that a client could read in two ways reach nobody': async (
    t,
    own,
  ) => {
    t.equal((await own.ofKind('sound-service', SVCB)).answers.length, 1, 'sound ones do')
    for (const kind of ['service-twice', 'service-falling', 'service-short', 'service-cut']) {
      const reply = await own.ofKind(kind, SVCB)
      t.equal(reply.rcode, RCODE.SERVFAIL, kind)
      t.equal(reply.answers.length, 0, kind)
    }
  },
}

if (typeof servers === 'string') t.plan(0, servers)
else
  for (const [i, way] of servers.entries())
    for (const [rule, holds] of Object.entries(RULES))
      t.test(`${rule}, over ${way.title}`, (t) => holds(t, ownOf(way, i)))
