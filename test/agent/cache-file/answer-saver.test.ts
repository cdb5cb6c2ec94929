/** Answers kept over a restart: which of them, for how long, and what becomes of a file that is not right. */

import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { AnswerCache } from '#agent/cache/answer-cache.ts'
import { AnswerSaver, type AnswerSaverParts } from '#agent/cache-file/answer-saver.ts'
import { ZoneTable } from '#agent/zone-table.ts'
import { systemClock } from '#platform/clock.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { record } from '#test/fuzz/raw-query.ts'
import { ask, dnssecQuery, ednsError } from '#test/support/dns-client.ts'
import { type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { lockedNamesOf } from '#test/support/locked-bundle.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { rawA, rawAnswer, rawCname, rawSoa } from '#test/support/raw-answer.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const RULES = makeRules([
  ['help.test', 'protected.help'],
  ['harm.test', 'harm.selfharm'],
  ['hate.test', 'hate.extremism'],
  ['games.test', 'media.games'],
])
const DAY_MS = 86_400_000
/** Of the name asked. */
const MX = record(Buffer.of(0xc0, 0x0c), 15, Buffer.concat([Buffer.of(0, 10), wireName('mx.test')]))
const PTR = record(Buffer.of(0xc0, 0x0c), 12, wireName('pc.test'))

interface Setting {
  readonly server: PipelineServer
  readonly fake: FakeUpstream
  readonly line: { isOut: boolean }
}

async function start(t: Test, udp: 'batch' | 'node' = 'node'): Promise<Setting> {
  const line = { isOut: false }
  const fake = await startFakeUpstream(({ name, type }, query) => {
    if (line.isOut) return undefined
    if (type === 'MX') return rawAnswer(query, { answers: [MX] })
    if (type === 'PTR') return rawAnswer(query, { answers: [PTR] })
    if (name.startsWith('gone.'))
      return rawAnswer(query, { flags: 0x8183, authorities: [rawSoa(300, 300)] })
    if (name.startsWith('to-'))
      return rawAnswer(query, {
        answers: [rawCname(300, `${name.split('.')[0]?.slice(3)}.test`), rawA(300)],
      })
    return rawAnswer(query, { answers: [rawA(300)] })
  })
  const server = await startPipelineServer({
    rules: RULES,
    policies: [
      makePolicy('staff', {
        'harm.selfharm': 'monitor',
        'hate.extremism': 'monitor',
        'media.games': 'allow',
      }),
    ],
    networks: { '127.0.0.0/8': 'staff', '::1/128': 'staff' },
    upstreamPort: fake.port,
    upstreamTimeoutMs: 200,
    udp,
  })
  await server.workerUp()
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return { server, fake, line }
}

/** A saver over a server's cache, its wall clock so far ahead. */
function saverOf(
  server: Pick<PipelineServer, 'cache' | 'policy'>,
  path: string,
  changes: Partial<AnswerSaverParts> & { readonly aheadMs?: number } = {},
): { readonly saver: AnswerSaver; readonly faults: string[] } {
  const { aheadMs = 0, ...parts } = changes
  const faults: string[] = []
  const saver = new AnswerSaver({
    path,
    cache: server.cache,
    clock: { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs },
    policy: () => server.policy.current,
    isWanted: () => true,
    bytesMax: 1_000_000,
    onFault: (text) => faults.push(text),
    ...parts,
  })
  return { saver, faults }
}

/** Bytes with all letters small: names were asked in a case of chance, and stand so in the answers. */
function inSmallLetters(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1')
}

/** Starts a saver and waits until it has taken up what there was. */
async function takenUp(saver: AnswerSaver): Promise<void> {
  saver.start()
  await sleep(300)
}

for (const udp of ['node', 'batch'] as const) {
  const skip = udp === 'batch' && !loadLibc() && 'needs the optional package koffi'
  t.test(`${udp}: what was known serves after a restart without internet`, { skip }, async (t) => {
    const path = join(t.testdir(), 'answers.cache')
    const before = await start(t, udp)
    // Twice: the main thread is told of what is asked again.
    for (const name of ['open.test', 'gone.test', 'open.test', 'gone.test'])
      await ask(name, 'A', before.server)
    await sleep(150)
    await saverOf(before.server, path).saver.close()
    t.equal(statSync(path).mode & 0o777, 0o600)
    const after = await start(t, udp)
    after.line.isOut = true
    const { saver, faults } = saverOf(after.server, path, { aheadMs: 60_000 })
    await takenUp(saver)
    for (const transport of ['udp', 'tcp'] as const) {
      const { answers } = await ask('open.test', 'A', { ...after.server, transport })
      t.match(answers, [{ data: '192.0.2.1' }])
      const { ttl = 0 } = answers?.[0]?.type === 'A' ? answers[0] : {}
      t.ok(ttl <= 240 && ttl > 120, `it is a minute older: ${ttl}`)
      t.match((await ask('gone.test', 'A', { ...after.server, transport })).authorities, [{}])
    }
    t.equal(after.fake.asked.length, 0)
    t.strictSame(faults, [])
    await saver.close()
  })
}

t.test(
  'what a zone of its own answers is neither kept nor taken up, for whoever answers may change',
  async (t) => {
    const path = join(t.testdir(), 'answers.cache')
    const { server } = await start(t)
    for (const name of ['dc.corp.test', 'open.test']) await ask(name, 'A', server)
    const zoned = { ...server.policy.current, zones: new ZoneTable([domainName('corp.test')]) }
    await saverOf(server, path).saver.close()
    const plain = inSmallLetters(readFileSync(path))
    t.ok(plain.includes(wireName('dc.corp.test')), 'kept where there is no such zone')
    const after = await start(t)
    const { saver } = saverOf(after.server, path, { policy: () => zoned })
    await takenUp(saver)
    t.same([...after.server.cache.entries()].length, 1, 'the other name alone')
    await saverOf(server, path, { policy: () => zoned }).saver.close()
    const without = inSmallLetters(readFileSync(path))
    t.notOk(without.includes(wireName('dc.corp.test')))
    t.ok(without.includes(wireName('open.test')))
  },
)

t.test('what tells of a child, and what is locked, is never in the file', async (t) => {
  const path = join(t.testdir(), 'answers.cache')
  const { server } = await start(t)
  const secret = [
    'help.test',
    'www.help.test',
    'harm.test',
    'hate.test',
    'to-help.test',
    'to-harm.test',
    'sealed.test',
  ]
  for (const name of [...secret, 'open.test', 'to-open.test']) await ask(name, 'A', server)
  await ask('signed.test', 'A', { ...server, packet: dnssecQuery({ isDo: true }) })
  await ask('mail.test', 'TYPE15', server)
  await ask('back.test', 'TYPE12', server)
  t.equal(server.cache.size, secret.length + 5)
  server.useLocked(lockedNamesOf(['illegal.csam sealed.test']))
  await saverOf(server, path).saver.close()
  const bytes = inSmallLetters(readFileSync(path))
  for (const name of ['open.test', 'to-open.test']) t.ok(bytes.includes(wireName(name)), name)
  for (const name of [...secret, 'signed.test', 'mail.test', 'back.test', 'mx.test', 'pc.test'])
    t.notOk(bytes.includes(wireName(name).subarray(0, -6)), name)
})

t.test('ages go by the wall clock, as far as it can be believed', async (t) => {
  const path = join(t.testdir(), 'answers.cache')
  const before = await start(t)
  await ask('open.test', 'A', before.server)
  await saverOf(before.server, path).saver.close()
  const stale = await start(t)
  stale.line.isOut = true
  const old = saverOf(stale.server, path, { aheadMs: DAY_MS })
  await takenUp(old.saver)
  const reply = await ask('open.test', 'A', stale.server)
  t.match(reply.answers, [{ ttl: 30 }])
  t.match(ednsError(reply), { code: 3 }, 'stale, and only where no upstream answers')
  t.ok(stale.fake.asked.length > 0)
  for (const [aheadMs, told] of [
    [-60_000, ['kept answers are not used: the clock was set back']],
    [DAY_MS + 301_000, []],
    [Number.NaN, ['kept answers are not used: the clock was set back']],
  ] as const) {
    const cache = new AnswerCache({ entriesMax: 10, bytesMax: 100_000 })
    const { saver, faults } = saverOf({ ...before.server, cache }, path, { aheadMs })
    await takenUp(saver)
    t.equal(cache.size, 0, `${aheadMs}`)
    t.strictSame(faults, told)
  }
})

t.test('a file that is not right is told of once and not used', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'answers.cache')
  const { server } = await start(t)
  for (const name of ['a.test', 'b.test']) await ask(name, 'A', server)
  await saverOf(server, path).saver.close()
  const good = readFileSync(path)
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(good)
    bytes[at] = (bytes[at] ?? 0) ^ 0x40
    return bytes
  }
  const cases: readonly (readonly [string, Buffer])[] = [
    ['empty', Buffer.alloc(0)],
    ['foreign', Buffer.from('{"v":1}'.repeat(50))],
    ['cut', good.subarray(0, -1)],
    ['longer', Buffer.concat([good, Buffer.of(0)])],
    ['another version', flipped(13)],
    ...[16, 22, 30, 60, good.length - 1].map((at) => [`byte ${at}`, flipped(at)] as const),
  ]
  const tryFile = async (what: string): Promise<void> => {
    const cache = new AnswerCache({ entriesMax: 10, bytesMax: 100_000 })
    const { saver, faults } = saverOf({ ...server, cache }, path)
    await takenUp(saver)
    t.equal(cache.size, 0, what)
    t.equal(faults.length, 1, `${what}: ${faults.join('; ')}`)
  }
  for (const [what, bytes] of cases) {
    writeFileSync(path, bytes)
    await tryFile(what)
  }
  truncateSync(path, 70_000_000)
  await tryFile('huge')
  const inFolder = join(folder, 'sub')
  mkdirSync(inFolder)
  const { saver, faults } = saverOf(server, inFolder)
  await takenUp(saver)
  await saver.close()
  t.equal(faults.length, 2, 'neither read nor written, and nothing thrown')
})

t.test('the file keeps within its limit, what was used last comes first', async (t) => {
  const path = join(t.testdir(), 'answers.cache')
  const { server } = await start(t)
  for (let i = 0; i < 30; i++) await ask(`name-${i}.test`, 'A', server)
  await saverOf(server, path, { bytesMax: 600 }).saver.close()
  const bytes = inSmallLetters(readFileSync(path))
  t.ok(bytes.length <= 600 && bytes.length > 450, `${bytes.length}`)
  t.ok(bytes.includes(wireName('name-29.test')))
  t.notOk(bytes.includes(wireName('name-0.test')))
})

t.test('where it is not wanted there is no file, and the old one goes', async (t) => {
  const path = join(t.testdir(), 'answers.cache')
  const { server } = await start(t)
  await ask('open.test', 'A', server)
  await saverOf(server, path).saver.close()
  writeFileSync(`${path}.new`, 'what a power cut leaves')
  let isWanted = false
  const cache = new AnswerCache({ entriesMax: 10, bytesMax: 100_000 })
  const off = saverOf({ ...server, cache }, path, { isWanted: () => isWanted })
  await takenUp(off.saver)
  t.notOk(existsSync(path), 'removed at the start')
  t.notOk(existsSync(`${path}.new`))
  t.equal(cache.size, 0)
  await off.saver.close()
  t.notOk(existsSync(path), 'not written at the end')
  isWanted = true
  const on = saverOf(server, path, { isWanted: () => isWanted })
  await saverOf(server, path).saver.close()
  isWanted = false
  on.saver.follow()
  for (let tries = 0; tries < 100 && existsSync(path); tries++) await sleep(50)
  t.notOk(existsSync(path), 'a reload removes it')
})

t.test('it is written every ten minutes at most, and only where something is new', async (t) => {
  const path = join(t.testdir(), 'answers.cache')
  const { server } = await start(t)
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { saver } = saverOf(server, path)
  saver.start()
  const writesAfter = async (ms: number): Promise<number> => {
    mock.timers.tick(ms)
    await sleep(500)
    return saver.counters.writes
  }
  await ask('a.test', 'A', server)
  t.equal(await writesAfter(599_000), 0)
  t.equal(await writesAfter(2_000), 1)
  t.equal(await writesAfter(600_000), 1, 'nothing is new')
  await ask('b.test', 'A', server)
  t.equal(await writesAfter(600_000), 2)
  server.use(makeRules([['b.test', 'harm.selfharm']]))
  const holdsB = (): boolean => inSmallLetters(readFileSync(path)).includes(wireName('b.test'))
  t.ok(holdsB())
  t.equal(await writesAfter(600_000), 3, 'or other rules are in force')
  t.notOk(holdsB())
  await saver.close()
  t.equal(saver.counters.writes, 4, 'and at the end')
  t.equal(await writesAfter(1_200_000), 4)
})
