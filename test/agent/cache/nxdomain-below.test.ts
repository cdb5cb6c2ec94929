/** "No such name" for all below it (RFC 8020), where the school wants that. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { TRANSPORTS } from '#agent/query.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ask, dnssecQuery, rcodeOf } from '#test/support/dns-client.ts'
import { type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { over, type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { rawA, rawAnswer, rawCname, rawSoa } from '#test/support/raw-answer.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'

const NXDOMAIN = 0x8183

async function start(
  t: Test,
  udp: 'batch' | 'node',
  coversBelow: boolean,
): Promise<{ readonly server: PipelineServer; readonly fake: FakeUpstream }> {
  const fake = await startFakeUpstream(({ name }, query) => {
    if (name === 'gone.test' || name === 'a.gone.test')
      return rawAnswer(query, { flags: NXDOMAIN, authorities: [rawSoa(60, 60)] })
    if (name === 'alias.test')
      return rawAnswer(query, {
        flags: NXDOMAIN,
        answers: [rawCname(60, 'nothing.example.org')],
        authorities: [rawSoa(60, 60)],
      })
    return rawAnswer(query, { answers: [rawA(60)] })
  })
  const server = await startPipelineServer({
    rules: makeRules([['closed.test', 'contact.social']]),
    policies: [
      makePolicy('pupils', { 'contact.social': 'block' }),
      makePolicy('staff', { 'contact.social': 'allow' }, { kind: 'staff' }),
    ],
    networks: { '127.0.0.0/8': 'pupils', '::1/128': 'staff' },
    upstreamPort: fake.port,
    coversBelow,
    udp,
    encrypted: true,
  })
  await server.workerUp()
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return { server, fake }
}

for (const udp of ['node', 'batch'] as const) {
  const skip = udp === 'batch' && !loadLibc() && 'needs the optional package koffi'
  t.test(
    `RFC 8020 section 2: names below one that does not exist, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, fake } = await start(t, udp, true)
      const off = await start(t, udp, false)
      for (const one of [server, off.server]) await ask('gone.test', 'A', one)
      for (const transport of TRANSPORTS) {
        const below = await ask('x.y.gone.test', 'A', over(server, transport))
        t.equal(rcodeOf(below), 3)
        t.match(below.authorities, [{ type: 'SOA' }])
        const [first] = below.authorities ?? []
        t.ok(first?.type === 'SOA' && (first.ttl ?? 61) <= 60)
        // What has been of use once more is told to the thread that answers over TCP, a moment later.
        for (let tries = 0; server.cache.size === 0 && tries < 200; tries++) await sleep(10)
      }
      t.equal(fake.asked.length, 1)
      t.equal(rcodeOf(await ask('x.y.gone.test', 'A', off.server)), 0, 'not unless it is wanted')
      await ask('z.gone.test', 'AAAA', server)
      t.equal(fake.asked.length, 2, 'of another type nothing is known')
      await ask('z.gone.test', 'A', { ...server, packet: dnssecQuery({ isDo: true }) })
      t.equal(fake.asked.length, 3, 'who checks signatures gets the proof for the very name')
      t.equal(rcodeOf(await ask('notgone.test', 'A', server)), 0, 'a name that ends alike')
      await ask('alias.test', 'A', server)
      t.equal(rcodeOf(await ask('www.alias.test', 'A', server)), 0, 'an alias is there')
    },
  )

  t.test(
    `RFC 8020 section 2: a block is no "no such name" for others, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, fake } = await start(t, udp, true)
      t.equal(rcodeOf(await ask('closed.test', 'A', server)), 3, 'blocked for pupils')
      const staff = { ...server, address: '::1' }
      t.equal(rcodeOf(await ask('www.closed.test', 'A', staff)), 0)
      t.equal(fake.asked.length, 1)
    },
  )
}
