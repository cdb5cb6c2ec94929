/**
 * A small school on one switch: three VLANs, each a bridge of its own, since not every kernel tags; the box in two of them, a router to the
 * third, real DHCP servers. Every machine is a network namespace.
 *
 *     box      eth10 192.0.2.1     eth20 198.51.100.1      (dnsmasq gives leases on VLAN 10)
 *     router                       eth20 198.51.100.2      eth30 203.0.113.1   (Kea gives leases on VLAN 30)
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { connect, findProgram, Namespace } from '#test/support/namespaces.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { LabMachine } from './lab-machine.ts'
import {
  keaConfig,
  type LabAnswer,
  SECRET,
  saidBy,
  until,
  VLANS,
  type Vlan,
} from './lab-support.ts'

export const PROGRAM: string = join(
  import.meta.dirname,
  '..',
  '..',
  'src',
  'cli',
  'supercloud-edge',
)
const UPSTREAM = join(import.meta.dirname, 'answering-child.ts')
const UPSTREAM_PORT = 5399
const NAME_SERVER_PORT = 5398
const DNS_PORT = 5301
/** A resolver outside the school, at the router; RFC 2544 keeps such addresses for labs. */
export const OUTSIDE_RESOLVER = '198.18.0.53'

export class SchoolLab {
  readonly folder: string
  readonly box: Namespace
  readonly router: Namespace
  readonly #t: Test
  readonly #switch: Namespace
  readonly #prefix: string
  #ports = 0

  constructor(t: Test, prefix: string) {
    this.#t = t
    this.#prefix = prefix
    this.folder = shortFolder(t)
    this.#switch = new Namespace(t, `${prefix}-sw`)
    this.box = new Namespace(t, `${prefix}-box`)
    this.router = new Namespace(t, `${prefix}-rt`)
    for (const vlan of VLANS) {
      this.#switch.run(`ip link add br${vlan} type bridge`)
      this.#switch.run(`ip link set br${vlan} up`)
    }
    this.#plug(this.box, 'eth10', 10, '192.0.2.1/24')
    this.#plug(this.box, 'eth20', 20, '198.51.100.1/24')
    this.#plug(this.router, 'eth20', 20, '198.51.100.2/24')
    this.#plug(this.router, 'eth30', 30, '203.0.113.1/24')
    this.router.run('sysctl -qw net.ipv4.ip_forward=1')
    this.box.run('ip route add 203.0.113.0/24 via 198.51.100.2')
  }

  /** A machine on a port of one VLAN. */
  machine(name: string, vlan: Vlan, mac: string): LabMachine {
    const space = new Namespace(this.#t, `${this.#prefix}-${name}`)
    const port = this.#plug(space, 'eth0', vlan)
    space.run('ip link set eth0 down')
    space.run(`ip link set eth0 address ${mac}`)
    space.run('ip link set eth0 up')
    return new LabMachine(this.#t, this, { space, vlan, name, port, mac })
  }

  /** dnsmasq on VLAN 10, with leases where the box reads them. */
  async startDnsmasq(): Promise<string> {
    const path = join(this.folder, 'dnsmasq.leases')
    writeFileSync(path, '')
    const child = this.box.spawn(this.#t, findProgram('dnsmasq') ?? '', [
      '--no-daemon',
      '--conf-file=/dev/null',
      '--port=0',
      '--interface=eth10',
      '--bind-interfaces',
      '--dhcp-authoritative',
      '--dhcp-range=192.0.2.100,192.0.2.120,2m',
      `--dhcp-leasefile=${path}`,
      '--no-ping',
      '--user=root',
      '--pid-file=',
    ])
    await saidBy(child, /started/)
    return path
  }

  /** Kea on VLAN 30, at the router; its leases last so long. */
  async startKea(leaseSeconds = 600): Promise<string> {
    const path = join(this.folder, 'kea-leases4.csv')
    const config = join(this.folder, 'kea4.json')
    const log = join(this.folder, 'kea4.log')
    writeFileSync(config, keaConfig(path, log, leaseSeconds))
    this.router.spawn(this.#t, findProgram('kea-dhcp4') ?? '', ['-c', config], {
      KEA_PIDFILE_DIR: this.folder,
      KEA_LOCKFILE_DIR: this.folder,
    })
    await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('DHCP4_STARTED'))
    return path
  }

  /** dnsmasq in the box as the school's own name server: hosts by name, and further options. Its port. */
  async startNameServer(
    hosts: Readonly<Record<string, string>>,
    more: readonly string[] = [],
  ): Promise<number> {
    const child = this.box.spawn(this.#t, findProgram('dnsmasq') ?? '', [
      '--no-daemon',
      '--conf-file=/dev/null',
      `--port=${NAME_SERVER_PORT}`,
      '--listen-address=127.0.0.1',
      '--bind-interfaces',
      '--no-resolv',
      '--no-hosts',
      '--user=root',
      '--pid-file=',
      ...Object.entries(hosts).map(([name, address]) => `--host-record=${name},${address}`),
      ...more,
    ])
    await saidBy(child, /started/)
    return NAME_SERVER_PORT
  }

  /** A resolver that is not the box's, outside the school: the way there from VLAN 10 is through the box. */
  async startOutsideResolver(): Promise<void> {
    this.router.run(`ip addr add ${OUTSIDE_RESOLVER}/32 dev lo`)
    this.router.run('ip route add 192.0.2.0/24 via 198.51.100.1')
    this.box.run(`ip route add ${OUTSIDE_RESOLVER}/32 via 198.51.100.2`)
    this.box.run('sysctl -qw net.ipv4.ip_forward=1')
    const words = [UPSTREAM, '53', OUTSIDE_RESOLVER]
    await saidBy(this.router.spawn(this.#t, process.execPath, words), /ready/)
  }

  /** The agent in the box, with a resolver behind it. */
  async startAgent(config: Readonly<Record<string, unknown>>): Promise<void> {
    const upstream = this.box.spawn(this.#t, process.execPath, [UPSTREAM, String(UPSTREAM_PORT)])
    await saidBy(upstream, /ready/)
    const listen = ['127.0.0.1', '192.0.2.1', '198.51.100.1']
    const file = join(this.folder, 'edge.yaml')
    const whole = {
      listen: {
        dns: listen.map((address) => ({ address, port: DNS_PORT })),
        metrics: { address: '127.0.0.1', port: 9155 },
      },
      upstreams: [{ address: '127.0.0.1', port: UPSTREAM_PORT }],
      collector: { url: 'http://127.0.0.1:9' },
      ...config,
    }
    writeFileSync(file, JSON.stringify(whole))
    const words = ['agent', '--supervised', '--state', this.#state, '--config', file]
    const child = this.box.spawn(this.#t, PROGRAM, words, { HOME: this.folder })
    let log = ''
    child.stderr?.on('data', (part) => (log += String(part)))
    await until(() => this.dig(this.box, '127.0.0.1', 'chat.test').status !== 'none').catch(() => {
      throw new Error(`the agent did not start:\n${log}`)
    })
  }

  get #state(): string {
    return join(this.folder, 'state')
  }

  /** Runs the command line in the box. */
  edge(...words: readonly string[]): string {
    const run = ['netns', 'exec', this.box.name, PROGRAM, ...words, '--state', this.#state]
    return execFileSync('ip', run, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** What `status` says; that a box without a collector is not quite well is no fault here. */
  status(): string {
    const run = ['netns', 'exec', this.box.name, PROGRAM, 'status', '--state', this.#state]
    return spawnSync('ip', run, { encoding: 'utf8' }).stdout
  }

  /** What `explain` says of who is behind an address. */
  explain(address: string): string {
    const text = this.edge('explain', 'chat.test', '--client', address)
    return /client .*/.exec(text)?.[0] ?? text
  }

  /** What the box counts, as Prometheus reads it: all figures of one name together that stand for one label. */
  counted(name: string, label: string): number {
    const ask = "fetch('http://127.0.0.1:9155/metrics').then((r) => r.text()).then(console.log)"
    const run = ['netns', 'exec', this.box.name, process.execPath, '-e', ask]
    const text = execFileSync('ip', run, { encoding: 'utf8' })
    const line = text.split('\n').find((one) => one.startsWith(`${name}{${label}} `))
    return Number(line?.split(' ').at(-1) ?? 0)
  }

  dig(from: Namespace, at: string, name: string, port: number = DNS_PORT): LabAnswer {
    const words = ['netns', 'exec', from.name, 'dig', `@${at}`, '-p', String(port)]
    try {
      const run = [...words, '+tries=1', '+time=3', name]
      const text = execFileSync('ip', run, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return { status: /status: (\w+)/.exec(text)?.[1] ?? 'none', text }
    } catch {
      return { status: 'none', text: '' }
    }
  }

  /** Tells the box by RADIUS accounting, from the router if from nowhere else; the attributes as radclient has them. */
  account(
    attributes: Readonly<Record<string, string>>,
    secret: string = SECRET,
    from: Namespace = this.router,
  ): void {
    const text = Object.entries(attributes).map(([name, value]) => `${name} = "${value}"`)
    const file = join(this.folder, `accounting-${this.#ports++}`)
    writeFileSync(file, `${text.join('\n')}\n`)
    const run = ['netns', 'exec', from.name, 'radclient', '-r', '1', '-t', '2', '-f', file]
    try {
      execFileSync('ip', [...run, '198.51.100.1:1813', 'acct', secret], { stdio: 'ignore' })
    } catch {
      // No answer, which is what a wrong secret gets, and a stranger.
    }
  }

  /** A port of the switch is another VLAN's from now on. */
  assignPort(port: string, vlan: Vlan): void {
    this.#switch.run(`ip link set ${port} master br${vlan}`)
  }

  /** A cable from a machine to a port of the switch; the port's name. */
  #plug(space: Namespace, end: string, vlan: Vlan, address?: string): string {
    const port = `p${this.#ports++}`
    connect([this.#switch, port], [space, end])
    this.assignPort(port, vlan)
    if (address !== undefined) space.run(`ip addr add ${address} dev ${end}`)
    return port
  }
}
