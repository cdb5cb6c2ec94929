/** What is asked often is renewed before its time is over, and nobody waits for it. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { RenewalLimits } from '#agent/cache/renewal.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ask } from '#test/support/dns-client.ts'
import { type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { rawA, rawAnswer } from '#test/support/raw-answer.ts'
import { makeRules } from '#test/support/test-rules.ts'

const LIMITS: RenewalLimits = { asksMin: 3, inFlightMax: 10, perSecondMax: 10 }
const TTL = 5
/** Within the last tenth of it. */
const LATE_MS = 4_650

interface Setting {
  readonly server: PipelineServer
  readonly fake: FakeUpstream
  readonly asks: (name: string) => number
}

/** An upstream that says nothing the second time it is asked for a name that begins with `once`. */
async function start(
  t: Test,
  udp: 'batch' | 'node',
  renewal: RenewalLimits | undefined,
): Promise<Setting> {
  const fake: FakeUpstream = await startFakeUpstream(({ name }, query) => {
    const count = fake.asked.filter((one) => one.name === name).length
    if (name.startsWith('once') && count > 1) return undefined
    return rawAnswer(query, { answers: [rawA(TTL, count)] })
  })
  const server = await startPipelineServer({
    rules: makeRules([['help.test', 'protected.help']]),
    upstreamPort: fake.port,
    udp,
    ...(renewal && { renewal }),
  })
  await server.workerUp()
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return { server, fake, asks: (name) => fake.asked.filter((one) => one.name === name).length }
}

async function askOften(names: readonly string[], server: PipelineServer): Promise<void> {
  for (let i = 0; i < 4; i++) for (const name of names) await ask(name, 'A', server)
}

for (const udp of ['node', 'batch'] as const) {
  const skip = udp === 'batch' && !loadLibc() && 'needs the optional package koffi'
  t.test(`${udp}: popular answers, and no others`, { skip }, async (t) => {
    const { server, asks } = await start(t, udp, LIMITS)
    const plain = await start(t, udp, undefined)
    await Promise.all([
      askOften(['often.test', 'www.help.test', 'early.test'], server),
      askOften(['often.test'], plain.server),
      ask('rare.test', 'A', server),
    ])
    t.equal(asks('early.test'), 1)
    await sleep(LATE_MS)
    const [late] = (await ask('often.test', 'A', server)).answers ?? []
    t.match(late, { data: '192.0.2.1' }, 'nobody waits for the newer one')
    for (const name of ['often.test', 'often.test', 'rare.test', 'www.help.test'])
      await ask(name, 'A', server)
    await ask('often.test', 'A', plain.server)
    await sleep(150)
    t.equal(asks('often.test'), 2, 'once, however many ask')
    t.equal(asks('rare.test'), 1, 'asked too seldom')
    t.equal(asks('www.help.test'), 1, 'protected help is never asked for by the box itself')
    t.equal(asks('early.test'), 1, 'nobody has asked late in its time')
    t.equal(plain.asks('often.test'), 1, 'switched off')
    await sleep(400)
    const newer = await ask('often.test', 'A', server)
    t.match(newer.answers, [{ data: '192.0.2.2' }])
    t.equal(asks('often.test'), 2)
    await sleep(100)
    t.equal(server.counted.length, 3 * 4 + 1 + 5 + 1, 'clients alone are counted')
    t.strictSame(server.recorded, [])
  })

  t.test(`${udp}: so many in flight and in a second`, { skip }, async (t) => {
    const flying = await start(t, udp, { ...LIMITS, inFlightMax: 1 })
    const second = await start(t, udp, { ...LIMITS, perSecondMax: 1 })
    const names = ['once1.test', 'once2.test']
    const others = ['one.test', 'two.test']
    await Promise.all([askOften(names, flying.server), askOften(others, second.server)])
    await sleep(LATE_MS)
    for (const name of names) await ask(name, 'A', flying.server)
    for (const name of others) await ask(name, 'A', second.server)
    await sleep(150)
    t.ok(flying.asks('once1.test') >= 2)
    t.equal(flying.asks('once2.test'), 1)
    t.equal(second.asks('one.test'), 2)
    t.equal(second.asks('two.test'), 1)
  })
}
