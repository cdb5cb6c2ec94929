/**
 * A firewall that knows groups: devices of pupils and of staff in each other's networks, each a network namespace, and between them and another resolver a box
 * that routes and runs a real agent.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { firewallText, planFirewall } from '#agent/firewall/make-rules.ts'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { isFailure } from '#domain/failure.ts'
import { connect, Namespace, namespacesMissing } from '#test/support/namespaces.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { run } from './run.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const SERVER = join(import.meta.dirname, 'other-resolver-child.ts')
const RESOLVER = '198.51.100.53'
const RESOLVER6 = '2001:db8:53::53'
const DOH = '9.9.9.9'
const FILTERED = 'NXDOMAIN'
const AROUND = '192.0.2.66'

/** What is plugged in: in which network, at what address, and whether the box is to filter it. */
const MACHINES = [
  { name: 'pupil', lan: 'ks3', address: '192.0.2.10', mac: '00:00:5e:00:53:01', isGuarded: true },
  {
    name: 'teacher',
    lan: 'ks3',
    address: '192.0.2.11',
    mac: '00:00:5e:00:53:02',
    isGuarded: false,
  },
  { name: 'desk', lan: 'ks3', address: '192.0.2.12', mac: '00:00:5e:00:53:03', isGuarded: false },
  {
    name: 'member',
    lan: 'staff',
    address: '192.0.2.140',
    mac: '00:00:5e:00:53:04',
    isGuarded: false,
  },
  {
    name: 'tablet',
    lan: 'staff',
    address: '192.0.2.141',
    mac: '00:00:5e:00:53:05',
    isGuarded: true,
  },
  {
    name: 'trolley',
    lan: 'staff',
    address: '192.0.2.142',
    mac: '00:00:5e:00:53:06',
    isGuarded: true,
  },
] as const

const OWNERS = [
  'MAC address,Device name,Group',
  '00:00:5e:00:53:06,=cmd(),ks2',
  '02:00:5e:00:53:07,made up,staff',
  '00:00:5e:00:53:08,unknown,"no such; group"',
].join('\n')

const CONFIG = {
  listen: {
    dns: [
      { address: '0.0.0.0', port: 53 },
      { address: '::', port: 53 },
    ],
    metrics: { address: '127.0.0.1', port: 9153 },
  },
  networks: [
    { cidr: '192.0.2.0/25', group: 'ks3' },
    { cidr: '192.0.2.128/25', group: 'staff' },
    { cidr: '2001:db8:1::/64', group: 'ks3' },
  ],
  identity: {
    owners: 'owners.csv',
    devices: [
      // By a user, in spite of what is said of the device itself: as in the policy.
      { mac: '00:00:5e:00:53:02', user: 'H.Teacher', group: 'ks1' },
      { address: '192.0.2.12', group: 'staff' },
      { mac: '00:00:5e:00:53:05', group: 'ks1' },
    ],
    assign: [{ user: 'h.teacher', group: 'staff' }],
  },
  deny: [{ name: 'denied.test', reason: 'a test' }],
  upstreams: [{ address: RESOLVER }],
  collector: { url: 'http://127.0.0.1:9' },
  firewall: { exempt: ['staff'] },
}

const skip = namespacesMissing([
  ['nft', 'nftables'],
  ['dig', 'dnsutils'],
  ['unshare', 'util-linux'],
])

interface School {
  readonly box: Namespace
  readonly net: Namespace
  readonly machines: ReadonlyMap<string, Namespace>
}

function build(t: Test): School {
  const named = (name: string): Namespace => new Namespace(t, `group-${process.pid}-${name}`)
  const [box, net] = [named('box'), named('net')]
  connect([box, 'wan'], [net, 'n0'])
  for (const command of [
    'ip link add ks3 type bridge',
    'ip link add staff type bridge',
    'ip link set ks3 up',
    'ip link set staff up',
    'ip addr add 192.0.2.1/25 dev ks3',
    'ip addr add 2001:db8:1::1/64 dev ks3 nodad',
    'ip addr add 192.0.2.129/25 dev staff',
    'ip addr add 203.0.113.1/24 dev wan',
    'ip addr add 2001:db8:2::1/64 dev wan nodad',
    'ip route add default via 203.0.113.2',
    'ip route add default via 2001:db8:2::2',
    'sysctl -qw net.ipv4.ip_forward=1',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
  ])
    box.run(command)
  for (const command of [
    'ip addr add 203.0.113.2/24 dev n0',
    'ip addr add 2001:db8:2::2/64 dev n0 nodad',
    `ip addr add ${RESOLVER}/32 dev lo`,
    `ip addr add ${RESOLVER6}/128 dev lo nodad`,
    `ip addr add ${DOH}/32 dev lo`,
    'ip route add 192.0.2.0/24 via 203.0.113.1',
    'ip route add 2001:db8:1::/64 via 2001:db8:2::1',
  ])
    net.run(command)
  const machines = MACHINES.map(({ name, lan, address, mac }) => {
    const one = named(name)
    connect([box, name], [one, 'e0'])
    box.run(`ip link set ${name} master ${lan}`)
    one.run(`ip link set e0 address ${mac}`)
    one.run(`ip addr add ${address}/25 dev e0`)
    one.run(`ip route add default via ${lan === 'ks3' ? '192.0.2.1' : '192.0.2.129'}`)
    if (lan === 'ks3') {
      one.run(`ip addr add 2001:db8:1::${address.slice(-2)}/64 dev e0 nodad`)
      one.run('ip route add default via 2001:db8:1::1')
    }
    return [name, one] as const
  })
  return { box, net, machines: new Map(machines) }
}

/** The address in the answer, or the answer's code where there is none. */
function dig({ name }: Namespace, server: string, ...more: readonly string[]): string {
  const words = [`@${server}`, '+time=2', '+tries=1', 'denied.test', 'A', ...more]
  const { stdout } = spawnSync('ip', ['netns', 'exec', name, 'dig', ...words], { encoding: 'utf8' })
  return (
    /^denied\.test\.\s.*\sA\s+(\S+)$/m.exec(stdout)?.[1] ??
    /status: (\w+)/.exec(stdout)?.[1] ??
    'silent'
  )
}

/** How a TCP connection ends: `open`, or the system's word. */
function connectTo({ name }: Namespace, address: string, port: number): string {
  const script = `const s=require('node:net').connect(${port},'${address}');
    s.setTimeout(4000,()=>{console.log('silent');process.exit()});
    s.on('connect',()=>{console.log('open');process.exit()});
    s.on('error',(e)=>console.log(e.code))`
  const words = ['netns', 'exec', name, process.execPath, '-e', script]
  return spawnSync('ip', words, { encoding: 'utf8' }).stdout.trim()
}

t.setTimeout(240_000)

t.test('devices of one group in the network of another', { skip, timeout: 230_000 }, async (t) => {
  const { box, net, machines } = build(t)
  const folder = shortFolder(t)
  const file = join(folder, 'edge.yaml')
  writeFileSync(file, JSON.stringify(CONFIG))
  writeFileSync(join(folder, 'owners.csv'), OWNERS)
  mkdirSync(join(folder, 'state'), { mode: 0o700 })
  const server = net.spawn(t, process.execPath, [SERVER, RESOLVER, RESOLVER6, DOH])
  await once(server.stdout!, 'data')
  const words = ['agent', '--state', join(folder, 'state'), '--config', file]
  box.spawn(t, process.execPath, [PROGRAM, ...words]).stderr?.resume()
  const at = (name: string): Namespace => machines.get(name)!
  const edge = (...more: readonly string[]) => {
    const args = ['netns', 'exec', box.name, process.execPath, PROGRAM, 'firewall']
    const ran = spawnSync('ip', [...args, '--config', file, ...more], { encoding: 'utf8' })
    return { code: ran.status, out: ran.stdout, err: ran.stderr }
  }
  const rules = (): string => box.run('nft -s list ruleset')
  await until(async () => dig(at('pupil'), '192.0.2.1') === FILTERED, 'the agent')
  const own = `table ip box {
    chain c { type filter hook forward priority 5; policy accept; }
  }\n`
  execFileSync('ip', ['netns', 'exec', box.name, 'nft', '-f', '-'], { input: own })
  const before = rules()
  for (const { name } of MACHINES) t.equal(dig(at(name), RESOLVER), AROUND, `${name} without rules`)

  t.match(edge('--apply'), {
    code: 0,
    out: /^by their hardware address, .*: 1 left alone, 2 guarded wherever they are$/m,
  })
  t.match(edge('--check'), { code: 0, out: /^in force, as the configuration says$/m })
  for (const { name, isGuarded } of MACHINES) {
    const one = at(name)
    t.equal(dig(one, RESOLVER), isGuarded ? FILTERED : AROUND, `${name}, UDP`)
    t.equal(dig(one, RESOLVER, '+tcp'), isGuarded ? FILTERED : AROUND, `${name}, TCP`)
    const way = isGuarded ? 'ECONNREFUSED' : 'open'
    t.equal(connectTo(one, RESOLVER, 853), way, `${name}, DNS over TLS`)
    t.equal(connectTo(one, DOH, 443), way, `${name}, DNS over HTTPS`)
  }
  t.equal(dig(at('pupil'), RESOLVER6), FILTERED)
  t.equal(dig(at('teacher'), RESOLVER6), AROUND, 'a device is one, whatever its address')
  t.equal(dig(at('desk'), RESOLVER6), FILTERED, 'one address is exempt, another is not')

  // The address of the desk, taken by somebody else, is still the desk as far as anybody can see; that of a device with a MAC is not.
  at('pupil').run('ip addr add 192.0.2.11/25 dev e0')
  at('teacher').run('ip addr del 192.0.2.11/25 dev e0')
  box.run('ip neigh flush dev ks3')
  t.equal(dig(at('pupil'), RESOLVER, '-b', '192.0.2.11'), FILTERED)

  const standing = rules()
  box.run('nft add element inet supercloud_edge exempt_devices { 00:00:5e:00:53:01 }')
  t.match(edge('--check'), { code: 1, out: /^- .*00:00:5e:00:53:01/m })
  t.match(edge('--apply'), { code: 0 })
  t.equal(rules(), standing)
  writeFileSync(join(folder, 'owners.csv'), 'no list of devices')
  t.match(edge('--apply'), {
    code: 1,
    err: /owners\.csv: no column is called.*nothing was changed/,
  })
  t.equal(rules(), standing, 'who is no longer known is not let out')
  t.match(edge('--undo'), { code: 0, out: /nothing else was touched/ })
  t.equal(rules(), before, 'byte for byte')
  t.equal(dig(at('tablet'), RESOLVER), AROUND)
})

function textOf(config: object): string {
  const parsed = parseConfig(JSON.stringify({ ...CONFIG, ...config }), 'edge.yaml')
  if (isRefused(parsed)) throw new Error(parsed.detail)
  const ready = normalise(parsed, { file: undefined, resolvConf: '', localAddresses: [] })
  const plan = planFirewall(ready)
  return isFailure(plan) ? plan.detail : firewallText(plan)
}

t.test('who is who makes a difference only where a group is exempt', async (t) => {
  t.notMatch(textOf({ firewall: {} }), /ether/)
  const networks = [{ cidr: '192.0.2.128/25', group: 'staff' }]
  const only = textOf({ networks })
  t.match(
    only,
    /ether saddr @guarded_devices ip saddr != @askers_ip .* udp dport 53 counter redirect/,
  )
  t.match(only, /set guarded_devices \{\n +type ether_addr\n +elements = \{ 00:00:5e:00:53:05 \}/)
  t.notMatch(only, /ip6/, 'nothing is named there, and it says so')
  t.match(textOf({ networks, identity: {} }), /^no network is guarded/)
  // A device that is named by both is exempt by its MAC alone, and guarded by either.
  const both = (group: string): string =>
    textOf({ identity: { devices: [{ mac: '00:00:5e:00:53:09', address: '192.0.2.200', group }] } })
  t.match(both('ks1'), /elements = \{ 192\.0\.2\.0-192\.0\.2\.127, 192\.0\.2\.200 \}/)
  t.match(
    both('staff'),
    /elements = \{ 00:00:5e:00:53:09 \}[^]*elements = \{ 192\.0\.2\.0-192\.0\.2\.127 \}/,
  )
})

t.test('a group that is none is quoted, and draws nothing on a terminal', async (t) => {
  const folder = shortFolder(t)
  const refusal = async (group: string) => {
    writeFileSync(
      join(folder, 'edge.yaml'),
      JSON.stringify({ ...CONFIG, firewall: { exempt: [group] } }),
    )
    return run(folder, 'firewall', '--config', 'edge.yaml')
  }
  t.match(await refusal('stafff'), {
    code: 1,
    err: /firewall\.exempt\[0\]: found "stafff"; .*did you mean staff\?/,
  })
  t.match(await refusal('librarians'), {
    code: 1,
    err: /found "librarians"; allowed: ks1, .*no such group/,
  })
  const hostile = await refusal('\u001b[2Jstaff; rm -rf /\u202e"')
  t.equal(hostile.code, 1)
  t.match(hostile.err, /firewall\.exempt\[0\]: found ".*staff; rm -rf \/.*nothing was changed/s)
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  t.notMatch(hostile.err, /[\u001b\u202e]/)
})
