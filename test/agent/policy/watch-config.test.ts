import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { isRefused } from '#agent/policy/config.ts'
import { findConfig, loadConfig } from '#agent/policy/config-source.ts'
import type { ConfigProblems } from '#agent/policy/problem.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { type ConfigWatchOptions, watchConfig } from '#agent/policy/watch-config.ts'

type Outcome = ReadyConfig | ConfigProblems

/** Watches `edge.yaml` of a fresh folder and lets a test wait for what is told. */
function watched(t: Test, text: string, options: Partial<ConfigWatchOptions> = {}) {
  const folder = t.testdir({ 'edge.yaml': text })
  const file = join(folder, 'edge.yaml')
  const told: Outcome[] = []
  const watch = watchConfig({
    source: { kind: 'file', path: file },
    onOutcome: (outcome) => told.push(outcome),
    quietMs: 30,
    ...options,
  })
  t.teardown(() => watch.close())
  return { file, folder, told, watch }
}

async function until(done: () => boolean, ms = 3000): Promise<void> {
  for (const end = performance.now() + ms; !done() && performance.now() < end; ) await pause(10)
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

t.test('a changed file is told once, however many steps an editor takes', async (t) => {
  const { file, told } = watched(t, 'block: {ttl-seconds: 1}')
  for (const seconds of [2, 3, 4, 5]) writeFileSync(file, `block: {ttl-seconds: ${seconds}}`)
  await until(() => told.length > 0)
  await pause(150)
  t.equal(told.length, 1)
  t.match(told[0], { block: { ttlSeconds: 5 } })
})

t.test('a file replaced by a rename is seen, again and again', async (t) => {
  const { file, folder, told } = watched(t, 'block: {ttl-seconds: 1}')
  for (const seconds of [2, 3]) {
    const aside = join(folder, '.edge.yaml.swp')
    writeFileSync(aside, `block: {ttl-seconds: ${seconds}}`)
    renameSync(aside, file)
    await until(() => told.length === seconds - 1)
  }
  t.match(told, [{ block: { ttlSeconds: 2 } }, { block: { ttlSeconds: 3 } }])
})

t.test(
  'a bad file and a file that went away are problems, a good one afterwards is used',
  async (t) => {
    const { file, told } = watched(t, '')
    writeFileSync(file, 'nonsense: true')
    await until(() => told.length === 1)
    rmSync(file)
    await until(() => told.length === 2)
    writeFileSync(file, 'block: {ttl-seconds: 9}')
    await until(() => told.length === 3)
    t.match(told, [
      { failure: 'config-refused', problems: [{ path: 'nonsense' }] },
      { failure: 'config-refused', problems: [{ found: 'no such file' }] },
      { block: { ttlSeconds: 9 } },
    ])
  },
)

t.test('touching a file without changing it tells nothing; reload tells always', async (t) => {
  const { file, told, watch } = watched(t, 'block: {ttl-seconds: 1}')
  writeFileSync(file, 'block: {ttl-seconds: 1}')
  await pause(200)
  t.equal(told.length, 0)
  watch.reload()
  t.equal(told.length, 1)
})

t.test('a file behind a link into another folder is found by the regular look', async (t) => {
  const folder = t.testdir({ a: { 'edge.yaml': 'block: {ttl-seconds: 1}' }, etc: {} })
  const file = join(folder, 'etc', 'edge.yaml')
  symlinkSync(join(folder, 'a', 'edge.yaml'), file)
  const told: Outcome[] = []
  const watch = watchConfig({
    source: { kind: 'file', path: file },
    onOutcome: (outcome) => told.push(outcome),
    lookEveryMs: 50,
  })
  t.teardown(() => watch.close())
  writeFileSync(join(folder, 'a', 'edge.yaml'), 'block: {ttl-seconds: 2}')
  await until(() => told.length > 0)
  t.match(told, [{ block: { ttlSeconds: 2 } }])
})

t.test('the built-in defaults are told again when asked to', (t) => {
  const told: Outcome[] = []
  const watch = watchConfig({ source: { kind: 'embedded' }, onOutcome: (one) => told.push(one) })
  watch.reload()
  watch.close()
  t.match(told, [{ policyId: 'embedded' }])
  t.end()
})

t.test('a closed watch tells nothing more', async (t) => {
  const { file, told, watch } = watched(t, '')
  writeFileSync(file, 'block: {ttl-seconds: 2}')
  watch.close()
  await pause(150)
  t.equal(told.length, 0)
})

t.test('the search: flag, environment, folder, system, built-in defaults', (t) => {
  const folder = t.testdir({ 'edge.yaml': '', none: {}, 'system.yaml': '' })
  const none = join(folder, 'none')
  const systemFile = join(folder, 'system.yaml')
  const all = { flag: 'a.yaml', environment: 'b.yaml', folder, systemFile }
  const path = (file: string) => ({ kind: 'file', path: join(folder, file) })
  t.strictSame(findConfig(all), path('a.yaml'), 'a named file that is not there is not passed over')
  t.strictSame(findConfig({ ...all, flag: undefined }), path('b.yaml'))
  t.strictSame(findConfig({ folder, systemFile }), path('edge.yaml'))
  t.strictSame(findConfig({ folder: none, systemFile }), path('system.yaml'))
  t.strictSame(findConfig({ folder: none, systemFile: join(none, 'x') }), { kind: 'embedded' })
  t.end()
})

t.test('a file that cannot be read is a problem with its reason', (t) => {
  const folder = t.testdir({ 'bytes.yaml': Buffer.from([0x61, 0xff, 0xfe]) })
  mkdirSync(join(folder, 'edge.yaml'))
  const found = (file: string) => {
    const outcome = loadConfig({ kind: 'file', path: join(folder, file) })
    return isRefused(outcome) ? outcome.problems[0]?.found : 'nothing wrong'
  }
  t.equal(found('bytes.yaml'), 'bytes that are not UTF-8')
  t.equal(found('gone.yaml'), 'no such file')
  t.match(found('edge.yaml'), /cannot be read \(EISDIR\)/)
  t.end()
})
