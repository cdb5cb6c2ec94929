/**
 * A small school on one switch: three VLANs, each a bridge of its own, since not every kernel tags; the box in two of them, a router to the
 * third, real DHCP servers. Every machine is a network namespace.
 *
 *     box      eth10 192.0.2.1     eth20 198.51.100.1      (dnsmasq gives leases on VLAN 10)
 *     router                       eth20 198.51.100.2      eth30 203.0.113.1   (Kea gives leases on VLAN 30)
 */
import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { connect, findProgram, Namespace } from '#test/support/namespaces.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { keaConfig, POLL_MS, saidBy, until } from './lab-support.ts'

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
export const SECRET = 'lab secret, known to nobody'
const VLANS = [10, 20, 30] as const
type Vlan = (typeof VLANS)[number]
/** Where each VLAN's machines find the box. */
const BOX_AT: Readonly<Record<Vlan, string>> = {
  10: '192.0.2.1',
  20: '198.51.100.1',
  30: '198.51.100.1',
}

/** What a client was answered: the response code, and the addresses. */
export interface LabAnswer {
  readonly status: string
  readonly text: string
}

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
    this.#plug(space, 'eth0', vlan)
    space.run('ip link set eth0 down')
    space.run(`ip link set eth0 address ${mac}`)
    space.run('ip link set eth0 up')
    return new LabMachine(this.#t, this, { space, vlan, name })
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

  /** Kea on VLAN 30, at the router. */
  async startKea(): Promise<string> {
    const path = join(this.folder, 'kea-leases4.csv')
    const config = join(this.folder, 'kea4.json')
    const log = join(this.folder, 'kea4.log')
    writeFileSync(config, keaConfig(path, log))
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

  dig(from: Namespace, at: string, name: string): LabAnswer {
    const words = ['netns', 'exec', from.name, 'dig', `@${at}`, '-p', String(DNS_PORT)]
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

  /** A cable from a machine to a port of the switch. */
  #plug(space: Namespace, end: string, vlan: Vlan, address?: string): void {
    const port = `p${this.#ports++}`
    connect([this.#switch, port], [space, end])
    this.#switch.run(`ip link set ${port} master br${vlan}`)
    if (address !== undefined) space.run(`ip addr add ${address} dev ${end}`)
  }
}

/** A pupil's or teacher's device. */
export class LabMachine {
  readonly #t: Test
  readonly #lab: SchoolLab
  readonly #space: Namespace
  readonly #vlan: Vlan
  readonly #name: string
  address = ''

  constructor(
    t: Test,
    lab: SchoolLab,
    {
      space,
      vlan,
      name,
    }: { readonly space: Namespace; readonly vlan: Vlan; readonly name: string },
  ) {
    this.#t = t
    this.#lab = lab
    this.#space = space
    this.#vlan = vlan
    this.#name = name
  }

  /** Takes an address of its own choice. */
  use(address: string): void {
    this.#space.run('ip addr flush dev eth0')
    this.#space.run(`ip addr add ${address}/24 dev eth0`)
    if (this.#vlan === 30) this.#space.run('ip route replace default via 203.0.113.1')
    this.address = address
  }

  /** Tells the box by RADIUS accounting, with the secret and from here. */
  account(attributes: Readonly<Record<string, string>>): void {
    this.#lab.account(attributes, SECRET, this.#space)
  }

  /** Has no address any more. */
  leave(): void {
    this.#space.run('ip addr flush dev eth0')
  }

  /** Asks a DHCP server for a lease and puts it to use. */
  async lease(): Promise<string> {
    const folder = join(this.#lab.folder, this.#name)
    mkdirSync(folder, { recursive: true })
    const [config, script] = [join(folder, 'dhclient.conf'), join(folder, 'script')]
    writeFileSync(config, `send host-name "${this.#name}";\ntimeout 20;\nretry 1;\n`)
    // Only says what it got: the test puts it to use, since dhclient's own script would rewrite files of this machine.
    writeFileSync(
      script,
      `#!/bin/sh\n[ -n "$new_ip_address" ] && echo "$new_ip_address" > ${folder}/address\nexit 0\n`,
    )
    chmodSync(script, 0o755)
    const files = ['-cf', config, '-lf', join(folder, 'leases'), '-pf', join(folder, 'pid')]
    const words = ['-4', '-d', '-1', '-sf', script, ...files, 'eth0']
    this.#space.spawn(this.#t, findProgram('dhclient') ?? '', words)
    const told = join(folder, 'address')
    await until(() => existsSync(told) && readFileSync(told, 'utf8').trim() !== '')
    this.use(readFileSync(told, 'utf8').trim())
    return this.address
  }

  /** Starts a program of the device's, which ends with the test at the latest. */
  spawn(program: string, words: readonly string[]): ChildProcess {
    return this.#space.spawn(this.#t, program, words)
  }

  dig(name: string): LabAnswer {
    return this.#lab.dig(this.#space, BOX_AT[this.#vlan], name)
  }

  /** Asks until the answer is another; how long that took, in milliseconds. */
  async digUntil(name: string, status: string, withinMs: number): Promise<number> {
    const startedAt = performance.now()
    for (;;) {
      if (this.dig(name).status === status) return performance.now() - startedAt
      if (performance.now() - startedAt > withinMs) return Number.POSITIVE_INFINITY
      await sleep(POLL_MS)
    }
  }
}
