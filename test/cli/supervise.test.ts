import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { restartDelay } from '#platform/restart-delay.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const SUPERVISOR = join(import.meta.dirname, 'fake-supervisor.ts')
const STOP_MS_MAX = 2000

interface Supervised {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  /** Process ids of a part, one for each of its lives. */
  readonly lives: (part: string) => readonly number[]
  readonly err: () => string
  readonly folder: string
}

/** A supervisor in a process of its own; resolves when its parts are ready, or when it has ended. */
async function supervised(t: Test, ...specs: readonly string[]): Promise<Supervised> {
  const folder = shortFolder(t)
  const child = spawn(process.execPath, [SUPERVISOR, folder, ...specs], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (part) => (err += part))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const lives = (part: string): readonly number[] => {
    const file = join(folder, `${part}.pids`)
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
  }
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
    for (const spec of specs)
      for (const pid of lives(spec.split('=')[0] ?? ''))
        if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended])
  return { child, ended, lives, err: () => err, folder }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function until(done: () => boolean, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if (done()) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return done()
}

t.test('SIGTERM and SIGINT end both parts and the supervisor with 0, within 2 s', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, ended, lives } = await supervised(t, 'agent=good', 'collector=good')
    const startedAt = performance.now()
    child.kill(signal)
    t.equal(await ended, 0, signal)
    t.ok(performance.now() - startedAt < STOP_MS_MAX)
    for (const part of ['agent', 'collector']) t.notOk(lives(part).some(isAlive), `${part} ended`)
  }
})

t.test('a part that will not end is killed, still within 2 s', async (t) => {
  const { child, ended, lives } = await supervised(t, 'agent=stubborn', 'collector=good')
  const startedAt = performance.now()
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  t.ok(performance.now() - startedAt < STOP_MS_MAX, `${performance.now() - startedAt} ms`)
  t.notOk(lives('agent').some(isAlive))
})

t.test('a killed part is started again, and the other never notices', async (t) => {
  const { lives, err } = await supervised(t, 'agent=good', 'collector=good')
  for (const [killed, other] of [
    ['agent', 'collector'],
    ['collector', 'agent'],
  ] as const) {
    const [first = 0] = lives(killed)
    const before = lives(other)
    process.kill(first, 'SIGKILL')
    t.ok(await until(() => lives(killed).length === 2, 5000), `${killed} lives again`)
    t.match(err(), new RegExp(`${killed} ended \\(SIGKILL\\); it starts again in 1 s`))
    t.strictSame(lives(other), before, `${other} is the same process`)
    t.ok(isAlive(before.at(-1) ?? 0))
  }
})

t.test('no orphan outlives a supervisor that was killed', async (t) => {
  const { child, ended, lives } = await supervised(t, 'agent=good', 'collector=good')
  const pids = [...lives('agent'), ...lives('collector')]
  t.equal(pids.filter(isAlive).length, 2, 'both live')
  child.kill('SIGKILL')
  await ended
  t.ok(await until(() => !pids.some(isAlive), 3000), 'both are gone')
})

t.test(
  'a part that cannot start as it is set up ends all with 1, says why, and is not tried again',
  async (t) => {
    const { ended, lives, err } = await supervised(t, 'agent=taken', 'collector=good')
    t.equal(await ended, 1)
    t.match(err(), /agent cannot start: port 5300 on 127\.0\.0\.1 is taken by another program/)
    t.match(err(), /agent cannot start as it is set up/)
    t.equal(lives('agent').length, 1)
    t.notOk(lives('collector').some(isAlive))
  },
)

t.test('a collector that cannot start leaves the agent serving, and is told', async (t) => {
  const { child, ended, lives, err } = await supervised(t, 'agent=good', 'collector=taken')
  t.ok(await until(() => err().includes('the rest goes on without it'), 3000), err())
  t.equal(child.exitCode, null)
  t.ok(lives('agent').some(isAlive))
  child.kill('SIGTERM')
  t.equal(await ended, 0)
})

t.test('SIGHUP reaches the agent and harms neither', async (t) => {
  const { child, lives, folder } = await supervised(t, 'agent=good', 'collector=good')
  child.kill('SIGHUP')
  t.ok(await until(() => existsSync(join(folder, 'agent.hups')), 2000))
  t.notOk(existsSync(join(folder, 'collector.hups')))
  t.ok([...lives('agent'), ...lives('collector')].every(isAlive))
})

t.test(
  'the wait before a restart doubles from 1 s to 30 s and starts over after a healthy minute',
  (t) => {
    const delays = [0, 0, 0, 0, 0, 0, 0].reduce<number[]>(
      (all) => [...all, restartDelay(all.at(-1) ?? 0, 500)],
      [],
    )
    t.strictSame(delays, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    t.equal(restartDelay(30_000, 59_999), 30_000)
    t.equal(restartDelay(30_000, 60_000), 1000)
    t.end()
  },
)
