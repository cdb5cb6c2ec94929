import t, { type Test } from 'tap'
import type { AnswerSettings } from '#agent/answer-policy.ts'
import { explain } from '#agent/explain.ts'
import { NOT_KNOWN } from '#agent/identity/identity.ts'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { readyBlock } from '#agent/policy/ready-block.ts'
import { UpstreamPool } from '#agent/upstream/upstream-pool.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { ask, ednsError, type Reply, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { plainUpstream } from '#test/support/plain-upstream.ts'
import { https, rrsig } from '#test/support/service-record.ts'
import { domainName, makeRules } from '#test/support/test-rules.ts'

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']
const rules = makeRules([
  ['bad.test', 'adult.porn'],
  ['illegal.test', 'illegal.csam'],
  [
    'aliased.test',
    { kind: 'local-data', records: [{ kind: 'alias', target: domainName('y.illegal.test') }] },
  ],
  ['www.search.test', { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }],
])
const denied = {
  network: { bytes: Uint8Array.of(203, 0, 113, 0), prefixLength: 24 },
  reason: 'proxies live there',
  author: 'IT',
  groups: ['pupils'],
}

/** Asks for an explanation as the command line does, and gives it as text: verdict, reason, stages. */
async function start(t: Test, answers: Partial<AnswerSettings> = {}) {
  return (await startLab(t, answers)).say
}

async function startLab(t: Test, answers: Partial<AnswerSettings> = {}) {
  const fake = await startFakeUpstream(({ name, type }) => {
    if (type === 'UNKNOWN_65') return { answers: [https(name, { ech: Buffer.from('abc') })] }
    if (name === 'behind.open.test')
      return { answers: [cname(name, 'x.illegal.test'), a('x.illegal.test', '192.0.2.1')] }
    if (name === 'www.search.test') return { answers: [a(name, '192.0.2.1'), rrsig(name, 1)] }
    const place = /^(\d+\.\d+\.\d+\.\d+)\./.exec(name)?.[1] ?? '192.0.2.1'
    return { answers: [a(name, place)] }
  })
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, answers })
  let isUp = true
  const stopUpstream = async (): Promise<void> => {
    if (isUp) await fake.close()
    isUp = false
  }
  t.teardown(() => Promise.all([server.close(), stopUpstream()]))
  const pool = new UpstreamPool(
    [plainUpstream(fake.port)],
    { timeoutMs: 300, triesMax: 1, strategy: 'in-order', mark: new Uint8Array(8) },
    systemClock,
  )
  const say = async (name: string, type = 'A'): Promise<string> => {
    const told = await explain(
      { name, type, client: '127.0.0.1' },
      {
        policy: server.policy.current,
        cache: server.cache,
        ask: (question) => pool.ask(question),
        clock: systemClock,
        clientOfGroup: () => undefined,
        config: normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] }),
        wallMs: systemClock.wallMs(),
        releases: [],
        consoleRules: [],
        onFault: (error) => t.fail(String(error)),
        networkName: () => undefined,
        identityOf: () => NOT_KNOWN,
      },
    )
    if (isFailure(told)) throw new Error(told.detail)
    return [
      ...(told.name === name ? [] : [told.name]),
      told.verdict,
      told.reason,
      ...told.stages.map(({ say }) => say),
    ].join('\n')
  }
  return { say, server, fake, stopUpstream }
}

/** A real answer in the words of `explain`. */
function sayReply(reply: Reply): string {
  const records = (reply.answers ?? []).map((record) =>
    record.type === 'A' || record.type === 'AAAA' || record.type === 'CNAME'
      ? `${record.type} ${record.data}`
      : record.type,
  )
  const rcode = RCODES[rcodeOf(reply)] ?? ''
  const code = rcode === 'NOERROR' && records.length === 0 ? 'NODATA' : rcode
  const error = ednsError(reply)
  return [
    code,
    records.length > 0 ? `: ${records.join(', ')}` : '',
    error ? ` with EDE ${error.code} (${error.text})` : '',
  ].join('')
}

t.test('explain tells of denied and private addresses, with rule, reason and author', async (t) => {
  const say = await start(t, {
    denyAddresses: [denied],
    rebinding: { enabled: true, allowZones: [domainName('intranet.test')] },
  })
  t.match(
    await say('203.0.113.5.open.test'),
    /^block\nleads to 203\.0\.113\.5, denied as 203\.0\.113\.0\/24 \(proxies live there, IT\).*because of address.*EDE 17/,
  )
  t.match(
    await say('10.0.0.1.open.test'),
    /^block\nleads to the private address 10\.0\.0\.1.*rebinding.*EDE 15/,
  )
  t.match(await say('10.0.0.1.intranet.test'), /^monitor|^allow/)
  t.match(await say('192.0.2.7.open.test'), /leads to 192\.0\.2\.7: nothing blocked/)
})

t.test(
  'explain tells how a block is answered, and of a locked one no more than the answer does',
  async (t) => {
    const say = await start(t, {
      block: readyBlock({ categories: { 'adult.porn': 'null-address' } }),
    })
    t.match(
      await say('bad.test'),
      /answered null-address with EDE 15 \(blocked by school policy: adult\.porn, list test-list\)/,
    )
    const all = '(name withheld)\nblock\nblocked as the law requires\nblocked as the law requires'
    for (const name of ['illegal.test', 'www.illegal.test', 'behind.open.test', 'aliased.test'])
      t.equal(await say(name), all, name)
  },
)

t.test(
  'explain tells that a signed engine is blocked for clients that check, and what becomes of ech',
  async (t) => {
    const say = await start(t)
    t.match(
      await say('www.search.test'),
      /^rewrite\n[^]*blocked for a client that sets DO or CD, because www\.search\.test is signed/,
    )
    t.match(await say('open.test', 'HTTPS'), /ech is taken out for this group/)
    const nodata = await start(t, { groups: new Map([['pupils', { ech: 'nodata' }]]) })
    t.match(await nodata('open.test', 'HTTPS'), /HTTPS records are withheld/)
  },
)

t.test('explain ends with the very answer that a client gets, upstream or none', async (t) => {
  const { say, server, fake, stopUpstream } = await startLab(t)
  const asked = [
    ['www.search.test', 'A'],
    ['www.search.test', 'CNAME'],
    ['www.search.test', 'TYPE65'],
    ['www.search.test', 'MX'],
    ['open.test', 'A'],
    ['behind.denied.test', 'A'],
    ['bad.test', 'A'],
    ['open.test', 'ANY'],
    ['localhost', 'A'],
    ['_dns.resolver.arpa', 'TYPE64'],
    ['x.invalid', 'AAAA'],
  ] as const
  const compare = async (state: string): Promise<void> => {
    for (const [name, type] of asked) {
      const reply = await ask(name, type, { port: server.port })
      const told = (await say(name, type)).split('\n')
      t.equal(told.at(-1), sayReply(reply), `${name} ${type} ${state}`)
    }
  }
  // Explained before anybody has asked, so that nothing comes from the cache that a client has filled.
  t.match(
    await say('www.search.test', 'TYPE65'),
    /^rewrite\n[^]*only A, AAAA and CNAME have records, HTTPS has none[^]*\nNODATA$/,
  )
  t.match(await say('open.test', 'ANY'), /answered here: any[^]*RFC 8482[^]*\nNOERROR: HINFO$/)
  t.match(await say('open.test', 'TYPE252'), /^refused\n/)
  t.notOk(
    fake.asked.some(({ name }) => name === 'open.test'),
    'what is answered here asks nobody',
  )
  await say('once.test')
  t.equal(fake.asked.filter(({ name }) => name === 'once.test').length, 1, 'asked once, not twice')
  t.equal(server.cache.size, 0, 'what is found for it is not kept')
  await compare('with an upstream')
  await stopUpstream()
  t.match(
    await say('www.search.test', 'AAAA'),
    /^rewrite\n.*answered SERVFAIL with EDE 22 \(safe search cannot be reached\)/,
  )
  t.match(await say('other.test'), /answered SERVFAIL with EDE 22 \(no upstream answers\)/)
  const reply = await ask('www.search.test', 'AAAA', { port: server.port })
  t.equal((await say('www.search.test', 'AAAA')).split('\n').at(-1), sayReply(reply))
  await compare('without one')
})
