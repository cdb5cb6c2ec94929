/**
 * RFC 8906 (BCP 231): whatever a client sends, some answer comes back, and it is the right one. The 30 cases of its section 8 and those
 * in which other resolvers have failed; RFC 6891 and RFC 1035 where they say what the answer is.
 */

import t from 'tap'
import { wireName } from '#test/support/wire-name.ts'
import {
  OPTION,
  optionOf,
  optOf,
  type QueryFields,
  queryOf,
  type RawReply,
  RCODE,
  recordOf,
  soaOf,
  TYPE,
} from './raw-message.ts'
import { startRfcServers } from './rfc-server.ts'

const RD = 0x0100
const AD = 0x0020
const CD = 0x0010
/** The last bit of the header that means nothing (RFC 1035 section 4.1.1). */
const Z = 0x0040
const DO = 0x8000
const unknownOption = optionOf(100, Buffer.from('unknown'))

interface Case {
  readonly title: string
  readonly query: QueryFields
  readonly rcode: number
  /** RRs in the answer section; 1 for a name that has the type. */
  readonly answers?: number
  /** Whether the answer has an OPT; as the query unless told otherwise. */
  readonly also?: (reply: RawReply) => boolean
}

const opcodes = [1, 2, 3, 4, 5, 6, 7, 14, 15]

const CASES: readonly Case[] = [
  {
    title: 'RFC 8906 section 8.1.1: a known type',
    query: { type: TYPE.A },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  { title: 'RFC 8906 section 8.1.1: SOA', query: { type: TYPE.SOA }, rcode: RCODE.NOERROR },
  {
    title: 'RFC 8906 section 8.1.2: an unknown type',
    query: { type: 1000 },
    rcode: RCODE.NOERROR,
    answers: 0,
  },
  {
    title: 'RFC 8906 section 8.1.2: a private type',
    query: { type: 65_535 },
    rcode: RCODE.NOERROR,
    answers: 0,
  },
  {
    title: 'RFC 8906 section 8.1.3.1: CD',
    query: { flags: RD | CD },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  {
    title: 'RFC 8906 section 8.1.3.1: AD',
    query: { flags: RD | AD },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  ...['www.example.org', 'localhost', 'www.blocked.test'].map((name) => ({
    title: `RFC 8906 section 8.1.3.2: the reserved bit, which is not sent back of ${name}`,
    query: { flags: RD | Z, name: wireName(name) },
    rcode: name === 'www.blocked.test' ? RCODE.NXDOMAIN : RCODE.NOERROR,
    also: ({ flags }: RawReply) => (flags & Z) === 0,
  })),
  {
    title: 'RFC 8906 section 8.1.3.3: no recursion desired, and RD is not made up',
    query: { flags: 0 },
    rcode: RCODE.NOERROR,
    answers: 1,
    also: ({ flags }) => (flags & RD) === 0,
  },
  ...opcodes.map((opcode) => ({
    title: `RFC 8906 section 8.1.4: opcode ${opcode}, which comes back`,
    query: { flags: RD | (opcode << 11) },
    rcode: RCODE.NOTIMP,
    also: (reply: RawReply) => reply.opcode === opcode,
  })),
  {
    title: 'RFC 8906 section 8.1.4: an empty message of an unknown opcode',
    query: { flags: 15 << 11, questions: 0 },
    rcode: RCODE.NOTIMP,
  },
  {
    title: 'RFC 8906 section 8.2.1: EDNS',
    query: { opt: optOf() },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  {
    title: 'RFC 8906 section 8.2.2: EDNS and an unknown type',
    query: { opt: optOf(), type: 1000 },
    rcode: RCODE.NOERROR,
    answers: 0,
  },
  {
    title: 'RFC 8906 section 8.2.3: version 1',
    query: { opt: optOf({ version: 1 }) },
    rcode: RCODE.BADVERS,
  },
  {
    title: 'RFC 8906 section 8.2.3: version 255',
    query: { opt: optOf({ version: 255 }) },
    rcode: RCODE.BADVERS,
  },
  {
    title: 'RFC 8906 section 8.2.4: an unknown option',
    query: { opt: optOf({ options: [unknownOption] }) },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  {
    title: 'RFC 8906 section 8.2.4: an unknown option without data, twice',
    query: { opt: optOf({ options: [optionOf(65_001), optionOf(65_001)] }) },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  {
    title: 'RFC 8906 section 8.2.5: unknown flags',
    query: { opt: optOf({ flags: 0x7fff }) },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  {
    title: 'RFC 8906 section 8.2.6: version 1 with unknown flags',
    query: { opt: optOf({ version: 1, flags: 0x0040 }) },
    rcode: RCODE.BADVERS,
  },
  {
    title: 'RFC 8906 section 8.2.7: version 1 with an unknown option',
    query: { opt: optOf({ version: 1, options: [unknownOption] }) },
    rcode: RCODE.BADVERS,
  },
  {
    title: 'RFC 8906 section 8.2.8: DO',
    query: { opt: optOf({ flags: DO }) },
    rcode: RCODE.NOERROR,
    answers: 1,
    also: ({ opt }) => opt?.flags === DO,
  },
  {
    title: 'RFC 8906 section 8.2.9: version 1 with DO',
    query: { opt: optOf({ version: 1, flags: DO }) },
    rcode: RCODE.BADVERS,
    also: ({ opt }) => opt?.flags === DO,
  },
  {
    title: 'RFC 8906 section 8.2.10: many defined options',
    query: {
      opt: optOf({
        options: [
          optionOf(OPTION.nsid),
          optionOf(OPTION.cookie, Buffer.from('0001020304050607', 'hex')),
          optionOf(9),
          optionOf(OPTION.ecs, Buffer.from('00010000', 'hex')),
        ],
      }),
    },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
  {
    title: 'RFC 6891 section 6.1.1: two OPT records',
    query: { opt: optOf(), additionals: [optOf()] },
    rcode: RCODE.FORMERR,
  },
  {
    title: 'RFC 6891 section 6.1.1: OPT in the answer section',
    query: { answers: [optOf()] },
    rcode: RCODE.FORMERR,
  },
  {
    title: 'RFC 6891 section 6.1.2: an OPT that is not of the root',
    query: { opt: Buffer.concat([wireName('test'), optOf().subarray(1)]) },
    rcode: RCODE.FORMERR,
    also: ({ opt }) => opt === undefined,
  },
  {
    title: 'RFC 6891 section 6.1.2: an option longer than the data',
    query: { opt: optOf({ options: [Buffer.from('00640005ff', 'hex')] }) },
    rcode: RCODE.FORMERR,
  },
  { title: 'RFC 9619 section 4: no question', query: { questions: 0 }, rcode: RCODE.FORMERR },
  { title: 'RFC 9619 section 4: two questions', query: { questions: 2 }, rcode: RCODE.FORMERR },
  {
    title: 'RFC 1035 section 3.2.5: class CH',
    query: { class: 3, type: TYPE.TXT },
    rcode: RCODE.REFUSED,
  },
  { title: 'RFC 1035 section 3.2.5: class ANY', query: { class: 255 }, rcode: RCODE.REFUSED },
  {
    title: 'RFC 1035 section 3.2.5: a class that nobody knows',
    query: { class: 999 },
    rcode: RCODE.REFUSED,
  },
  { title: 'RFC 5936 section 2.2.1: AXFR', query: { type: TYPE.AXFR }, rcode: RCODE.REFUSED },
  { title: 'RFC 1995 section 4: IXFR', query: { type: TYPE.IXFR }, rcode: RCODE.REFUSED },
  {
    title: 'RFC 1995 section 4: IXFR with the SOA that a secondary has',
    query: { type: TYPE.IXFR, authorities: [soaOf('example.org', 60, 60)] },
    rcode: RCODE.REFUSED,
  },
  {
    title: 'RFC 6891 section 6.1.1: OPT as a question',
    query: { type: TYPE.OPT },
    rcode: RCODE.REFUSED,
  },
  {
    title: 'RFC 8906 section 3: a record in the answer section of a query',
    query: { answers: [recordOf(wireName('x.test'), TYPE.A, 1, Buffer.of(192, 0, 2, 1))] },
    rcode: RCODE.NOERROR,
    answers: 1,
  },
]

const servers = await startRfcServers(t, { records: ['www.example.org. 300 IN A 192.0.2.10'] })
if (typeof servers === 'string') t.plan(0, servers)
else
  for (const way of servers)
    t.test(
      `RFC 8906 section 8: what breaks other servers gets its answer, over ${way.title}`,
      async (t) => {
        for (const { title, query, rcode, answers, also } of CASES)
          await t.test(`${title}, over ${way.title}`, async (t) => {
            const message = queryOf(query)
            const reply = await way.send(message)
            t.equal(reply.rcode, rcode, 'rcode')
            t.equal(reply.id, message.readUInt16BE(0), 'id')
            t.ok(reply.flags & 0x8000, 'QR')
            if (answers !== undefined) t.equal(reply.answers.length, answers, 'answers')
            // A query whose OPT is none, or which is not of opcode QUERY, is not read so far.
            if (query.opt && rcode !== RCODE.FORMERR) {
              t.equal(reply.opt?.version, 0, 'RFC 6891 section 6.1.3: our version')
              t.equal((reply.opt?.flags ?? 1) & 0x7fff, 0, 'RFC 6891 section 6.1.4: Z is zero')
              const known = reply.opt?.options.map(({ code }) => code) ?? []
              t.same(
                known.filter((code) => code !== OPTION.cookie && code !== OPTION.ede),
                [],
                'RFC 6891 section 6.1.2: what is not understood is not sent back',
              )
            }
            if (!query.opt) t.equal(reply.opt, undefined, 'RFC 6891 section 6.1.1: no OPT unasked')
            if (also) t.ok(also(reply), 'and that')
          })
      },
    )
