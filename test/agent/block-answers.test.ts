import t, { type Test } from 'tap'
import { readyBlock } from '#agent/policy/ready-block.ts'
import type { BlockSection } from '#agent/policy/sections/block.ts'
import { compileBaseline } from '#rules/compile-baseline.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { openIndex } from '#rules/open-index.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { HTTPS } from '#test/support/service-record.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'

const rules = makeRules([
  ['porn.test', 'adult.porn'],
  ['games.test', 'commerce.gambling'],
  ['illegal.test', 'illegal.csam'],
  ['doh.test', 'bypass.doh'],
  ['harm.test', 'harm.selfharm'],
  ['denied.test', { kind: 'school-deny', groups: 'all' }],
])
const policies = [makePolicy('pupils'), makePolicy('staff', {}, { kind: 'staff' })]
const networks = { '127.0.0.0/8': 'pupils', '::1/128': 'staff' }
const PAGE_4 = Uint8Array.of(192, 0, 2, 80)
const PAGE_6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80)
const TRANSPORTS = ['udp', 'tcp'] as const

async function start(t: Test, section: BlockSection, index = rules): Promise<PipelineServer> {
  const fake = await startFakeUpstream(({ name }) => ({
    answers: [cname(name, 'www.porn.test'), a('www.porn.test', '192.0.2.1')],
  }))
  const answers = { block: readyBlock(section) }
  const upstreamPort = fake.port
  const server = await startPipelineServer({
    rules: index,
    policies,
    networks,
    upstreamPort,
    answers,
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return server
}

/** What a client gets: code, records as `type data ttl`, and the TTL of the SOA where there is one. */
async function tell(
  server: PipelineServer,
  name: string,
  type: string,
  address = '127.0.0.1',
): Promise<string> {
  const seen = new Set<string>()
  for (const transport of TRANSPORTS) {
    const reply = await ask(name, type, { port: server.port, transport, address })
    const records = (reply.answers ?? []).map(
      (one) =>
        `${one.type} ${'data' in one && typeof one.data === 'string' ? one.data : ''} ${'ttl' in one ? one.ttl : ''}`,
    )
    const soa = (reply.authorities ?? []).map((one) => ` soa ${'ttl' in one ? one.ttl : ''}`)
    seen.add(`${rcodeOf(reply)} ${records.join(',')}${soa.join('')}`)
  }
  return [...seen].join(' | ')
}

t.test('each answer in its form, for each type', async (t) => {
  const forms = [
    ['nxdomain', ['3  soa 30', '3  soa 30', '3  soa 30']],
    ['nodata', ['0  soa 30', '0  soa 30', '0  soa 30']],
    ['null-address', ['0 A 0.0.0.0 30', '0 AAAA :: 30', '0  soa 30']],
    ['address', ['0 A 192.0.2.80 30', '0 AAAA 2001:db8::80 30', '0  soa 30']],
    ['refused', ['5 ', '5 ', '5 ']],
  ] as const
  for (const [answer, expected] of forms) {
    const server = await start(t, { answer, address: { v4: PAGE_4, v6: PAGE_6 } })
    for (const name of ['porn.test', 'cloaked.test'])
      for (const [i, type] of ['A', 'AAAA', HTTPS].entries())
        t.equal(await tell(server, name, type), expected[i], `${answer} ${name} ${type}`)
    const reply = await ask('porn.test', 'A', { port: server.port })
    t.equal(ednsError(reply)?.code, 15, `${answer} says that it is a block`)
  }
})

t.test(
  'each answer in its form for a category, for a group, and for a category of a group',
  async (t) => {
    const address = { v4: PAGE_4, v6: PAGE_6 }
    const forms = [
      ['nxdomain', '3  soa 9', '3  soa 9'],
      ['nodata', '0  soa 9', '0  soa 9'],
      ['null-address', '0 A 0.0.0.0 9', '0 AAAA :: 9'],
      ['address', '0 A 192.0.2.80 9', '0 AAAA 2001:db8::80 9'],
      ['refused', '5 ', '5 '],
    ] as const
    for (const [answer, ipv4, ipv6] of forms) {
      const other = answer === 'nxdomain' ? 'nodata' : 'nxdomain'
      const sections: readonly (readonly [string, BlockSection])[] = [
        [
          'category',
          { answer: other, 'ttl-seconds': 9, categories: { 'adult.porn': answer }, address },
        ],
        ['group', { answer: other, groups: { staff: { answer, 'ttl-seconds': 9 } }, address }],
        [
          "a group's category",
          {
            answer: other,
            groups: {
              staff: { answer: other, 'ttl-seconds': 9, categories: { 'adult.porn': answer } },
            },
            address,
          },
        ],
      ]
      for (const [title, section] of sections) {
        const server = await start(t, section)
        t.equal(await tell(server, 'porn.test', 'A', '::1'), ipv4, `${answer} for ${title}, A`)
        t.equal(
          await tell(server, 'cloaked.test', 'AAAA', '::1'),
          ipv6,
          `${answer} for ${title}, AAAA`,
        )
        const elsewhere = title === 'category' ? 'denied.test' : 'porn.test'
        const rcode = other === 'nodata' ? '0' : '3'
        const ttl = title === 'category' ? 9 : 30
        t.equal(
          await tell(server, elsewhere, 'A'),
          `${rcode}  soa ${ttl}`,
          `${title}: not for others`,
        )
      }
    }
  },
)

t.test('an address of one family leaves the other without a record', async (t) => {
  const server = await start(t, { answer: 'address', address: { v4: PAGE_4 } })
  t.equal(await tell(server, 'porn.test', 'A'), '0 A 192.0.2.80 30')
  t.equal(await tell(server, 'porn.test', 'AAAA'), '0  soa 30')
})

t.test("the most particular wins: a group's category, the category, the group, all", async (t) => {
  const server = await start(t, {
    answer: 'nodata',
    categories: { 'adult.porn': 'null-address' },
    groups: {
      staff: {
        answer: 'refused',
        'ttl-seconds': 7,
        categories: { 'commerce.gambling': 'nxdomain' },
      },
    },
  })
  t.equal(await tell(server, 'porn.test', 'A'), '0 A 0.0.0.0 30', 'category')
  t.equal(await tell(server, 'cloaked.test', 'A'), '0 A 0.0.0.0 30', 'category, behind a CNAME')
  t.equal(await tell(server, 'games.test', 'A'), '0  soa 30', 'all')
  t.equal(await tell(server, 'denied.test', 'A'), '0  soa 30', 'all, without a category')
  t.equal(
    await tell(server, 'porn.test', 'A', '::1'),
    '0 A 0.0.0.0 7',
    "category, in a group's time",
  )
  t.equal(await tell(server, 'denied.test', 'A', '::1'), '5 ', 'group')
  server.use(rules, [
    makePolicy('pupils'),
    makePolicy('staff', { 'commerce.gambling': 'block' }, { kind: 'staff' }),
  ])
  t.equal(await tell(server, 'games.test', 'A', '::1'), '3  soa 7', "a group's category")
})

t.test(
  'a locked name is told like any block of its group, so nothing tells its category',
  async (t) => {
    const own = { 'illegal.csam': 'null-address', 'adult.porn': 'null-address' } as const
    const server = await start(t, { answer: 'nodata', categories: own })
    t.equal(await tell(server, 'porn.test', 'A'), '0 A 0.0.0.0 30')
    t.equal(await tell(server, 'illegal.test', 'A'), '0  soa 30')
  },
)

t.test('the extended error names category and list, and never what is locked', async (t) => {
  const server = await start(t, {})
  const expected = [
    ['porn.test', 15, 'blocked by school policy: adult.porn, list test-list'],
    ['doh.test', 15, 'blocked by school policy: bypass.doh, list test-list'],
    ['harm.test', 15, 'blocked by school policy: harm.selfharm, list test-list'],
    ['denied.test', 17, 'denied by the school, list test-list'],
    ['illegal.test', 16, 'blocked as the law requires'],
  ] as const
  for (const transport of TRANSPORTS)
    for (const [name, code, text] of expected)
      t.same(
        ednsError(await ask(name, 'A', { port: server.port, transport })),
        { code, text },
        name,
      )
  const locked = await ask('illegal.test', 'A', { port: server.port })
  for (const word of ['illegal.', 'csam', 'test-list'])
    t.notOk(locked.bytes.subarray(40).includes(word), `no ${word}`)
})

t.test(
  'where the school wants it so, for harm.* it names nothing: for all or for a group',
  async (t) => {
    const neutral = { code: 15, text: 'not available on this network' }
    const named = { code: 15, text: 'blocked by school policy: harm.selfharm, list test-list' }
    const sections = [
      [{ 'harm-reason': 'neutral', groups: { staff: { 'harm-reason': 'named' } } }, neutral, named],
      [{ groups: { staff: { 'harm-reason': 'neutral' } } }, named, neutral],
    ] as const
    const staff = [makePolicy('pupils'), makePolicy('staff', { 'harm.selfharm': 'block' })]
    for (const [section, ofPupils, ofStaff] of sections) {
      const server = await start(t, section)
      server.use(rules, staff)
      for (const transport of TRANSPORTS) {
        const { port } = server
        const pupil = await ask('www.harm.test', 'A', { port, transport })
        const teacher = await ask('harm.test', 'A', { port, transport, address: '::1' })
        t.same(ednsError(pupil), ofPupils, `${transport} pupils`)
        t.same(ednsError(teacher), ofStaff, `${transport} staff`)
        if (ofPupils === neutral)
          for (const word of ['harm.', 'self', 'test-list', 'block'])
            t.notOk(pupil.bytes.subarray(40).includes(word), `no ${word}`)
        const other = await ask('porn.test', 'A', { port, transport })
        t.equal(ednsError(other)?.text, 'blocked by school policy: adult.porn, list test-list')
      }
    }
  },
)

t.test(
  'a question by which a device asks the network gets NXDOMAIN whatever the form',
  async (t) => {
    const builder = new IndexBuilder({ seed: Buffer.alloc(8, 1) })
    compileBaseline(builder)
    const index = openIndex(builder.build())
    if ('failure' in index) throw new Error(index.detail)
    for (const answer of ['null-address', 'address', 'refused', 'nodata'] as const) {
      const server = await start(t, { answer, address: { v4: PAGE_4, v6: PAGE_6 } }, index)
      for (const name of ['use-application-dns.net', 'mask.icloud.com'])
        for (const type of ['A', 'AAAA', HTTPS])
          t.equal(await tell(server, name, type), '3  soa 30', `${answer} ${name} ${type}`)
    }
  },
)
