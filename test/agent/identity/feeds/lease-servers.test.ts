/** Lease files as real DHCP servers write them, for a real client, in network namespaces. */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type LeaseFeed, startLeases } from '#agent/identity/feeds/leases/start-leases.ts'
import type { LeaseFormat } from '#agent/policy/sections/identity.ts'
import {
  connect,
  endChild,
  findProgram,
  Namespace,
  namespacesMissing,
} from '#test/support/namespaces.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { type FeedRecord, recordFeed, within } from './feed-support.ts'

const CLIENT = ['dhclient', 'isc-dhcp-client'] as const
const skip = namespacesMissing([CLIENT, ['dnsmasq', 'dnsmasq-base']])
const keaSkip = namespacesMissing([
  CLIENT,
  ['kea-dhcp4', 'kea-dhcp4-server'],
  ['kea-dhcp6', 'kea-dhcp6-server'],
])
const PREFIX = `edge-ls${process.pid}`
const MAC = '02:00:5e:00:53:01'
/** A client asks after some 100 ms, and again after seconds where the server was not ready. */
const LEASE_MS = 30_000
const TOLD_MS = 1_000

interface Lab {
  readonly server: Namespace
  readonly client: Namespace
  readonly folder: string
}

function makeLab(t: Test, name: string): Lab {
  const folder = shortFolder(t)
  const server = new Namespace(t, `${PREFIX}-${name}-s`)
  const client = new Namespace(t, `${PREFIX}-${name}-c`)
  connect([server, 'eth0'], [client, 'eth0'])
  server.run('ip addr add 192.0.2.1/24 dev eth0')
  server.run('ip addr add 2001:db8:1::1/64 dev eth0 nodad')
  client.run('ip link set eth0 down')
  client.run(`ip link set eth0 address ${MAC}`)
  client.run('sysctl -qw net.ipv6.conf.eth0.accept_dad=0')
  client.run('ip link set eth0 up')
  return { server, client, folder }
}

/** Gets a lease, once; the address is put on nothing. */
async function askForLease(
  t: Test,
  { client, folder }: Lab,
  family: '-4' | '-6',
  hostName = 'laptop-1',
): Promise<void> {
  // Else the client ends at once.
  const hasOwn = (): boolean => /fe80::(?!.*tentative)/.test(client.run('ip -6 addr show dev eth0'))
  if (family === '-6') await within(10_000, 'a link-local address', hasOwn)
  const config = join(folder, `client${family}.conf`)
  const quiet = join(folder, 'nothing')
  writeFileSync(quiet, '#!/bin/sh\nexit 0\n')
  chmodSync(quiet, 0o755)
  const fqdn = family === '-6' ? `send fqdn.fqdn "${hostName}";\n` : ''
  writeFileSync(
    config,
    `send host-name "${hostName}";\n${fqdn}timeout 20;\nretry 1;\ninitial-interval 1;\n`,
  )
  const files = [
    '-cf',
    config,
    '-lf',
    join(folder, `client${family}`),
    '-pf',
    join(folder, `pid${family}`),
  ]
  const child = client.spawn(t, findProgram('dhclient') ?? '', [
    family,
    '-d',
    '-1',
    '-sf',
    quiet,
    ...files,
    'eth0',
  ])
  let said = ''
  child.stderr?.on('data', (part) => (said += String(part)))
  const isBound = (): boolean => /bound to|PRC: Bound|message on eth0.*(?:Reply|REPLY)/.test(said)
  await within(LEASE_MS, 'a lease', isBound).catch((error: unknown) =>
    t.fail(`${String(error)}: ${said}`),
  )
  await endChild(child)
}

interface Followed extends FeedRecord {
  readonly feed: LeaseFeed
}

function follow(t: Test, path: string, format: LeaseFormat): Followed {
  const record = recordFeed()
  const feed = startLeases({ leases: [{ path, format }] }, record.parts)
  t.teardown(() => feed.close())
  return { ...record, feed }
}

t.test(
  'dnsmasq gives a device an address of each family, and takes one back',
  { skip },
  async (t) => {
    const lab = makeLab(t, 'dm')
    const path = join(lab.folder, 'dnsmasq.leases')
    writeFileSync(path, '')
    const { addresses, names, told, feed } = follow(t, path, 'dnsmasq')
    const words = [
      '--no-daemon',
      '--conf-file=/dev/null',
      '--port=0',
      '--interface=eth0',
      '--bind-interfaces',
    ]
    const ranges = [
      '--dhcp-range=192.0.2.100,192.0.2.120,1h',
      '--dhcp-range=2001:db8:1::100,2001:db8:1::120,64,1h',
    ]
    const server = lab.server.spawn(t, findProgram('dnsmasq') ?? '', [
      ...words,
      ...ranges,
      `--dhcp-leasefile=${path}`,
      '--no-ping',
      '--user=root',
      '--pid-file=',
    ])
    let said = ''
    server.stderr?.on('data', (part) => (said += String(part)))
    await within(5_000, 'dnsmasq', () => said.includes('started'))
    await askForLease(t, lab, '-4')
    const tookMs = await within(TOLD_MS, 'the lease', () => addresses().size === 1)
    t.comment(`told ${tookMs.toFixed()} ms after the client had it`)
    t.match([...addresses()], [[/^192\.0\.2\.1[0-2]\d$/, MAC]])
    t.equal(names().get(MAC), 'laptop-1')
    const [first] = told
    const lastsMs = first?.kind === 'address-seen' ? first.lastsMs : 0
    t.ok(lastsMs > 3_500_000 && lastsMs <= 3_600_000)
    await askForLease(t, lab, '-6')
    await within(TOLD_MS, 'the lease of IPv6', () => addresses().size === 2)
    t.match([...addresses()][1], [/^2001:db8:1::1[0-2]\w$/, MAC])
    t.comment(readFileSync(path, 'utf8'))
    t.equal(feed.readings().malformed, 0)
  },
)

function keaConfig(folder: string, family: 4 | 6, path: string): string {
  const subnet =
    family === 4
      ? { id: 1, subnet: '192.0.2.0/24', pools: [{ pool: '192.0.2.100 - 192.0.2.120' }] }
      : {
          id: 1,
          subnet: '2001:db8:1::/64',
          interface: 'eth0',
          pools: [{ pool: '2001:db8:1::100 - 2001:db8:1::120' }],
        }
  return JSON.stringify({
    [`Dhcp${family}`]: {
      'interfaces-config': { interfaces: ['eth0'] },
      'lease-database': { type: 'memfile', persist: true, name: path, 'lfc-interval': 2 },
      // Else in a folder of Debian's service.
      ...(family === 6 && { 'server-id': { type: 'LL', persist: false } }),
      'valid-lifetime': 600,
      ...(family === 6 && { 'preferred-lifetime': 300 }),
      'renew-timer': 2,
      'rebind-timer': 4,
      [`subnet${family}`]: [subnet],
      loggers: [
        {
          name: `kea-dhcp${family}`,
          severity: 'INFO',
          output_options: [{ output: join(folder, `kea${family}.log`) }],
        },
      ],
    },
  })
}

t.test(
  'Kea gives addresses of both families, and cleans up its files meanwhile',
  { skip: keaSkip },
  async (t) => {
    const lab = makeLab(t, 'kea')
    for (const family of [4, 6] as const)
      await t.test(`IPv${family}`, async (t) => {
        const path = join(lab.folder, `kea-leases${family}.csv`)
        const config = join(lab.folder, `kea${family}.json`)
        writeFileSync(config, keaConfig(lab.folder, family, path))
        const environment = { KEA_PIDFILE_DIR: lab.folder, KEA_LOCKFILE_DIR: lab.folder }
        const server = lab.server.spawn(
          t,
          findProgram(`kea-dhcp${family}`) ?? '',
          ['-c', config],
          environment,
        )
        let said = ''
        server.stdout?.on('data', (part) => (said += String(part)))
        server.stderr?.on('data', (part) => (said += String(part)))
        const log = (): string => {
          try {
            return readFileSync(join(lab.folder, `kea${family}.log`), 'utf8')
          } catch {
            return said
          }
        }
        await within(10_000, 'Kea', () => /DHCP\d_STARTED/.test(log())).catch((error: unknown) =>
          t.fail(`${String(error)}: ${log()}`),
        )
        const { addresses, names, told, feed } = follow(t, path, 'kea')
        await askForLease(t, lab, family === 4 ? '-4' : '-6')
        await within(TOLD_MS, 'the lease', () => addresses().size === 1)
        t.equal([...addresses().values()][0], MAC)
        t.match(
          [...addresses().keys()][0],
          family === 4 ? /^192\.0\.2\.1[0-2]\d$/ : /^2001:db8:1::1[0-2]\w$/,
        )
        t.match(names().get(MAC), /^laptop-1/)
        await within(20_000, 'a cleaned file', () =>
          readdirSync(lab.folder).includes(`kea-leases${family}.csv.2`),
        )
        const files = readdirSync(lab.folder).filter((name) =>
          name.startsWith(`kea-leases${family}`),
        )
        t.comment(files.join(' '))
        await sleep(700)
        t.equal(addresses().size, 1)
        t.notOk(told.some(({ kind }) => kind === 'address-gone'))
        t.comment(readFileSync(`${path}.2`, 'utf8'))
        t.equal(feed.readings().malformed, 0)
      })
  },
)
