import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { TRANSPORTS } from '#agent/query.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import {
  a,
  type FakeUpstream,
  type Script,
  soa,
  startFakeUpstream,
} from '#test/support/fake-upstream.ts'
import { over, type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'

const SERVFAIL = { flags: 0x0182 }

/** An upstream whose answers last one second, and what becomes of it later. */
async function start(
  t: Test,
  udp: 'batch' | 'node',
  later: Script,
  upstreamTimeoutMs = 300,
): Promise<{ server: PipelineServer; fake: FakeUpstream; goOut: () => Promise<void> }> {
  let isOut = false
  const fake = await startFakeUpstream((asked, query) => {
    if (isOut) return later(asked, query)
    if (asked.name === 'none.test') return { flags: 0x0183, authorities: [soa('test', 1, 1)] }
    return { answers: [a(asked.name, '192.0.2.1', 1)] }
  })
  const server = await startPipelineServer({
    rules: makeRules([['nothing.test', 'adult.porn']]),
    upstreamPort: fake.port,
    upstreamTimeoutMs,
    udp,
    encrypted: true,
  })
  await server.workerUp()
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  const goOut = async (): Promise<void> => {
    isOut = true
    await sleep(1_100)
  }
  return { server, fake, goOut }
}

for (const udp of ['node', 'batch'] as const) {
  const skip = udp === 'batch' && !loadLibc() && 'needs the optional package koffi'
  t.test(
    `RFC 8767 section 4: an answer whose time is over serves for 30 s more while the upstreams are out, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, fake, goOut } = await start(t, udp, () => SERVFAIL)
      // Twice: clients by TCP share what has proved to be of use.
      for (let times = 0; times < 2; times++) {
        await ask('www.test', 'A', server)
        t.equal(rcodeOf(await ask('none.test', 'A', server)), 3)
      }
      await sleep(200)
      await goOut()
      for (const transport of TRANSPORTS) {
        const stale = await ask('www.test', 'A', over(server, transport))
        t.match(stale.answers, [{ data: '192.0.2.1', ttl: 30 }])
        t.match(ednsError(stale), { code: 3 })
        const none = await ask('none.test', 'A', over(server, transport))
        t.equal(rcodeOf(none), 3)
        t.match(ednsError(none), { code: 19 })
      }
      const asked = fake.asked.length
      await ask('www.test', 'A', server)
      t.equal(fake.asked.length, asked, 'the upstreams are left alone for a while')
      const plain = await ask('www.test', 'A', { ...server, edns: false })
      t.same(plain.additionals, [], 'no OPT for a client that sent none')
      t.equal(rcodeOf(await ask('new.test', 'A', server)), 2, 'what was never known stays unknown')
      await sleep(100)
      t.equal(server.counted.filter((line) => line === 'udp stale').length, 4)
    },
  )

  t.test(
    `RFC 8767 section 5: a client waits no longer than 1.8 s for silent upstreams, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, fake, goOut } = await start(t, udp, () => undefined, 5_000)
      await ask('www.test', 'A', server)
      await goOut()
      const startedAt = performance.now()
      const stale = await ask('www.test', 'A', server)
      const tookMs = performance.now() - startedAt
      t.match(stale.answers, [{ ttl: 30 }])
      t.ok(tookMs > 1_700 && tookMs < 2_400, `took ${tookMs} ms`)
      t.ok(fake.asked.length > 1, 'a newer answer was asked for first')
    },
  )

  t.test(
    `RFC 8767 section 5: what is blocked meanwhile is not served, however stale, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, goOut } = await start(t, udp, () => SERVFAIL)
      // Twice: clients by TCP share what has proved to be of use.
      for (const name of ['www.test', 'other.test', 'www.test', 'other.test'])
        await ask(name, 'A', server)
      await sleep(200)
      await goOut()
      t.match((await ask('www.test', 'A', server)).answers, [{ ttl: 30 }])
      server.use(makeRules([['www.test', 'adult.porn']]))
      await sleep(300)
      for (const transport of TRANSPORTS) {
        const reply = await ask('www.test', 'A', over(server, transport))
        t.equal(rcodeOf(reply), 3)
        t.match(ednsError(reply), { code: 15 })
        t.match((await ask('other.test', 'A', over(server, transport))).answers, [{ ttl: 30 }])
      }
    },
  )

  t.test(
    `RFC 8767 section 5: once the upstreams are back their answers count again, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, goOut } = await start(t, udp, ({ name }) => ({
        answers: [a(name, '192.0.2.2')],
      }))
      await ask('www.test', 'A', server)
      await goOut()
      const reply = await ask('www.test', 'A', server)
      t.match(reply.answers, [{ data: '192.0.2.2', ttl: 300 }])
      t.equal(ednsError(reply), undefined)
    },
  )
}
