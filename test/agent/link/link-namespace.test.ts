/** The three causes told apart on a real network stack: a box, a router and what lies behind it, in two network namespaces. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import type { EventBody, LinkChanged } from '#domain/event.ts'
import { pem, until } from '../outbox/outbox-support.ts'

const BOX = `edge-box-${process.pid}`
const NET = `edge-net-${process.pid}`
const UPSTREAMS = [
  { address: '198.51.100.53', port: 53 },
  { address: '2001:db8:53::53', port: 53 },
]
const TARGETS = [{ host: '203.0.113.7', port: 443 }]
/** Far less than the 30 s allowed at ten-second intervals: rounds are twenty times as frequent here. */
const TOLD_WITHIN_MS = 5000

function sh(...words: string[]): void {
  const [file = '', ...args] = words
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function missing(): string | false {
  if (process.getuid?.() !== 0) return 'network namespaces take root'
  for (const [tool, debianPackage] of [
    ['ip', 'iproute2'],
    ['nft', 'nftables'],
  ] as const)
    try {
      sh('which', tool)
    } catch {
      return `${tool} is missing: install the Debian package ${debianPackage}`
    }
  try {
    sh('ip', 'netns', 'add', `${BOX}-try`)
    sh('ip', 'netns', 'del', `${BOX}-try`)
    return false
  } catch {
    return 'this kernel or container allows no network namespaces'
  }
}

const skip = missing()

function inBox(command: string): void {
  sh('ip', 'netns', 'exec', BOX, ...command.split(' '))
}

function inNet(command: string): void {
  sh('ip', 'netns', 'exec', NET, ...command.split(' '))
}

/** Lets packets through again, or drops those that match. */
function drop(...matches: string[]): void {
  const rules = matches.map((match) => `${match} drop`).join('\n')
  const text = `flush ruleset\ntable inet cut {\nchain in { type filter hook input priority 0;\n${rules}\n}\n}\n`
  execFileSync('ip', ['netns', 'exec', NET, 'nft', '-f', '-'], { input: text })
}

function buildNetwork(t: Test): void {
  t.teardown(() => {
    sh('ip', 'netns', 'del', BOX)
    sh('ip', 'netns', 'del', NET)
  })
  sh('ip', 'netns', 'add', BOX)
  sh('ip', 'netns', 'add', NET)
  sh(
    'ip',
    'link',
    'add',
    'box0',
    'netns',
    BOX,
    'type',
    'veth',
    'peer',
    'name',
    'net0',
    'netns',
    NET,
  )
  for (const command of [
    'ip link set lo up',
    'ip addr add 192.0.2.1/24 dev net0',
    'ip addr add 2001:db8:1::1/64 dev net0 nodad',
    'ip addr add 198.51.100.53/32 dev lo',
    'ip addr add 203.0.113.7/32 dev lo',
    'ip addr add 2001:db8:53::53/128 dev lo nodad',
    'ip link set net0 up',
  ])
    inNet(command)
  for (const command of [
    'ip link set lo up',
    'ip addr add 192.0.2.2/24 dev box0',
    'ip addr add 2001:db8:1::2/64 dev box0 nodad',
    'ip link set box0 up',
    'ip route add default via 192.0.2.1',
    'ip route add default via 2001:db8:1::1',
  ])
    inBox(command)
}

function child(namespace: string, file: string, ...args: string[]): ChildProcess {
  const script = join(import.meta.dirname, file)
  return spawn('ip', ['netns', 'exec', namespace, process.execPath, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  })
}

async function kill(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  process.kill('SIGKILL')
  await once(process, 'close')
}

async function serve(t: Test, kind: 'dns' | 'tcp', ...addresses: string[]): Promise<ChildProcess> {
  const server = child(NET, 'resolver-child.ts', kind, ...addresses)
  t.teardown(() => kill(server))
  let ready = 0
  if (server.stdout) createInterface({ input: server.stdout }).on('line', () => ready++)
  await until('a server', () => ready === addresses.length)
  return server
}

interface Box {
  readonly process: ChildProcess
  readonly changes: LinkChanged[]
}

function startBox(
  t: Test,
  dir: string,
  given: { upstreams?: typeof UPSTREAMS; targets?: typeof TARGETS } = {},
): Box {
  const keyFile = join(dir, 'key.pem')
  writeFileSync(keyFile, pem)
  const options = { stateDir: dir, keyFile, upstreams: UPSTREAMS, targets: TARGETS, ...given }
  const agent = child(BOX, 'agent-child.ts', JSON.stringify(options))
  t.teardown(() => kill(agent))
  const changes: LinkChanged[] = []
  if (agent.stdout)
    createInterface({ input: agent.stdout }).on('line', (line) => {
      const body: EventBody = JSON.parse(line)
      if (body.kind === 'link-changed') changes.push(body)
    })
  return { process: agent, changes }
}

/** Waits until the box says so, and says how long it took. */
async function told(t: Test, { changes }: Box, what: string): Promise<void> {
  const startedMs = performance.now()
  const last = (): string => `${changes.at(-1)?.to}/${changes.at(-1)?.cause}`
  await until(`${what}, not ${last()}`, () => last() === what, TOLD_WITHIN_MS).catch((error) => {
    throw new Error(
      `said ${changes.map(({ to, cause, detail }) => `${to}/${cause} (${detail})`).join(', ')}`,
      { cause: error },
    )
  })
  t.pass(`${what} after ${Math.round(performance.now() - startedMs)} ms: ${changes.at(-1)?.detail}`)
}

t.test('line, upstream and agent are told apart, and each heals', { skip }, async (t) => {
  buildNetwork(t)
  await serve(t, 'tcp', '203.0.113.7')
  let resolvers = await serve(t, 'dns', '198.51.100.53', '2001:db8:53::53')
  const dir = t.testdir()
  let box = startBox(t, dir)
  await told(t, box, 'up/none')

  await kill(resolvers)
  await told(t, box, 'down/upstream')
  resolvers = await serve(t, 'dns', '198.51.100.53', '2001:db8:53::53')
  await told(t, box, 'up/none')

  drop('udp dport 53')
  await told(t, box, 'down/upstream')
  drop()
  await told(t, box, 'up/none')

  drop('ip daddr { 198.51.100.0/24, 203.0.113.0/24 }', 'ip6 daddr 2001:db8:53::/48')
  await told(t, box, 'down/line')
  drop()
  await told(t, box, 'up/none')

  inNet('ip link set net0 down')
  await told(t, box, 'down/line')
  inNet('ip link set net0 up')
  inNet('ip addr add 2001:db8:1::1/64 dev net0 nodad')
  await told(t, box, 'up/none')

  drop('ip daddr 198.51.100.0/24')
  await told(t, box, 'degraded/upstream')
  drop()

  const killedAt = Date.now()
  await kill(box.process)
  const before = box.changes.length
  t.ok(before >= 10)
  box = startBox(t, dir)
  await told(t, box, 'up/none')
  t.match(box.changes[0], { from: 'unknown', to: 'unknown', cause: 'agent' })
  const aliveAgoMs = killedAt - (box.changes[0]?.since ?? 0)
  t.ok(
    aliveAgoMs >= 0 && aliveAgoMs < 11_000,
    `last known alive ${aliveAgoMs} ms before it was killed`,
  )
  await kill(box.process)
})

t.test('without any target, what the router does decides', { skip }, async (t) => {
  buildNetwork(t)
  await serve(t, 'dns', '198.51.100.53', '2001:db8:53::53')
  const both = startBox(t, t.testdir({ one: {} }), { targets: [] })
  await told(t, both, 'up/none')
  drop('ip daddr 198.51.100.0/24', 'ip6 daddr 2001:db8:53::/48')
  await told(t, both, 'down/line')
  drop()
  await told(t, both, 'up/none')
  await kill(both.process)

  const one = startBox(t, t.testdir({ two: {} }), { targets: [], upstreams: UPSTREAMS.slice(0, 1) })
  await told(t, one, 'up/none')
  drop('ip daddr 198.51.100.0/24')
  await told(t, one, 'down/upstream')
  drop('ip daddr 198.51.100.0/24', 'ip daddr 192.0.2.1', 'ip6 daddr 2001:db8:1::1')
  await told(t, one, 'down/line')
  drop()
  await told(t, one, 'up/none')
  await kill(one.process)
})
