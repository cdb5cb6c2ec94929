/**
 * The firewall's rules where they count: a pupil, a member of staff and the internet with another resolver, each in a network namespace, and between them a
 * box that routes and runs a real agent.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { rangesOf, rangeText } from '#agent/firewall/address-ranges.ts'
import { firewallText, planFirewall } from '#agent/firewall/make-rules.ts'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { isFailure } from '#domain/failure.ts'
import { contains, networkOf, parseAddress, parseCidr } from '#domain/ip-address.ts'
import { DOH_ADDRESSES } from '#rules/sets/doh-addresses.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { run } from './run.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const NAME = `bypass-${process.pid}`
const [PUPIL, STAFF, BOX, NET] = ['pupil', 'staff', 'box', 'net'].map(
  (one) => `${NAME}-${one}`,
) as [string, string, string, string]
/** In the shipped list, as a resolver that answers over HTTPS. */
const DOH = '9.9.9.9'
const RESOLVER = '198.51.100.53'
const RESOLVER6 = '2001:db8:53::53'
const WEB = '203.0.113.80'

const CONFIG = {
  listen: {
    dns: [
      { address: '0.0.0.0', port: 53 },
      { address: '::', port: 53 },
    ],
    metrics: { address: '127.0.0.1', port: 9153 },
  },
  networks: [
    { cidr: '192.0.2.0/24', group: 'ks3', name: 'pupils' },
    { cidr: '192.0.2.128/25', group: 'staff', name: 'staff' },
    { cidr: '2001:db8:1::/64', group: 'ks3' },
  ],
  deny: [{ name: 'denied.test', reason: 'a test' }],
  upstreams: [{ address: RESOLVER }],
  collector: { url: 'http://127.0.0.1:9' },
  firewall: { exempt: ['staff'] },
}

function sh(...words: readonly string[]): string {
  const [file = '', ...args] = words
  return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
const inside = (namespace: string, command: string): string =>
  sh('ip', 'netns', 'exec', namespace, ...command.split(' '))
const rulesOf = (): string => inside(BOX, 'nft -s list ruleset')

function missing(): string | false {
  if (process.getuid?.() !== 0) return 'network namespaces take root'
  for (const [tool, name] of [
    ['ip', 'iproute2'],
    ['nft', 'nftables'],
    ['dig', 'dnsutils'],
    ['unshare', 'util-linux'],
  ] as const)
    if (spawnSync('which', [tool]).status !== 0)
      return `${tool} is missing: install the Debian package ${name}`
  if (spawnSync('ip', ['netns', 'add', `${NAME}-try`]).status !== 0)
    return 'this kernel or container allows no network namespaces'
  sh('ip', 'netns', 'del', `${NAME}-try`)
  return false
}
const skip = missing()

function link(from: string, name: string, to: string, peer: string): void {
  sh('ip', 'link', 'add', name, 'netns', from, 'type', 'veth', 'peer', 'name', peer, 'netns', to)
  inside(from, `ip link set ${name} up`)
  inside(to, `ip link set ${peer} up`)
}

function build(t: Test): void {
  const all = [PUPIL, STAFF, BOX, NET]
  t.teardown(() => {
    for (const one of all) spawnSync('ip', ['netns', 'del', one])
  })
  for (const one of all) {
    sh('ip', 'netns', 'add', one)
    inside(one, 'ip link set lo up')
  }
  link(PUPIL, 'p0', BOX, 'b0')
  link(STAFF, 's0', BOX, 'b1')
  link(NET, 'n0', BOX, 'b2')
  for (const command of [
    'ip addr add 192.0.2.1/25 dev b0',
    'ip addr add 2001:db8:1::1/64 dev b0 nodad',
    'ip addr add 192.0.2.129/25 dev b1',
    'ip addr add 203.0.113.1/24 dev b2',
    'ip addr add 2001:db8:2::1/64 dev b2 nodad',
    'ip route add default via 203.0.113.2',
    'ip route add default via 2001:db8:2::2',
    'sysctl -qw net.ipv4.ip_forward=1',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
  ])
    inside(BOX, command)
  for (const command of [
    'ip addr add 203.0.113.2/24 dev n0',
    'ip addr add 2001:db8:2::2/64 dev n0 nodad',
    `ip addr add ${WEB}/32 dev lo`,
    `ip addr add ${RESOLVER}/32 dev lo`,
    `ip addr add ${RESOLVER6}/128 dev lo nodad`,
    `ip addr add ${DOH}/32 dev lo`,
    'ip route add 192.0.2.0/24 via 203.0.113.1',
    'ip route add 2001:db8:1::/64 via 2001:db8:2::1',
  ])
    inside(NET, command)
  for (const command of [
    'ip addr add 192.0.2.10/25 dev p0',
    'ip addr add 2001:db8:1::10/64 dev p0 nodad',
    'ip route add default via 192.0.2.1',
    'ip route add default via 2001:db8:1::1',
  ])
    inside(PUPIL, command)
  inside(STAFF, 'ip addr add 192.0.2.140/25 dev s0')
  inside(STAFF, 'ip route add default via 192.0.2.129')
}

function keep(t: Test, child: ChildProcess): ChildProcess {
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  return child
}

/** The address in the answer, or the answer's code where there is none. */
function dig(from: string, server: string, ...more: readonly string[]): string {
  const words = [`@${server}`, '+time=2', '+tries=1', 'denied.test', 'A', ...more]
  const { stdout } = spawnSync('ip', ['netns', 'exec', from, 'dig', ...words], { encoding: 'utf8' })
  return (
    /^denied\.test\.\s.*\sA\s+(\S+)$/m.exec(stdout)?.[1] ??
    /status: (\w+)/.exec(stdout)?.[1] ??
    'silent'
  )
}

/** How a TCP connection ends: `open`, or the system's word. */
function connectTo(from: string, address: string, port: number): string {
  const script = `const s=require('node:net').connect(${port},'${address}');
    s.setTimeout(2000,()=>{console.log('silent');process.exit()});
    s.on('connect',()=>{console.log('open');process.exit()});
    s.on('error',(e)=>console.log(e.code))`
  return spawnSync('ip', ['netns', 'exec', from, process.execPath, '-e', script], {
    encoding: 'utf8',
  }).stdout.trim()
}

/** Whether a datagram is refused at once. */
function sendTo(from: string, address: string, port: number): string {
  const script = `const s=require('node:dgram').createSocket('udp4');
    s.connect(${port},'${address}',()=>s.send('hello'));
    s.on('message',()=>{console.log('open');process.exit()});
    s.on('error',(e)=>{console.log(e.code);process.exit()});
    setTimeout(()=>{console.log('silent');process.exit()},1500)`
  return spawnSync('ip', ['netns', 'exec', from, process.execPath, '-e', script], {
    encoding: 'utf8',
  }).stdout.trim()
}

/** Our table as it is in this text, or gone. */
function replaceRules(text: string): void {
  const input = `table inet supercloud_edge\ndelete table inet supercloud_edge\n${text}`
  execFileSync('ip', ['netns', 'exec', BOX, 'nft', '-f', '-'], { input })
}

const SERVER = join(import.meta.dirname, 'other-resolver-child.ts')

t.setTimeout(300_000)

t.test('the rules in a school of four namespaces', { skip, timeout: 280_000 }, async (t) => {
  build(t)
  const folder = shortFolder(t)
  const file = join(folder, 'edge.yaml')
  writeFileSync(file, JSON.stringify(CONFIG))
  const server = keep(
    t,
    spawn('ip', ['netns', 'exec', NET, process.execPath, SERVER, RESOLVER, RESOLVER6, DOH, WEB], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  await once(server.stdout!, 'data')
  mkdirSync(join(folder, 'state'), { mode: 0o700 })
  keep(
    t,
    spawn(
      'ip',
      [
        'netns',
        'exec',
        BOX,
        process.execPath,
        PROGRAM,
        'agent',
        '--state',
        join(folder, 'state'),
        '--config',
        file,
      ],
      { stdio: ['ignore', 'ignore', 'ignore'], cwd: folder },
    ),
  )
  const etc = join(folder, 'etc')
  mkdirSync(join(etc, 'supercloud-edge'), { recursive: true })
  /** With an /etc of its own, since that is where rules are kept. */
  const withEtc = (...words: readonly string[]) => {
    const script = `mount --bind ${etc} /etc && exec "$@"`
    const args = ['netns', 'exec', BOX, 'unshare', '--mount', 'sh', '-c', script, 'sh', ...words]
    const ran = spawnSync('ip', args, { encoding: 'utf8', cwd: folder })
    return { code: ran.status, out: ran.stdout, err: ran.stderr }
  }
  const edge = (...words: readonly string[]) =>
    withEtc(process.execPath, PROGRAM, 'firewall', '--config', file, ...words)
  await until(async () => dig(PUPIL, '192.0.2.1') === 'NXDOMAIN', 'the agent')
  // A ruleset of the box's own, which nothing here may touch.
  const own = `table inet box {
    chain input {
      type filter hook input priority filter; policy drop;
      ct state established,related accept
      iif lo accept
      tcp dport { 22, 53 } accept
      udp dport 53 accept
      icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    }
    chain forward { type filter hook forward priority filter; policy accept; }
  }`
  execFileSync('ip', ['netns', 'exec', BOX, 'nft', '-f', '-'], { input: own })
  const before = rulesOf()

  t.equal(dig(PUPIL, RESOLVER), '192.0.2.66', 'without rules another resolver answers')
  t.equal(connectTo(PUPIL, RESOLVER, 853), 'open')
  t.equal(connectTo(PUPIL, DOH, 443), 'open')
  t.match(edge('--check'), { code: 1, out: /^not in force/ })
  t.match(edge('--undo'), { code: 0, out: /nothing to undo/ })

  t.match(edge('--apply'), { code: 0, out: /^in force$/m })
  t.match(edge('--check'), { code: 0, out: /^in force, as the configuration says$/m })
  t.equal(dig(PUPIL, RESOLVER), 'NXDOMAIN')
  t.equal(dig(PUPIL, RESOLVER, '+tcp'), 'NXDOMAIN')
  t.equal(dig(PUPIL, RESOLVER6), 'NXDOMAIN')
  t.equal(dig(PUPIL, RESOLVER6, '+tcp'), 'NXDOMAIN')
  t.equal(connectTo(PUPIL, RESOLVER, 853), 'ECONNREFUSED')
  t.equal(connectTo(PUPIL, RESOLVER6, 853), 'ECONNREFUSED')
  t.equal(sendTo(PUPIL, RESOLVER, 853), 'ECONNREFUSED')
  t.equal(connectTo(PUPIL, DOH, 443), 'ECONNREFUSED')
  t.equal(sendTo(PUPIL, DOH, 443), 'ECONNREFUSED')
  t.equal(connectTo(PUPIL, WEB, 443), 'open', 'the web is not touched')
  t.equal(dig(STAFF, RESOLVER), '192.0.2.66', 'staff are exempt')
  t.equal(connectTo(STAFF, RESOLVER, 853), 'open')
  t.equal(connectTo(STAFF, DOH, 443), 'open')
  t.equal(dig(BOX, RESOLVER), '192.0.2.66', 'the box itself asks whom it likes')

  t.match(edge('--apply'), { code: 0, out: /^in force, in place of the rules before$/m })
  const twice = rulesOf()
  t.equal(twice.match(/table inet supercloud_edge/g)?.length, 1, 'twice is once')
  inside(BOX, 'nft add element inet supercloud_edge guarded_ip { 10.9.0.0/16 }')
  t.match(edge('--check'), { code: 1, out: /^- .*10\.9\.0\.0\/16/m })
  t.match(edge('--apply'), { code: 0 })
  t.equal(rulesOf(), twice)

  const [moved = ''] = twice.match(/^.*fib daddr type.*\n/m) ?? []
  const reordered = twice.replace(moved, '').replace(/(?=\t}\n\n\tchain turn_away)/, moved)
  t.not(reordered, twice)
  replaceRules(reordered.slice(reordered.indexOf('table inet supercloud_edge')))
  t.match(edge('--check'), { code: 1, out: /^differs: the order/m })
  t.match(edge('--apply'), { code: 0 })
  t.equal(rulesOf(), twice)

  inside(BOX, 'nft add chain inet box added')
  t.match(edge('--undo'), { code: 0, out: /is gone; nothing else was touched/ })
  t.match(rulesOf(), /chain added/, 'what came meanwhile stays')
  inside(BOX, 'nft delete chain inet box added')
  t.equal(rulesOf(), before, 'byte for byte')
  t.equal(dig(PUPIL, RESOLVER), '192.0.2.66')

  await t.test(
    'rules that are kept come back at the next start, until they are undone',
    async (t) => {
      const kept = join(etc, 'supercloud-edge', 'firewall.nft')
      const [pupils, staff] = CONFIG.networks
      writeFileSync(file, JSON.stringify({ ...CONFIG, networks: [pupils, staff] }))
      t.match(edge('--apply'), { code: 0, out: /^no network of IPv6 is named/m })
      writeFileSync(file, JSON.stringify(CONFIG))
      t.match(edge('--apply'), { code: 0, out: /^gone after a restart of the machine/m })
      t.notOk(existsSync(kept), 'nobody has asked')
      t.match(edge('--undo'), { code: 0 })
      t.match(edge('--apply', '--keep'), { code: 0, out: /^kept; .* systemctl enable/m })
      t.equal(statSync(kept).mode & 0o777, 0o600)
      const standing = rulesOf()
      const unit = join(
        import.meta.dirname,
        '..',
        '..',
        'systemd',
        'supercloud-edge-firewall.service',
      )
      const wordsOf = (what: string): readonly string[] =>
        new RegExp(`^${what}=-?(.*)$`, 'm').exec(readFileSync(unit, 'utf8'))?.[1]?.split(' ') ?? []
      replaceRules('')
      t.equal(rulesOf(), before, 'as after a start of the machine')
      t.match(withEtc(...wordsOf('ExecStart')), { code: 0, err: '' })
      t.equal(rulesOf(), standing)
      t.equal(dig(PUPIL, RESOLVER), 'NXDOMAIN')
      t.match(withEtc(...wordsOf('ExecReload')), { code: 0 })
      t.equal(rulesOf(), standing, 'twice is once')
      const wants = join(etc, 'systemd', 'system', 'sysinit.target.wants')
      mkdirSync(wants, { recursive: true })
      symlinkSync(unit, join(wants, 'supercloud-edge-firewall.service'))
      t.match(edge('--check'), { code: 0, out: /^kept: they come back/m })
      writeFileSync(kept, readFileSync(kept, 'utf8').replace('853', '854'))
      t.match(edge('--check'), { code: 1, out: /^a restart .* brings other rules/m })
      t.match(edge('--apply'), { code: 0, out: /^a restart .* brings other rules/m })
      t.match(edge('--apply', '--keep'), { code: 0, out: /^kept: they come back/m })
      t.match(withEtc(...wordsOf('ExecStop')), { code: 0 })
      t.equal(rulesOf(), before)
      t.match(edge('--undo'), { code: 0, out: /is gone: nothing comes back.*\nno rules stood/ })
      t.notOk(existsSync(kept))
      t.equal(rulesOf(), before)
      rmSync(join(etc, 'supercloud-edge'), { recursive: true })
      t.match(edge('--apply', '--keep'), { code: 1, err: /firewall\.nft cannot be written/ })
      t.match(edge('--undo'), { code: 0 })
    },
  )

  inside(BOX, 'nft add table inet supercloud_edge')
  const theirs = rulesOf()
  for (const action of ['--apply', '--undo', '--check'])
    t.match(edge(action), { code: 1, err: /was not made by this command.*nothing was changed/ })
  t.equal(rulesOf(), theirs)
  inside(BOX, 'nft delete table inet supercloud_edge')
})

t.test('it prints the rules and the same in words, and says what is wrong', async (t) => {
  const folder = shortFolder(t)
  const file = join(folder, 'edge.yaml')
  const text = async (config: object) => {
    writeFileSync(file, JSON.stringify(config))
    return run(folder, 'firewall', '--config', file)
  }
  const printed = await text(CONFIG)
  t.equal(printed.code, 0)
  t.match(printed.out, /udp dport 53 counter redirect to :53/)
  t.match(printed.out, /^# 2\. From the same clients: refuse TCP and UDP port 853/m)
  t.match(await text({}), { code: 1, err: /no network is guarded: name the networks/ })
  const { listen: _, ...loopback } = CONFIG
  t.match(await text(loopback), { code: 1, err: /answers on loopback alone: let listen\.dns/ })
  const all = { ...CONFIG, firewall: { exempt: ['staff', 'ks3'] } }
  t.match(await text(all), { code: 1, err: /no network is guarded/ })
  t.match(await text({ firewall: { exempt: ['stuff'] } }), { code: 1, err: /did you mean staff\?/ })
  t.match(await run(folder, 'firewall', '--apply', '--undo'), { code: 2 })
  t.match(await run(folder, 'firewall', '--check', '--keep'), { code: 2, err: /goes with --apply/ })
})

function planOf(config: object) {
  const parsed = parseConfig(JSON.stringify(config), 'edge.yaml')
  if (isRefused(parsed)) throw new Error(parsed.detail)
  return planFirewall(normalise(parsed, { file: undefined, resolvConf: '', localAddresses: [] }))
}

t.test('servers of the school may be asked, a public upstream may not', async (t) => {
  const plan = planOf({
    ...CONFIG,
    upstreams: [{ address: '10.20.0.53' }, { address: '8.8.8.8' }],
    zones: [{ zone: 'corp.test', upstreams: [{ address: '10.20.0.10' }] }],
    identity: { forwarders: [{ from: '10.20.0.20', trust: [] }] },
    firewall: { servers: ['203.0.113.53'] },
  })
  if (isFailure(plan)) throw new Error(plan.detail)
  const [ipv4, ipv6] = plan.families
  t.strictSame(ipv4?.servers, ['10.20.0.10', '10.20.0.20', '10.20.0.53', '203.0.113.53'])
  t.strictSame(ipv4?.askers, ['10.20.0.53', '203.0.113.53'])
  t.strictSame(ipv4?.guarded, ['192.0.2.0-192.0.2.255'], 'staff are not exempt here')
  t.ok(ipv4?.resolvers.some((one) => one.startsWith('8.8.8.8')))
  t.ok(ipv6?.resolvers.includes('2620:fe::fe'))
})

t.test(
  'a box that listens at one address sends there, and refuses the family that it lacks',
  async (t) => {
    const plan = planOf({ ...CONFIG, listen: { dns: [{ address: '192.0.2.1', port: 5300 }] } })
    if (isFailure(plan)) throw new Error(plan.detail)
    const text = firewallText(plan)
    t.match(text, /udp dport 53 counter dnat ip to 192\.0\.2\.1:5300/)
    t.notMatch(text, /dnat ip6|@guarded_ip6 .*redirect/)
    t.match(text, /ip6 saddr @guarded_ip6 .*tcp dport \{ 53, 853 \} counter reject with tcp reset/)
  },
)

t.test('networks within networks become ranges that hold the same addresses', async (t) => {
  const texts = [
    '10.0.0.0/8',
    '10.1.0.0/16',
    '10.1.2.0/24',
    '10.2.0.0/15',
    '10.1.2.128/25',
    '11.0.0.0/8',
  ]
  const networks = texts.flatMap((text, i) => {
    const network = parseCidr(text)
    return network ? [{ network: networkOf(network), isIn: i % 2 === 0 }] : []
  })
  const ranges = rangesOf(networks, 4)
  const isIn = (address: string): boolean => {
    const bytes = parseAddress(address) ?? new Uint8Array(4)
    const best = networks
      .filter(({ network }) => contains(network, bytes))
      .toSorted((a, b) => b.network.prefixLength - a.network.prefixLength)[0]
    return best?.isIn ?? false
  }
  const inRanges = (address: string): boolean => {
    const value = [...(parseAddress(address) ?? [])].reduce(
      (sum, byte) => sum * 256n + BigInt(byte),
      0n,
    )
    return ranges.some(({ first, last }) => first <= value && value <= last)
  }
  for (const a of [9, 10, 11, 12])
    for (const b of [0, 1, 2, 3, 4, 255])
      for (const c of [0, 1, 2, 3, 255])
        for (const d of [0, 127, 128, 255]) {
          const address = `${a}.${b}.${c}.${d}`
          if (inRanges(address) !== isIn(address)) t.fail(address)
        }
  t.ok(ranges.every(({ first }, i) => i === 0 || first > (ranges[i - 1]?.last ?? 0n) + 1n))
  t.equal(rangeText({ first: 0n, last: 255n }, 4), '0.0.0.0-0.0.0.255')
})

t.test('addresses of public resolvers are there once, each with a name', async (t) => {
  t.ok(DOH_ADDRESSES.length >= 80)
  t.equal(new Set(DOH_ADDRESSES.map(({ address }) => address)).size, DOH_ADDRESSES.length)
})
