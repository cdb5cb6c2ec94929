import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { shortFolder } from '#test/support/short-folder.ts'
import { run } from './run.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const READY_MS_MAX = 30_000
const STOP_MS_MAX = 2000
const NOBODY = 65_534

/** Root by name alone (setpriv(1)): for a checkout that only root may enter. */
const POWERLESS = ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all']

/** Listens where the system likes and asks nobody, so that a test disturbs nothing on this machine. */
const CONFIG = `listen:
  dns: [{address: 127.0.0.1, port: 0}]
  metrics: {address: 127.0.0.1, port: 0}
upstreams: []
`
const PORTS = ['--console', '127.0.0.1:0', '--metrics', '127.0.0.1:0', '--log-level', 'error']

interface Started {
  readonly child: ChildProcess
  readonly state: string
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<number | null>
}

function start(
  t: Test,
  options: {
    readonly config?: string
    readonly uid?: number
    readonly onTerminal?: boolean
    readonly hasNoPrivileges?: boolean
  } = {},
): Started {
  const folder = shortFolder(t)
  const state = join(folder, 'state')
  writeFileSync(join(folder, 'edge.yaml'), options.config ?? CONFIG)
  const { uid } = options
  if (uid !== undefined) chownSync(folder, uid, uid)
  const words = [process.execPath, MAIN, 'start', '--state', state, ...PORTS]
  const [command = '', ...args] = wrapped(words, options)
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (part) => (out += part))
  child.stderr.on('data', (part) => (err += part))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  return { child, state, out: () => out, err: () => err, ended }
}

function wrapped(
  words: readonly string[],
  {
    onTerminal,
    hasNoPrivileges,
  }: { readonly onTerminal?: boolean; readonly hasNoPrivileges?: boolean },
): readonly string[] {
  if (onTerminal) return ['script', '-qec', words.join(' '), '/dev/null']
  return hasNoPrivileges ? [...POWERLESS, ...words] : words
}

async function isReady({ out, child }: Started): Promise<boolean> {
  for (const end = performance.now() + READY_MS_MAX; performance.now() < end; ) {
    if (child.exitCode !== null) return false
    if (out().includes('configuration: ')) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

t.test('one command runs everything, tells how to try it, and stops cleanly', async (t) => {
  const started = start(t)
  const { child, state, out, err, ended } = started
  t.ok(await isReady(started), err())

  t.match(out(), /^ {2}dig @127\.0\.0\.1 -p \d+ localhost {4}is answered$/m)
  t.match(out(), /^off: forwarding \(no upstream/m)
  t.match(out(), new RegExp(`for a code: .*sign-in-code --state ${state}$`, 'm'))
  t.notMatch(out() + err(), /one-time code/, 'a code is not for a pipe')

  for (const folder of ['', 'agent', 'collector', 'enrolled', 'cache'])
    t.equal(statSync(join(state, folder)).mode & 0o777, 0o700, folder)
  t.equal(statSync(join(state, 'agent', 'appliance.key')).mode & 0o777, 0o600)
  t.equal(readdirSync(join(state, 'enrolled')).length, 1)
  t.ok(existsSync(join(state, 'cache', 'compile')), 'compiled code is kept')

  t.match(await run(state, 'status', '--state', state), { code: 1, out: /no upstream/ })
  const explained = await run(state, 'explain', 'use-application-dns.net', '--state', state)
  t.match(explained, { code: 0, out: /^verdict: block/m })
  const rewritten = await run(state, 'explain', 'www.google.com', '--state', state)
  t.match(rewritten, { code: 0, out: /^verdict: rewrite/m })
  const { code, out: signInCode } = await run(state, 'sign-in-code', '--state', state)
  t.equal(code, 0)
  t.notOk(out().includes(signInCode.trim()))
  const url = /^console: (\S+)/m.exec(out())?.[1] ?? ''
  t.equal((await fetch(`${url}/sign-in`)).status, 200, `${url} answers`)

  const startedAt = performance.now()
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  t.ok(performance.now() - startedAt < STOP_MS_MAX, `${performance.now() - startedAt} ms to stop`)
  t.notOk(existsSync(join(state, 'agent', 'agent.sock')))
  t.notOk(isAnyoneUsing(state), 'nobody is left behind')
})

t.test(
  'the code is shown to a person at a terminal',
  { skip: spawnSync('script', ['--version']).status === 0 ? false : 'needs script(1)' },
  async (t) => {
    const started = start(t, { onTerminal: true })
    t.ok(await isReady(started), started.out())
    t.match(started.out(), /one-time code [0-9A-Z]{4}/)
  },
)

t.test(
  'nothing of it needs root',
  { skip: process.getuid?.() === 0 ? false : 'runs as an ordinary user already' },
  async (t) => {
    const reaches =
      spawnSync(process.execPath, ['-e', ''], { uid: NOBODY, gid: NOBODY }).status === 0
    const started = start(t, reaches ? { uid: NOBODY } : { hasNoPrivileges: true })
    t.ok(await isReady(started), started.err())
    t.equal(statSync(started.state).uid, reaches ? NOBODY : 0)
  },
)

t.test('a port that is taken ends it with 1 and the port, not with a loop', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const config = CONFIG.replace('port: 0', `port: ${port}`)
  const { ended, err } = start(t, { config })
  t.equal(await ended, 1)
  t.match(err(), new RegExp(`cannot start: .*port ${port}.* another program`))
  t.notMatch(err(), /starts again/)
})

t.test('a second start on the same state folder is refused, and the first goes on', async (t) => {
  const started = start(t)
  t.ok(await isReady(started), started.err())
  const second = await run(join(started.state, '..'), 'start', '--state', started.state, ...PORTS)
  t.match(second, { code: 1, err: /it already runs on .*; stop that first/ })
  t.match(await run('/', 'status', '--state', started.state), { out: /^state/ })
})

/** Whether a process has a folder on its command line. */
function isAnyoneUsing(folder: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false // It ended while we looked.
    }
  })
}
