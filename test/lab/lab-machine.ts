/** A pupil's or teacher's device in the school of `school-lab.ts`. */
import type { ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { endChild, findProgram, type Namespace } from '#test/support/namespaces.ts'
import { type LabAnswer, POLL_MS, SECRET, until, type Vlan } from './lab-support.ts'

/** Where each VLAN's machines find the box. */
const BOX_AT: Readonly<Record<Vlan, string>> = {
  10: '192.0.2.1',
  20: '198.51.100.1',
  30: '198.51.100.1',
}
/** Their way to other networks, where there is one. */
const ROUTER_AT: Readonly<Partial<Record<Vlan, string>>> = { 10: '192.0.2.1', 30: '203.0.113.1' }

/** What a machine needs of its school. */
interface LabAround {
  readonly folder: string
  readonly assignPort: (port: string, vlan: Vlan) => void
  readonly account: (
    attributes: Readonly<Record<string, string>>,
    secret: string,
    from: Namespace,
  ) => void
  readonly dig: (from: Namespace, at: string, name: string, port?: number) => LabAnswer
}

export interface LabMachineParts {
  readonly space: Namespace
  readonly vlan: Vlan
  readonly name: string
  /** Of the switch, where its cable ends. */
  readonly port: string
  readonly mac: string
}

export class LabMachine {
  readonly #t: Test
  readonly #lab: LabAround
  readonly #space: Namespace
  readonly #name: string
  readonly #port: string
  #vlan: Vlan
  /** Asks for its lease, and renews it. */
  #dhclient: ChildProcess | undefined
  #leases = 0
  readonly mac: string
  address = ''

  constructor(t: Test, lab: LabAround, { space, vlan, name, port, mac }: LabMachineParts) {
    this.#t = t
    this.#lab = lab
    this.#space = space
    this.#vlan = vlan
    this.#name = name
    this.#port = port
    this.mac = mac
  }

  /** Takes an address of its own choice. */
  use(address: string): void {
    this.#space.run('ip addr flush dev eth0')
    this.#space.run(`ip addr add ${address}/24 dev eth0`)
    const router = ROUTER_AT[this.#vlan]
    if (router !== undefined) this.#space.run(`ip route replace default via ${router}`)
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

  /** Is off the air for its DHCP server, without a word: it keeps the address, and renews its lease no more. */
  async stopRenewing(): Promise<void> {
    if (this.#dhclient) await endChild(this.#dhclient)
  }

  /** Is carried into another VLAN, where it gets a lease. */
  async moveTo(vlan: Vlan): Promise<void> {
    await this.stopRenewing()
    this.leave()
    this.#lab.assignPort(this.#port, vlan)
    this.#vlan = vlan
    await this.lease()
  }

  /** Forgets where on the network others are, so that it asks and says who has which address. */
  forgetNeighbours(): void {
    this.#space.run('ip neigh flush all')
  }

  /** Asks a DHCP server for a lease and puts it to use. */
  async lease(): Promise<string> {
    const folder = join(this.#lab.folder, `${this.#name}-${this.#leases++}`)
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
    this.#dhclient = this.#space.spawn(this.#t, findProgram('dhclient') ?? '', words)
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

  /** Asks somebody else than the box. */
  digElsewhere(at: string, name: string): LabAnswer {
    return this.#lab.dig(this.#space, at, name, 53)
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
