/** The second line, in namespaces: a box with two cables to one internet, and its self-test as an administrator has it. */
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkBackup } from '#agent/selftest/check-backup.ts'
import { connect, Namespace, namespacesMissing } from '#test/support/namespaces.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const RESOLVER = join(import.meta.dirname, '..', 'cli', 'other-resolver-child.ts')
const UPSTREAM = '198.51.100.53'
const BACKUP = '192.0.2.130'
const skip = namespacesMissing()

t.setTimeout(280_000)

t.test(
  'the second line is proven, or it is said why not',
  { skip, timeout: 270_000 },
  async (t) => {
    const box = new Namespace(t, `box-${process.pid}`)
    const net = new Namespace(t, `net-${process.pid}`)
    connect([box, 'b0'], [net, 'n0'])
    connect([box, 'b1'], [net, 'n1'])
    for (const command of ['b0 192.0.2.2', `b1 ${BACKUP}`]) {
      const [name, address] = command.split(' ')
      box.run(`ip addr add ${address}/25 dev ${name}`)
    }
    box.run('ip route add default via 192.0.2.1')
    net.run('ip addr add 192.0.2.1/25 dev n0')
    net.run('ip addr add 192.0.2.129/25 dev n1')
    net.run(`ip addr add ${UPSTREAM}/32 dev lo`)
    const resolver = net.spawn(t, process.execPath, [RESOLVER, UPSTREAM])
    await once(resolver.stdout!, 'data')

    const folder = shortFolder(t)
    const file = join(folder, 'edge.yaml')
    mkdirSync(join(folder, 's'), { mode: 0o700 })
    const config = {
      listen: { dns: [{ address: '127.0.0.1', port: 5300 }] },
      networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
      upstreams: [{ address: UPSTREAM }],
      collector: { url: 'http://127.0.0.1:9' },
      link: { 'backup-address': BACKUP },
    }
    writeFileSync(file, JSON.stringify(config))
    const state = ['--state', join(folder, 's')]
    box.spawn(t, process.execPath, [PROGRAM, 'agent', '--config', file, ...state])
    const edge = async (...words: readonly string[]): Promise<string> => {
      const child = box.spawn(t, process.execPath, [PROGRAM, ...words, ...state])
      let out = ''
      child.stdout?.on('data', (part) => (out += String(part)))
      await once(child, 'close')
      return out
    }
    await until(async () => (await edge('status')).includes('policy'), 'the agent')
    const sent = (): number => Number(box.run('cat /sys/class/net/b1/statistics/tx_packets'))

    t.match(
      await edge('selftest'),
      /backup line +0 passed, 1 unknown\n.*leaves as all else does, by b0/,
    )
    t.match(await edge('proof'), /^backup line {2}not proven: what is sent from 192\.0\.2\.130/m)

    box.run('ip route add default via 192.0.2.129 table 9')
    box.run(`ip rule add from ${BACKUP} table 9`)
    const before = sent()
    t.match(await edge('selftest'), /^backup line +\d{3,} passed$/m)
    t.ok(sent() - before > 20, 'it was asked there')
    t.match(await edge('proof'), /^backup line {2}proven, \d{3,} things right$/m)

    net.run(`ip route add blackhole ${BACKUP}/32`)
    t.match(await edge('selftest'), /failed +no upstream answers through it/)
    t.match(await edge('proof'), /^backup line {2}failed: no upstream answers through it$/m)
  },
)

t.test(
  'an address that this machine has not proves nothing, and without one nothing is tried',
  async (t) => {
    const checked = (backupAddress: string | undefined) => {
      const config = { link: { backupAddress }, upstreams: [{ address: UPSTREAM }] }
      return checkBackup({ keeper: { config }, localAddresses: () => ['192.0.2.2'] } as never)
    }
    t.strictSame(await checked(undefined), [])
    t.match(await checked(BACKUP), [
      { passed: 0, failed: [], unknown: [/^192\.0\.2\.130 is no address of this machine/] },
    ])
    t.match(await checked('2001:db8::1'), [{ unknown: [/is no address/] }])
  },
)
