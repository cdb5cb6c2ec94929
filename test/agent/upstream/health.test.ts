/** Which upstream is asked, and what becomes of one that fails. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Strategy } from '#agent/policy/sections/upstreams.ts'
import { UpstreamPool } from '#agent/upstream/upstream-pool.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { a, respond } from '#test/support/fake-upstream.ts'
import { plainUpstream } from '#test/support/plain-upstream.ts'
import { type RawQuery, type RawUpstream, startRawUpstream } from '#test/support/raw-upstream.ts'

let serial = 0

function question() {
  const label = `n${serial++}`
  const text = `${String.fromCharCode(label.length)}${label}\x04test\0`
  const name = Buffer.from(text, 'latin1')
  return { name, type: 1, isDnssecOk: false, isCheckingDisabled: false }
}

/** An upstream that takes its time, and can be switched off. */
interface Scripted extends RawUpstream {
  afterMs: number
  isSilent: boolean
  /** Questions that were not probes. */
  readonly live: () => number
}

async function start(t: Test, afterMs = 0): Promise<Scripted> {
  const state = { afterMs, isSilent: false }
  const upstream = await startRawUpstream((query: RawQuery) => {
    if (state.isSilent) return
    const reply = (): void =>
      query.reply(respond(query.message, { answers: [a(query.name, '192.0.2.1')] }))
    if (state.afterMs === 0) reply()
    else setTimeout(reply, state.afterMs)
  })
  t.teardown(() => upstream.close())
  return Object.assign(state, upstream, {
    live: () => upstream.asked.filter(({ name }) => name !== '.').length,
  })
}

function poolOf(t: Test, strategy: Strategy, ...upstreams: readonly Scripted[]): UpstreamPool {
  const settings = { timeoutMs: 1_000, triesMax: 3, strategy, mark: new Uint8Array(8) }
  const pool = new UpstreamPool(
    upstreams.map(({ port }) => plainUpstream(port)),
    settings,
    systemClock,
  )
  t.teardown(() => pool.close())
  return pool
}

/** How long each question took, in milliseconds, shortest first; none may fail. */
async function timesOf(t: Test, pool: UpstreamPool, count: number): Promise<readonly number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const startedMs = performance.now()
    const outcome = await pool.ask(question())
    if (isFailure(outcome)) t.fail(outcome.detail)
    times.push(performance.now() - startedMs)
  }
  return times.toSorted((one, other) => one - other)
}

t.test('in order: the second is asked when the first is slow, and only then', async (t) => {
  const [first, second] = [await start(t), await start(t)]
  const pool = poolOf(t, 'in-order', first, second)
  await timesOf(t, pool, 20)
  t.equal(first.live(), 20)
  t.equal(second.live(), 0)
  first.afterMs = 600
  const [tookMs = 0] = await timesOf(t, pool, 1)
  t.ok(tookMs > 280 && tookMs < 450, `hedged after ${Math.round(tookMs)} ms`)
  t.equal(second.live(), 1)
})

t.test('fastest: the quick one gets most questions, the others a few', async (t) => {
  const [slow, quick, slower] = [await start(t, 40), await start(t, 2), await start(t, 80)]
  const pool = poolOf(t, 'fastest', slow, quick, slower)
  await timesOf(t, pool, 100)
  t.ok(quick.live() >= 85, `the quick one ${quick.live()}`)
  t.ok(slow.live() >= 2 && slower.live() >= 2, `the others ${slow.live()} and ${slower.live()}`)
  quick.afterMs = 120
  await timesOf(t, pool, 60)
  const before = slow.live()
  await timesOf(t, pool, 40)
  t.ok(slow.live() - before >= 30, 'the order follows what is measured')
})

t.test('spread: each in turn, but for one that rests', async (t) => {
  const all = [await start(t), await start(t), await start(t)]
  const pool = poolOf(t, 'spread', ...all)
  await timesOf(t, pool, 60)
  t.same(
    all.map((one) => one.live()),
    [20, 20, 20],
  )
  for (const one of all.slice(0, 1)) one.isSilent = true
  await timesOf(t, pool, 15)
  const before = all[0]?.live() ?? 0
  await timesOf(t, pool, 30)
  t.equal(all[0]?.live(), before, 'the silent one rests')
})

for (const strategy of ['in-order', 'fastest', 'spread'] as const)
  t.test(`${strategy}: one of three falls silent`, async (t) => {
    const all = [await start(t), await start(t), await start(t)]
    const pool = poolOf(t, strategy, ...all)
    await timesOf(t, pool, 30)
    for (const one of all.slice(0, 1)) one.isSilent = true
    const times = await timesOf(t, pool, 1_000)
    const p99 = times[989] ?? 0
    t.ok(p99 < 50, `99 of 100 within ${Math.round(p99)} ms`)
    t.ok((times.at(-1) ?? 0) < 450, 'and none waits for longer than a hedge')
  })

t.test('all are silent: every question is tried, and all are back by themselves', async (t) => {
  const all = [await start(t), await start(t)]
  const pool = poolOf(t, 'in-order', ...all)
  for (const one of all) one.isSilent = true
  for (let i = 0; i < 4; i++) t.ok(isFailure(await pool.ask(question())))
  t.same(
    pool.upstreams.map(({ health }) => health.isResting),
    [true, true],
  )
  const before = all.reduce((sum, one) => sum + one.live(), 0)
  await pool.ask(question())
  t.ok(all.reduce((sum, one) => sum + one.live(), 0) >= before + 2, 'both are tried all the same')
  const backAtMs = performance.now()
  for (const one of all) one.isSilent = false
  while (pool.upstreams.some(({ health }) => health.isResting)) {
    if (performance.now() - backAtMs > 10_000) break
    await sleep(50)
  }
  t.ok(performance.now() - backAtMs < 10_000, 'within ten seconds, without a question')
  t.ok(pool.upstreams.every(({ counts }) => counts.probes > 0))
  const probes = pool.upstreams.reduce((sum, { counts }) => sum + counts.probes, 0)
  await sleep(3_000)
  t.equal(
    pool.upstreams.reduce((sum, { counts }) => sum + counts.probes, 0),
    probes,
    'and nothing is probed that answers',
  )
})
