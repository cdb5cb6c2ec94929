import { type Answer, decode, encode } from 'dns-packet'
import fc from 'fast-check'
import t from 'tap'
import { isFailure } from '#domain/failure.ts'
import { a, cname, soa } from '#test/support/fake-upstream.ts'
import { QueryView } from '#wire/query-view.ts'
import { readAnswer, storedAnswerBytes, writeStoredAnswer } from '#wire/stored-answer.ts'

const question = [{ type: 'A', name: 'www.example.org' } as const]

function queryFor(name: string, edns = false): QueryView {
  const bytes = encode({
    type: 'query',
    id: 4242,
    flags: 0x0100,
    questions: [{ type: 'A', name }],
    additionals: edns ? [OPT] : [],
  })
  const view = new QueryView()
  t.equal(view.parse(bytes, 0, bytes.length), 'ok')
  return view
}

const OPT: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

t.test('an answer goes out with the id and spelling of the client and TTLs counted down', (t) => {
  const message = encode({
    type: 'response',
    id: 7,
    flags: 0x0580,
    questions: question,
    answers: [
      cname('www.example.org', 'web.example.org', 100),
      a('web.example.org', '192.0.2.1', 50),
    ],
    additionals: [OPT],
  })
  const stored = readAnswer(message)
  if (isFailure(stored)) throw new Error(stored.detail)
  t.equal(stored.ttlSeconds, 50)
  t.equal(Buffer.from(stored.hopNames).toString('latin1'), '\x03web\x07example\x03org\0')
  const out = Buffer.alloc(storedAnswerBytes(stored))
  const length = writeStoredAnswer(queryFor('WWW.example.org'), stored, 20, 512, out)
  const answer = decode(out.subarray(0, length))
  t.equal(answer.id, 4242)
  t.equal(answer.questions?.[0]?.name, 'WWW.example.org')
  t.match(answer.answers, [{ ttl: 80 }, { ttl: 30, data: '192.0.2.1' }])
  t.notOk(answer.flag_aa, 'AA is cleared')
  t.same(answer.additionals, [], 'no OPT where none came')
  const withOpt = writeStoredAnswer(queryFor('www.example.org', true), stored, 20, 512, out)
  t.equal(decode(out.subarray(0, withOpt)).additionals?.[0]?.type, 'OPT')
  t.end()
})

t.test('a TTL never goes below zero, and one with its top bit set is zero', (t) => {
  const message = encode({
    type: 'response',
    questions: question,
    answers: [a('www.example.org', '192.0.2.1', 10)],
  })
  const stored = readAnswer(message)
  if (isFailure(stored)) throw new Error(stored.detail)
  const out = Buffer.alloc(storedAnswerBytes(stored))
  const length = writeStoredAnswer(queryFor('www.example.org'), stored, 999, 512, out)
  t.match(decode(out.subarray(0, length)).answers, [{ ttl: 0 }])
  message.writeUInt32BE(0xffffffff, message.length - 10)
  t.match(readAnswer(message), { ttlSeconds: 0 })
  t.end()
})

t.test('what does not fit is told by length 0', (t) => {
  const answers = Array.from({ length: 60 }, (_, i) => a('www.example.org', `192.0.2.${i}`))
  const stored = readAnswer(encode({ type: 'response', questions: question, answers }))
  if (isFailure(stored)) throw new Error(stored.detail)
  const out = Buffer.alloc(storedAnswerBytes(stored))
  t.equal(writeStoredAnswer(queryFor('www.example.org'), stored, 0, 512, out), 0)
  t.ok(writeStoredAnswer(queryFor('www.example.org'), stored, 0, 65_535, out) > 512)
  t.end()
})

t.test('negative answers are kept as long as their SOA says, and not without one', (t) => {
  const nxdomain = { type: 'response', flags: 0x0183, questions: question } as const
  t.match(readAnswer(encode({ ...nxdomain, authorities: [soa('example.org', 300, 60)] })), {
    ttlSeconds: 60,
  })
  t.match(readAnswer(encode({ ...nxdomain, authorities: [soa('example.org', 30, 600)] })), {
    ttlSeconds: 30,
  })
  t.match(readAnswer(encode(nxdomain)), { ttlSeconds: 0 })
  t.match(readAnswer(encode({ type: 'response', questions: question })), { ttlSeconds: 0 })
  const servfail = { ...nxdomain, flags: 0x0182 }
  t.match(readAnswer(encode(servfail)), { ttlSeconds: 0, rcode: 2 })
  t.end()
})

t.test('targets of HTTPS records are hops too', (t) => {
  // www.example.org HTTPS 1 svc.example.test. (RFC 9460 section 2.2), built as bytes
  const header = Buffer.from('000181800001000100000000', 'hex')
  const asked = Buffer.from('03777777076578616d706c65036f72670000410001', 'hex')
  const target = Buffer.from('03737663076578616d706c6504746573740000', 'hex').subarray(0, 18)
  const rdata = Buffer.concat([Buffer.from('0001', 'hex'), target])
  const head = Buffer.from('c00c004100010000003c0000', 'hex')
  head.writeUInt16BE(rdata.length, 10)
  const stored = readAnswer(Buffer.concat([header, asked, head, rdata]))
  if (isFailure(stored)) throw new Error(stored.detail)
  t.equal(Buffer.from(stored.hopNames).toString('latin1'), '\x03svc\x07example\x04test\0')
  t.end()
})

t.test('mutated answers never throw, and what is read can be written', (t) => {
  const valid = encode({
    type: 'response',
    questions: question,
    answers: [cname('www.example.org', 'a.example.org'), a('a.example.org', '192.0.2.1')],
    authorities: [soa('example.org')],
    additionals: [OPT],
  })
  const query = queryFor('www.example.org', true)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(valid.length),
      (changes, cut) => {
        const bytes = Buffer.from(valid.subarray(0, cut < 40 ? valid.length : cut))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        const stored = readAnswer(bytes)
        if (isFailure(stored)) return true
        const out = Buffer.alloc(storedAnswerBytes(stored))
        return writeStoredAnswer(query, stored, 1, 65_535, out) <= out.length
      },
    ),
    { numRuns: 20_000 },
  )
  t.end()
})
