/** What fails is not asked again at once (RFC 9520), and is back at once when the line is. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { KeptFailures } from '#agent/cache/kept-failures.ts'
import { TRANSPORTS } from '#agent/query.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { over, type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { rawA, rawAnswer } from '#test/support/raw-answer.ts'
import { makeRules } from '#test/support/test-rules.ts'

const SERVFAIL = 0x8182
const REFUSED = 0x8185

interface Setting {
  readonly server: PipelineServer
  readonly fake: FakeUpstream
  readonly line: { isOut: boolean }
  readonly asks: (name: string, type?: string) => number
}

async function start(t: Test, udp: 'batch' | 'node'): Promise<Setting> {
  const line = { isOut: false }
  const fake = await startFakeUpstream(({ name }, query) => {
    if (line.isOut || name.startsWith('silent')) return undefined
    if (name.startsWith('broken')) return rawAnswer(query, { flags: SERVFAIL })
    if (name.startsWith('refused')) return rawAnswer(query, { flags: REFUSED })
    return rawAnswer(query, { answers: [rawA(300)] })
  })
  const server = await startPipelineServer({
    rules: makeRules([['nothing.test', 'adult.porn']]),
    upstreamPort: fake.port,
    upstreamTimeoutMs: 200,
    udp,
    encrypted: true,
  })
  await server.workerUp()
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  const asks = (name: string, type = 'A'): number =>
    fake.asked.filter((one) => one.name === name && one.type === type).length
  return { server, fake, line, asks }
}

for (const udp of ['node', 'batch'] as const) {
  const skip = udp === 'batch' && !loadLibc() && 'needs the optional package koffi'

  t.test(
    `RFC 9520 section 3.2: a question that failed is asked once in its time, whoever asks over which transport, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, asks } = await start(t, udp)
      await ask('good.test', 'A', server)
      for (const [name, rcode] of [
        ['broken.test', 2],
        ['refused.test', 5],
        ['silent.test', 2],
      ] as const) {
        t.equal(rcodeOf(await ask(name, 'A', server)), rcode)
        const before = asks(name)
        t.ok(before >= 1 && before <= 3, `${name} was asked ${before} times`)
        await sleep(50)
        for (const transport of [...TRANSPORTS, 'udp'] as const) {
          const again = await ask(name, 'A', over(server, transport))
          t.equal(rcodeOf(again), rcode)
          t.match(ednsError(again), { code: 13 })
        }
        t.equal(asks(name), before, `${name} is left alone`)
        await ask(name, 'AAAA', server)
        t.ok(asks(name, 'AAAA') > 0, 'another type is another question')
      }
    },
  )

  t.test(
    `RFC 9520 section 3.2: the second time is longer than the first, UDP by ${udp}`,
    { skip },
    async (t) => {
      const { server, asks } = await start(t, udp)
      await ask('good.test', 'A', server)
      await ask('broken.test', 'A', server)
      const first = asks('broken.test')
      await sleep(2_200)
      await ask('broken.test', 'A', server)
      const second = asks('broken.test')
      t.ok(second > first, 'asked again when its time was over')
      await sleep(2_200)
      await ask('broken.test', 'A', server)
      t.equal(asks('broken.test'), second)
      await sleep(2_200)
      await ask('broken.test', 'A', server)
      t.ok(asks('broken.test') > second)
    },
  )

  t.test(`${udp}: when the line is back, so is every name`, { skip }, async (t) => {
    const { server, line } = await start(t, udp)
    line.isOut = true
    const names = ['a.test', 'b.test', 'c.test']
    for (const name of names) t.equal(rcodeOf(await ask(name, 'A', server)), 2)
    line.isOut = false
    t.equal(rcodeOf(await ask('new.test', 'A', server)), 0, 'the first good answer')
    await sleep(1_100)
    for (const name of names) t.equal(rcodeOf(await ask(name, 'A', server)), 0, `${name} is back`)
  })
}

t.test(
  'RFC 9520 section 3.2: windows double up to five minutes, in an outage up to four seconds',
  (t) => {
    const failures = new KeptFailures()
    failures.noteAnswer('other', 0)
    let nowMs = 0
    const windows: number[] = []
    for (let i = 0; i < 10; i++) {
      failures.noteAnswer('other', nowMs)
      failures.note('key', 'faulty', nowMs)
      const { untilMs = 0 } = failures.find('key', nowMs) ?? {}
      windows.push((untilMs - nowMs) / 1000)
      t.ok(failures.find('key', untilMs - 1))
      t.equal(failures.find('key', untilMs), undefined)
      nowMs = untilMs
    }
    t.strictSame(windows, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    t.equal(failures.find('key2', nowMs), undefined, 'one key does not speak for another')
    nowMs += 60_000
    failures.note('key', 'silent', nowMs)
    t.equal(failures.find('key', nowMs)?.untilMs, nowMs + 4_000, 'nothing else was heard either')
    failures.noteAnswer('other', nowMs + 100)
    t.equal(failures.find('key', nowMs + 1_000), undefined, 'and it ends with the outage')
    failures.noteAnswer('key', nowMs + 200)
    failures.note('key', 'faulty', nowMs + 300)
    t.equal(failures.find('key', nowMs + 300)?.windowMs, 2_000, 'a good answer begins anew')
    t.end()
  },
)

t.test('a storm of failing names stays within its room, the oldest give way', (t) => {
  const failures = new KeptFailures()
  for (let i = 0; i < 5_000; i++) failures.note(`name ${i}`, 'faulty', 0)
  t.equal(failures.countAt(0), 4_096)
  t.equal(failures.find('name 903', 0), undefined)
  t.ok(failures.find('name 904', 0))
  t.equal(failures.noted, 5_000)
  t.end()
})
