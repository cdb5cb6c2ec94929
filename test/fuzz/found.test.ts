/** Inputs that once broke the agent, each with what it must do with them instead. */

import { encode } from 'dns-packet'
import t, { type Test } from 'tap'
import { ask, askRaw, rcodeOf } from '#test/support/dns-client.ts'
import { a, type Script, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { domainName, makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'
import { header, rawQuery, record } from './raw-query.ts'
import { problemOf, questionEnd } from './read-message.ts'

const SERVFAIL = 2
const NXDOMAIN = 3
const ASKED = Buffer.of(0xc0, 12)

const rules = makeRules([
  ['blocked.test', 'harm.selfharm'],
  [
    'search.test',
    { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') },
    'exact',
  ],
])

async function start(t: Test, script: Script): Promise<PipelineServer> {
  const fake = await startFakeUpstream(script)
  const server = await startPipelineServer({ rules, upstreamPort: fake.port })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return server
}

/** An answer with these records to whatever was asked. */
function answering(...records: readonly Buffer[]): Script {
  return (_asked, query) => {
    const out = Buffer.concat([
      header([1, records.length, 0, 0], 0x8180),
      query.subarray(12, questionEnd(query)),
      ...records,
    ])
    query.copy(out, 0, 0, 2)
    return out
  }
}

t.test('the longest blocked name after a safe search answer, in the same buffers', async (t) => {
  const { port } = await start(t, ({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const longest = `${Array.from({ length: 3 }, () => 'x'.repeat(63)).join('.')}.blocked.test`
  for (let i = 0; i < 3; i++) {
    t.equal(rcodeOf(await ask('search.test', 'A', { port })), 0)
    t.equal(rcodeOf(await ask(longest, 'A', { port })), NXDOMAIN)
  }
})

for (const length of [0, 3, 5, 16])
  t.test(`safe search whose address has ${length} bytes, fresh and again`, async (t) => {
    const { port } = await start(t, answering(record(ASKED, 1, Buffer.alloc(length, 7))))
    for (let i = 0; i < 3; i++) {
      const reply = await ask('search.test', 'A', { port })
      t.equal(rcodeOf(reply), SERVFAIL)
      t.same(reply.answers, [])
    }
    t.equal(rcodeOf(await ask('blocked.test', 'A', { port })), NXDOMAIN)
  })

/** Answers of an upstream that went on to clients who could not read them. */
const UNREADABLE: readonly (readonly [string, Buffer])[] = [
  ['an address of five bytes', record(ASKED, 1, Buffer.alloc(5))],
  ['an IPv6 address of four bytes', record(ASKED, 28, Buffer.alloc(4))],
  ['an owner that points to itself', record(Buffer.of(0xc0, 27), 1, Buffer.alloc(4))],
  ['an owner that points past the end', record(Buffer.of(0xff, 0xff), 1, Buffer.alloc(4))],
  ['an HTTPS target without an end', record(ASKED, 65, Buffer.of(0, 1, 3, 0x61))],
  ['an MX target that points to itself', record(ASKED, 15, Buffer.of(0, 1, 0xc0, 41))],
]

for (const [title, broken] of UNREADABLE)
  t.test(`${title} is a failure of the upstream`, async (t) => {
    const { port } = await start(t, answering(broken))
    t.equal(rcodeOf(await ask('open.test', 'A', { port })), SERVFAIL)
    const inAuthority: Script = (asked, query) => {
      const out = answering(broken)(asked, query)
      if (!Buffer.isBuffer(out)) return undefined
      out.writeUInt16BE(0, 6)
      out.writeUInt16BE(1, 8)
      return out
    }
    const { port: other } = await start(t, inAuthority)
    t.equal(rcodeOf(await ask('open.test', 'A', { port: other })), SERVFAIL)
  })

t.test('an upstream that does not like our message is not the client’s affair', async (t) => {
  for (const rcode of [1, 4, 6, 9, 15]) {
    const { port } = await start(t, () => ({ flags: 0x0180 | rcode }))
    t.equal(rcodeOf(await ask('open.test', 'A', { port })), SERVFAIL, `rcode ${rcode}`)
  }
})

t.test('datagrams of 64 KB are read no further than a query can be long', async (t) => {
  const { port } = await start(t, ({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const query = rawQuery(wireName('open.test'), 1).bytes
  const long = Buffer.concat([query, Buffer.alloc(60_000)])
  const reply = await askRaw(long, { port })
  t.equal(reply && problemOf(query, reply, 'udp'), undefined)
  const cut = encode({ type: 'query', questions: [{ type: 'A', name: 'open.test' }] })
  cut.writeUInt16BE(1, 10)
  const padding = record(Buffer.of(0), 10, Buffer.alloc(50_000))
  const refused = await askRaw(Buffer.concat([cut, padding]), { port })
  t.equal(refused && refused.readUInt16BE(2) & 0xf, 1)
})
