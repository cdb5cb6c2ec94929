import t, { type Test } from 'tap'
import type { EchMode } from '#agent/policy/sections/groups.ts'
import { ask, dnssecQuery, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { addresses, HTTPS, https, rrsig, serviceData } from '#test/support/service-record.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'

const ECH = Buffer.from('0045fe0d0041aabbcc', 'hex')
const OTHERS = { alpn: Buffer.from('026832', 'hex'), ipv4hint: addresses('192.0.2.1') }
const SVCB = 'TYPE64'
const TRANSPORTS = ['udp', 'tcp'] as const

async function start(
  t: Test,
  pupils: EchMode,
  staff: EchMode = 'pass',
): Promise<{ server: PipelineServer; fake: FakeUpstream }> {
  const fake = await startFakeUpstream(({ name, type }) => {
    const isService = type === 'UNKNOWN_65' || type === 'UNKNOWN_64'
    const record = https(name, { ...OTHERS, ech: ECH }, { type: type === 'UNKNOWN_64' ? 64 : 65 })
    if (name === 'extra.test')
      return { answers: [a(name, '192.0.2.1')], additionals: [https(name, { ech: ECH })] }
    if (!isService) return { answers: [a(name, '192.0.2.1')] }
    if (name === 'signed.test') return { answers: [record, rrsig(name, 65)] }
    if (name === 'must.test')
      return { answers: [https(name, { mandatory: Buffer.from('0005', 'hex'), ech: ECH })] }
    if (name === 'alias.test')
      return { answers: [cname(name, 'end.test'), https('end.test', { ...OTHERS, ech: ECH })] }
    if (name === 'plain.test') return { answers: [https(name, OTHERS)] }
    const more = { target: 'b.test', priority: 2, type: type === 'UNKNOWN_64' ? 64 : 65 }
    return { answers: [record, https(name, { ...OTHERS, ech: ECH }, more)] }
  })
  const server = await startPipelineServer({
    rules: makeRules([['blocked.test', 'adult.porn']]),
    policies: [makePolicy('pupils'), makePolicy('staff', {}, { kind: 'staff' })],
    networks: { '127.0.0.0/8': 'pupils', '::1/128': 'staff' },
    upstreamPort: fake.port,
    answers: {
      groups: new Map([
        ['pupils', { ech: pupils }],
        ['staff', { ech: staff }],
      ]),
    },
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return { server, fake }
}

t.test(
  'strip takes ech and nothing else out; another group has it from the same cache entry',
  async (t) => {
    const { server, fake } = await start(t, 'strip')
    for (const transport of TRANSPORTS)
      for (const type of [HTTPS, SVCB]) {
        const pupil = await ask('www.open.test', type, { port: server.port, transport })
        const staff = await ask('www.open.test', type, {
          port: server.port,
          transport,
          address: '::1',
        })
        t.notOk(pupil.bytes.includes(ECH), `${type} ${transport}`)
        t.match(pupil.answers, [
          { data: serviceData(OTHERS) },
          { data: serviceData(OTHERS, 'b.test', 2) },
        ])
        t.ok(staff.bytes.includes(ECH), `${type} ${transport}: passed on`)
      }
    t.equal(fake.asked.length, 2)
    const alias = await ask('alias.test', HTTPS, { port: server.port })
    t.match(alias.answers, [{ type: 'CNAME' }, { name: 'end.test', data: serviceData(OTHERS) }])
    const extra = await ask('extra.test', 'A', { port: server.port })
    t.notOk(extra.bytes.includes(ECH), 'in the additional section')
    t.match(await ask('plain.test', HTTPS, { port: server.port }), {
      answers: [{ data: serviceData(OTHERS) }],
    })
  },
)

t.test(
  'where ech cannot be taken out without breaking the answer, there is no HTTPS record',
  async (t) => {
    const { server } = await start(t, 'strip')
    for (const transport of TRANSPORTS)
      for (const name of ['signed.test', 'must.test']) {
        const packet = dnssecQuery({ isDo: true })
        const reply = await ask(name, HTTPS, { port: server.port, transport, packet })
        t.same([rcodeOf(reply), reply.answers, ednsError(reply)?.code], [0, [], 17], name)
        t.match(reply.authorities, [{ type: 'SOA' }])
      }
    const staff = await ask('must.test', HTTPS, { port: server.port, address: '::1' })
    t.equal(staff.answers?.length, 1)
  },
)

t.test('nodata answers type 65 with nothing and asks nobody; addresses stay', async (t) => {
  const { server, fake } = await start(t, 'nodata')
  for (const transport of TRANSPORTS) {
    const reply = await ask('www.open.test', HTTPS, { port: server.port, transport })
    t.same([rcodeOf(reply), reply.answers], [0, []])
  }
  t.same(fake.asked, [])
  t.match(await ask('www.open.test', 'A', { port: server.port }), { answers: [{ type: 'A' }] })
  t.equal(rcodeOf(await ask('blocked.test', HTTPS, { port: server.port })), 3, 'a block is a block')
  t.notOk((await ask('www.open.test', SVCB, { port: server.port })).bytes.includes(ECH))
  t.notOk((await ask('extra.test', 'A', { port: server.port })).bytes.includes(ECH))
})
