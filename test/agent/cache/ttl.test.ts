/** For how long answers are kept (RFC 2181 sections 5.2 and 8, RFC 2308 sections 4 and 5), by messages made byte by byte. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { type RawSections, rawA, rawAnswer, rawCname, rawSoa } from '#test/support/raw-answer.ts'
import { makeRules } from '#test/support/test-rules.ts'
import type { TtlLimits } from '#wire/ttl-limits.ts'

const NXDOMAIN = 0x8183

/** By the first label: what the upstream says. */
const SCRIPT: Readonly<Record<string, RawSections>> = {
  topbit: { answers: [rawA(0x80000001)] },
  uneven: { answers: [rawA(300, 1), rawA(100, 2), rawA(200, 3)] },
  week: { answers: [rawA(10_000_000)] },
  short: { answers: [rawA(1)] },
  zero: { answers: [rawA(0)] },
  gone: { flags: NXDOMAIN, authorities: [rawSoa(900, 60)] },
  gonesoon: { flags: NXDOMAIN, authorities: [rawSoa(60, 900)] },
  gonelong: { flags: NXDOMAIN, authorities: [rawSoa(100_000, 100_000)] },
  gonetop: { flags: NXDOMAIN, authorities: [rawSoa(900, 0x80000001)] },
  gonebare: { flags: NXDOMAIN },
  nodata: { authorities: [rawSoa(900, 60)] },
  aliased: { answers: [rawCname(300, 'end.test')], authorities: [rawSoa(900, 1)] },
}

interface Setting {
  readonly server: PipelineServer
  readonly fake: FakeUpstream
  readonly first: (label: string, type?: string) => ReturnType<typeof ask>
}

async function start(t: Test, udp: 'batch' | 'node', ttl?: TtlLimits): Promise<Setting> {
  const fake = await startFakeUpstream(({ name }, query) =>
    rawAnswer(query, SCRIPT[name.split('.')[0] ?? ''] ?? { answers: [rawA(300)] }),
  )
  const limits = { entriesMax: 1_000, bytesMax: 1_000_000 }
  const server = await startPipelineServer({
    rules: makeRules([['nothing.test', 'adult.porn']]),
    upstreamPort: fake.port,
    udp,
    ...(ttl && { cacheLimits: { ...limits, ttl } }),
  })
  await server.workerUp()
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return { server, fake, first: (label, type = 'A') => ask(`${label}.test`, type, server) }
}

for (const udp of ['node', 'batch'] as const) {
  const skip = udp === 'batch' && !loadLibc() && 'needs the optional package koffi'

  t.test(`RFC 2181 section 8: TTLs as they are read, UDP by ${udp}`, { skip }, async (t) => {
    const { fake, first } = await start(t, udp)
    const asks = (label: string): number =>
      fake.asked.filter(({ name }) => name.startsWith(`${label}.`)).length
    for (const label of ['topbit', 'zero']) {
      t.match((await first(label)).answers, [{ ttl: 0 }], `${label} is zero`)
      await first(label)
      t.equal(asks(label), 2, `${label} is not kept`)
    }
    for (const _ of [1, 2])
      t.match((await first('uneven')).answers, [{ ttl: 100 }, { ttl: 100 }, { ttl: 100 }])
    t.equal(asks('uneven'), 1)
    t.match((await first('week')).answers, [{ ttl: 86_400 }], 'a day at most')
    t.match((await first('week')).answers, [{ ttl: 86_400 }])
    await first('short')
    await sleep(1_100)
    await first('short')
    t.equal(asks('short'), 2)
  })

  t.test(
    `RFC 2308 section 5: "no" goes by the lesser of the SOA's two, with the SOA beside it, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { fake, first } = await start(t, udp)
      const asks = (label: string): number =>
        fake.asked.filter(({ name }) => name.startsWith(`${label}.`)).length
      const cases = [
        ['gone', 60],
        ['gonesoon', 60],
        ['gonelong', 3_600],
      ] as const
      for (const [label, ttl] of cases)
        for (const _ of [1, 2]) {
          const reply = await first(label)
          t.equal(rcodeOf(reply), 3)
          t.match(reply.authorities, [{ type: 'SOA', ttl }], label)
          t.equal(asks(label), 1)
        }
      for (const label of ['gonebare', 'gonetop']) {
        await first(label)
        await first(label)
        t.equal(asks(label), 2, `${label} is not kept`)
      }
      for (const type of ['A', 'A', 'AAAA'])
        t.match((await first('nodata', type)).authorities, [{ type: 'SOA', ttl: 60 }])
      t.strictSame(
        fake.asked.filter(({ name }) => name.startsWith('nodata')).map(({ type }) => type),
        ['A', 'AAAA'],
        'no record of one type says nothing of another',
      )
      t.match((await first('aliased')).answers, [{ type: 'CNAME', ttl: 300 }])
      await first('aliased')
      t.equal(asks('aliased'), 1)
      await sleep(1_100)
      await first('aliased')
      t.equal(asks('aliased'), 2, 'an alias to nothing goes by the SOA')
    },
  )

  t.test(`${udp}: the school's limits`, { skip }, async (t) => {
    const limits = { minSeconds: 30, maxSeconds: 50, negativeMaxSeconds: 5 }
    const { fake, first } = await start(t, udp, limits)
    for (const _ of [1, 2]) {
      t.match((await first('short')).answers, [{ ttl: 30 }])
      t.match((await first('zero')).answers, [{ ttl: 30 }])
      t.match((await first('week')).answers, [{ ttl: 50 }])
      t.match((await first('gone')).authorities, [{ ttl: 5 }])
    }
    t.equal(fake.asked.length, 4)
    await sleep(1_100)
    t.match((await first('short')).answers, [{ ttl: 29 }])
    t.equal(fake.asked.length, 4, 'it is kept beyond its own time')
  })
}
