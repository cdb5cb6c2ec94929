/** A resolver of another make on loopback: unbound, or nsd serving the root zone, with data of the caller's choice. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Failure, failure } from '#domain/failure.ts'
import { ask } from './dns-client.ts'
import { freeDnsPort } from './free-port.ts'

const START_TIMEOUT_MS = 5_000
const STOP_TIMEOUT_MS = 3_000
const POLL_MS = 25
const FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin']

export type RealUpstreamName = 'unbound' | 'nsd'

export interface RealUpstreamOptions {
  /** Zone file lines with absolute names: `www.example.org. 300 IN A 192.0.2.1`. What is not there is NXDOMAIN. */
  readonly records?: readonly string[]
  /** An IPv4 address for every name that has no record of its own; then nothing is NXDOMAIN. */
  readonly everyName?: string
  /** Takes what is installed, unbound first, unless told. */
  readonly server?: RealUpstreamName
}

export interface RealUpstream {
  readonly name: RealUpstreamName
  readonly address: '127.0.0.1'
  readonly port: number
  readonly pid: number
  readonly isRunning: () => boolean
  /** SIGTERM, then SIGKILL; removes its files. */
  readonly stop: () => Promise<void>
}

/**
 * Starts one and waits until it answers. A failure, fit to skip a test with, when none is installed; throws when it is
 * installed and does not start.
 */
export async function startRealUpstream(
  options: RealUpstreamOptions = {},
): Promise<RealUpstream | Failure<'not-installed'>> {
  const names: readonly RealUpstreamName[] = options.server ? [options.server] : ['unbound', 'nsd']
  for (const name of names) {
    const program = FOLDERS.map((folder) => join(folder, name)).find((file) => existsSync(file))
    if (program) return start(name, program, options)
  }
  const packages = names.join(' or ')
  return failure('not-installed', `needs ${packages} (Debian package ${packages})`)
}

async function start(
  name: RealUpstreamName,
  program: string,
  options: RealUpstreamOptions,
): Promise<RealUpstream> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-upstream-'))
  const port = await freeDnsPort()
  writeFileSync(join(folder, 'root.zone'), `${zoneLines(options).join('\n')}\n`)
  const config = join(folder, `${name}.conf`)
  writeFileSync(config, name === 'unbound' ? unboundConfig(folder, port) : nsdConfig(folder, port))
  const child = spawnBound(program, ['-d', '-c', config])
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let said = ''
  child.stderr?.on('data', (part) => (said = `${said}${part}`.slice(-10_000)))
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    child.kill('SIGTERM')
    await exited
    clearTimeout(timer)
    rmSync(folder, { recursive: true, force: true })
  }
  if (!(await isAnswering(port, isRunning))) {
    await stop()
    throw new Error(`${program} does not answer on port ${port}: ${said}`)
  }
  return { name, address: '127.0.0.1', port, pid: child.pid ?? 0, isRunning, stop }
}

/** Where util-linux is there, the kernel ends the server when this process ends, however it ends. */
function spawnBound(program: string, words: readonly string[]): ChildProcess {
  const setpriv = '/usr/bin/setpriv'
  const whole = existsSync(setpriv)
    ? [setpriv, '--pdeathsig', 'KILL', program, ...words]
    : [program, ...words]
  const [first = program, ...rest] = whole
  return spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'] })
}

async function isAnswering(port: number, isRunning: () => boolean): Promise<boolean> {
  const giveUpAt = performance.now() + START_TIMEOUT_MS
  while (performance.now() < giveUpAt && isRunning()) {
    const reply = await ask('.', 'SOA', { port, timeoutMs: 250 }).catch(() => undefined)
    if (reply?.answers?.length === 1) return true
    await sleep(POLL_MS)
  }
  return false
}

/** The whole name space is one zone: the server needs no other and asks nobody. */
function zoneLines({ records = [], everyName }: RealUpstreamOptions): readonly string[] {
  const wildcards =
    everyName === undefined
      ? []
      : closestEnclosers(records).map((name) => `*.${name} 300 IN A ${everyName}`)
  return [
    '. 300 IN SOA ns.invalid. root.invalid. 1 3600 600 86400 60',
    '. 300 IN NS ns.invalid.',
    'ns.invalid. 300 IN A 127.0.0.1',
    ...records,
    ...wildcards,
  ]
}

/** A wildcard does not reach below a name that exists, so each of these needs its own (RFC 4592 section 2.2.1). */
function closestEnclosers(records: readonly string[]): readonly string[] {
  const enclosers = new Set(['', 'invalid.'])
  for (const record of records) {
    const labels = (record.split(/\s/, 1)[0] ?? '').split('.').slice(0, -1)
    for (let i = 0; i < labels.length; i++) enclosers.add(`${labels.slice(i).join('.')}.`)
  }
  return [...enclosers].filter((name) => !name.startsWith('*.'))
}

function unboundConfig(folder: string, port: number): string {
  return `server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  do-ip6: no
  num-threads: 1
  interface: 127.0.0.1@${port}
  access-control: 127.0.0.0/8 allow
  module-config: "iterator"
  do-not-query-localhost: yes
  local-zone: "test." nodefault
  local-zone: "invalid." nodefault
  edns-buffer-size: 1232
  max-udp-size: 1232
auth-zone:
  name: "."
  zonefile: "${join(folder, 'root.zone')}"
  for-downstream: yes
  for-upstream: yes
  fallback-enabled: no
remote-control:
  control-enable: no
`
}

function nsdConfig(folder: string, port: number): string {
  return `server:
  zonesdir: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  database: ""
  zonelistfile: "${join(folder, 'zone.list')}"
  xfrdfile: "${join(folder, 'xfrd.state')}"
  xfrdir: "${folder}"
  cookie-secret-file: "${join(folder, 'cookies')}"
  ip-address: 127.0.0.1@${port}
  server-count: 1
  do-ip6: no
  rrl-ratelimit: 0
  ipv4-edns-size: 1232
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
`
}
