/** The self-test from each network of a machine that is in two of them: over its own sockets, judged by each network's policy, and found out when one goes silent. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readProof } from '#agent/proof/proof-log.ts'
import { run } from '#test/cli/run.ts'
import { Namespace, namespacesMissing } from '#test/support/namespaces.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const METRICS = 'http://127.0.0.1:9153/metrics'
const SILENT = 'no answer over UDP from 192.0.2.129'

const CONFIG = {
  listen: {
    // Those who show no cookie are sent to TCP; the self-test needs none.
    cookies: 'require',
    dns: ['127.0.0.1', '192.0.2.1', '192.0.2.129'].map((address) => ({ address, port: 53 })),
    metrics: { address: '127.0.0.1', port: 9153 },
  },
  networks: [
    { cidr: '192.0.2.0/25', group: 'ks1', name: 'nursery' },
    { cidr: '192.0.2.128/25', group: 'staff', name: 'staff room' },
    { cidr: '198.51.100.0/24', group: 'ks4', name: 'far away' },
  ],
  upstreams: [{ address: '127.0.0.1', port: 9 }],
  collector: { url: 'http://127.0.0.1:9' },
  limits: { 'upstream-timeout-ms': 200, 'upstream-tries': 1 },
}

const skip = namespacesMissing([['nft', 'nftables']])

t.setTimeout(240_000)

t.test('a machine in two networks asks from both', { skip, timeout: 230_000 }, async (t) => {
  const box = new Namespace(t, `selftest-${process.pid}`)
  for (const command of [
    'ip link add lan type bridge',
    'ip link set lan up',
    'ip addr add 192.0.2.1/25 dev lan',
    'ip addr add 192.0.2.129/25 dev lan',
  ])
    box.run(command)
  const folder = shortFolder(t)
  const file = join(folder, 'edge.yaml')
  const state = join(folder, 'state')
  writeFileSync(file, JSON.stringify(CONFIG))
  mkdirSync(state, { mode: 0o700 })
  const words = [PROGRAM, 'agent', '--state', state, '--config', file]
  const agent = box.spawn(t, process.execPath, words)
  agent.stderr?.resume()
  const edge = (...more: readonly string[]) => run(folder, ...more, '--state', state)
  /** What the metrics say of blocks and rewrites of clients' questions; nothing is there before the first. */
  const blocked = (): string => {
    const script = `fetch('${METRICS}').then((r)=>r.text()).then(console.log)`
    const args = ['netns', 'exec', box.name, process.execPath, '-e', script]
    const { stdout } = spawnSync('ip', args, { encoding: 'utf8' })
    const isOne = (line: string): boolean => /^edge_dns_\w+_total\{.*(blocked|rewritten)/.test(line)
    return stdout.includes('edge_') ? stdout.split('\n').filter(isOne).join('\n') : 'no metrics'
  }
  await until(async () => (await edge('status')).code !== 3 && blocked() === '', 'the agent')

  const first = await edge('selftest')
  t.match(first.out, /^network nursery, ks1 +\d+ passed.*, asked over UDP from 192\.0\.2\.1$/m)
  t.match(
    first.out,
    /^network staff room, staff +\d+ passed.*, asked over UDP from 192\.0\.2\.129$/m,
  )
  t.match(first.out, /^network far away, ks4 +\d+ passed.*, rehearsed in the box/m)
  t.notMatch(first.out, /FAILED/)
  t.equal(blocked(), '', 'none of it is a lookup of anybody')
  t.match(await edge('events'), { out: /no safeguarding events/ }, 'nobody is alarmed')

  // Only one of the two addresses goes silent.
  box.run('nft add table ip break')
  box.run('nft add chain ip break in { type filter hook input priority 0 ; }')
  box.run('nft add rule ip break in ip daddr 192.0.2.129 udp dport 53 drop')
  const broken = await edge('selftest')
  t.equal(broken.code, 1)
  t.match(broken.out, new RegExp(`^ {2}failed {3}${SILENT}$`, 'm'))
  t.match(broken.out, /^network nursery, ks1 +\d+ passed.*, asked over UDP from 192\.0\.2\.1$/m)
  box.run('nft delete table ip break')

  // Whoever sits in a network with another group's policy is found, too.
  const identity = { devices: [{ address: '192.0.2.1', group: 'staff' }] }
  writeFileSync(file, JSON.stringify({ ...CONFIG, identity }))
  await until(
    async () =>
      (await edge('explain', 'example.org', '--client', '192.0.2.1')).out.includes('staff'),
    'the new configuration',
  )
  const moved = await edge('selftest')
  t.match(moved.out, /^ {2}failed {3}192\.0\.2\.1 gets group staff in place of ks1$/m)
  t.notMatch(moved.out, new RegExp(SILENT), 'that one is well again')

  const { rows } = readProof(join(state, 'agent'), 0)
  t.match(
    rows.map(({ failures, networks }) => ({ failures: failures.join('\n'), networks })),
    [
      {
        networks: {
          'network nursery, ks1': 'asked over UDP from 192.0.2.1',
          'network staff room, staff': 'asked over UDP from 192.0.2.129',
          'network far away, ks4': /^rehearsed in the box/,
        },
      },
      { failures: new RegExp(`network staff room, staff: ${SILENT}`) },
      { failures: /network nursery, ks1: 192\.0\.2\.1 gets group staff/ },
    ],
  )
  t.match(await edge('proof'), {
    out: /^network staff room, staff {2}asked over UDP from 192\.0\.2\.129$/m,
  })
  const ended = once(agent, 'close')
  agent.kill('SIGTERM')
  await ended
  const outbox = readFileSync(join(state, 'agent', 'outbox.db'), 'latin1')
  t.equal(outbox.split('"selftest-changed"').length - 1, 2, 'each change is an event')
  t.match(outbox, new RegExp(SILENT))
})
