/** What becomes of an upstream's answer on its way to a client: RFC 2181, 2308, 5452 and 1035, with an upstream of the test's own bytes. */

import t from 'tap'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import {
  AT_QUESTION,
  optOf,
  RCODE,
  type ReplyFields,
  recordOf,
  replyTo,
  soaOf,
  TYPE,
} from './raw-message.ts'
import { startRfcServers } from './rfc-server.ts'

const ADDRESS = Buffer.of(192, 0, 2, 1)
const address = (ttl: number): Buffer => recordOf(AT_QUESTION, TYPE.A, ttl, ADDRESS)

/** By the second label of the name asked; the first makes it a new one for each way. */
const ANSWERS: Readonly<Record<string, ReplyFields>> = {
  authoritative: { flags: 0x8580, answers: [address(300)] },
  authentic: { flags: 0x81a0, answers: [address(300)] },
  reserved: { flags: 0x81c0, answers: [address(300)] },
  'top-bit': { answers: [address(0x8000_0001)] },
  long: { answers: [address(0x7fff_ffff)] },
  negative: { flags: 0x8183, authorities: [soaOf('test', 3_600, 7)] },
  'negative-long': { flags: 0x8183, authorities: [soaOf('test', 1_000_000, 1_000_000)] },
  'no-soa': { flags: 0x8183 },
  'a-only': { authorities: [soaOf('test', 60, 60)] },
  extra: { answers: [address(300)], additionals: [optOf({ size: 4096, flags: 0x00ff })] },
}

const upstream = await startRawUpstream(({ message, name, reply }) => {
  const [, kind = ''] = name.toLowerCase().split('.')
  const isAddress = message.readUInt16BE(message.indexOf(0, 12) + 1) === TYPE.A
  if (kind === 'a-only' && isAddress) return reply(replyTo(message, { answers: [address(300)] }))
  const fields = ANSWERS[kind]
  if (fields) reply(replyTo(message, fields))
})
t.teardown(() => upstream.close())
const servers = await startRfcServers(t, { upstreamPort: upstream.port })
if (typeof servers === 'string') t.plan(0, servers)
else
  for (const [i, { title, ask }] of servers.entries())
    t.test(`upstreams' answers over ${title}`, async (t) => {
      const fresh = (kind: string): Buffer => wireName(`way${i}.${kind}.test`)
      const ofKind = (kind: string, type: number = TYPE.A): ReturnType<typeof ask> =>
        ask({ name: fresh(kind), type, opt: optOf() })
      const askedFor = (kind: string): number =>
        upstream.asked.filter(({ name }) => name.toLowerCase() === `way${i}.${kind}.test`).length

      t.equal((await ofKind('authoritative')).flags & 0x0400, 0, 'RFC 2181 section 6.1: AA')
      t.equal((await ofKind('authentic')).flags & 0x0020, 0, 'RFC 4035 section 3.2.3: AD')
      t.equal((await ofKind('reserved')).flags & 0x0040, 0, 'RFC 1035 section 4.1.1: Z')

      for (const _ of [1, 2]) {
        const { answers } = await ofKind('top-bit')
        t.equal(answers[0]?.ttl, 0, 'RFC 2181 section 8: a TTL with its top bit set is zero')
      }
      t.equal(askedFor('top-bit'), 2, 'and is not kept')
      await ofKind('long')
      t.ok(((await ofKind('long')).answers[0]?.ttl ?? 0) <= 86_400, 'nothing is kept for years')

      for (const _ of [1, 2]) {
        const negative = await ofKind('negative')
        t.equal(negative.rcode, RCODE.NXDOMAIN)
        t.same(
          negative.authorities.map(({ type }) => type),
          [TYPE.SOA],
          'RFC 2308 section 3: SOA',
        )
      }
      t.equal(askedFor('negative'), 1, 'RFC 2308 section 5: "no" is kept')
      for (const _ of [1, 2]) t.equal((await ofKind('no-soa')).rcode, RCODE.NXDOMAIN)
      t.equal(askedFor('no-soa'), 2, 'RFC 2308 section 5: but not without an SOA')

      t.equal((await ofKind('a-only')).answers.length, 1)
      const nodata = await ofKind('a-only', TYPE.AAAA)
      t.equal(nodata.rcode, RCODE.NOERROR, 'RFC 2308 section 2.2: NODATA')
      t.equal(nodata.answers.length, 0)
      t.equal((await ofKind('a-only')).answers.length, 1, 'which holds for its type alone')

      const extra = await ofKind('extra')
      t.equal(extra.opt?.size, 1232, "RFC 6891 section 6.1.1: an upstream's OPT is not passed on")
      t.equal(extra.opt?.flags, 0)
      t.equal((await ask({ name: fresh('extra') })).opt, undefined)
    })
