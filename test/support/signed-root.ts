/** A signed root zone of the test's own, served by nsd: names, a forged record, an unsigned zone, and keys made for the purpose. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BOUND_STDIO, boundToParent } from '#platform/bound-to-parent.ts'
import { ownLoopback } from '#platform/own-loopback.ts'
import { ask } from './dns-client.ts'

const NSD = '/usr/sbin/nsd'
const KEYGEN = '/usr/bin/ldns-keygen'
const SIGN = '/usr/bin/ldns-signzone'
const START_TRIES_MAX = 400
const POLL_MS = 25

export interface SignedRootOptions {
  /** Lines of the root zone with absolute names. */
  readonly records: readonly string[]
  /** Names whose A record has a signature that does not hold. */
  readonly forged?: readonly string[]
  /** Further zones, by name, as they are served. */
  readonly zones?: Readonly<Record<string, readonly string[]>>
}

export interface SignedRoot {
  /** Where it is served, on port 53: root hints have no port. */
  readonly address: string
  readonly port: 53
  readonly hintsFile: string
  readonly anchorsFile: string
  readonly stop: () => Promise<void>
}

/** Why there can be none here; false where there can. */
export function noSignedRoot(): string | false {
  if (process.getuid?.() !== 0) return 'port 53 takes root'
  const missing = [NSD, KEYGEN, SIGN, '/usr/sbin/unbound'].find((file) => !existsSync(file))
  return missing ? `needs ${missing} (Debian packages nsd, ldnsutils, unbound)` : false
}

/** Starts it in `folder`, which exists, and waits until it answers. Ends with this process, however this one ends. */
export async function startSignedRoot(
  folder: string,
  { records, forged = [], zones = {} }: SignedRootOptions,
): Promise<SignedRoot> {
  const home = join(folder, 'root')
  mkdirSync(home)
  const address = ownLoopback()
  const apex = ['. 300 IN NS ns.', `ns. 300 IN A ${address}`]
  const signed = signZone(home, '.', [soa('.'), ...apex, ...records])
  writeFileSync(join(home, 'root.zone'), forge(signed.text, forged))
  for (const [zone, lines] of Object.entries(zones))
    writeFileSync(join(home, `${zone}zone`), `${lines.join('\n')}\n`)
  const hintsFile = join(folder, 'hints.txt')
  writeFileSync(hintsFile, `. 3600 IN NS ns.\nns. 3600 IN A ${address}\n`)
  const anchorsFile = join(folder, 'anchors.txt')
  writeFileSync(anchorsFile, signed.ds)
  const config = join(home, 'nsd.conf')
  writeFileSync(config, nsdConfig(home, address, Object.keys(zones)))
  const bound = boundToParent(NSD, ['-d', '-c', config])
  const child = spawn(bound.program, bound.args, { stdio: BOUND_STDIO })
  await waitUntilAnswering(child, address)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
    for (const pipe of child.stdio) pipe?.destroy()
  }
  return { address, port: 53, hintsFile, anchorsFile, stop }
}

export function soa(zone: string): string {
  return `${zone} 300 IN SOA ns. root. 1 3600 600 86400 60`
}

/** A zone signed with fresh keys by ldns, and the DS of its key. */
export function signZone(
  home: string,
  zone: string,
  lines: readonly string[],
): { readonly text: string; readonly ds: string } {
  const make = (...words: readonly string[]): string =>
    execFileSync(KEYGEN, ['-a', 'ECDSAP256SHA256', '-r', '/dev/urandom', ...words, zone], {
      cwd: home,
      encoding: 'utf8',
    }).trim()
  const keys = [make('-k'), make()]
  const plain = join(home, `plain-${zone}zone`)
  writeFileSync(plain, `${lines.join('\n')}\n`)
  execFileSync(SIGN, ['-o', zone, '-f', `${plain}.signed`, plain, ...keys], { cwd: home })
  const text = readFileSync(`${plain}.signed`, 'utf8')
  return { text, ds: readFileSync(join(home, `${keys[0]}.ds`), 'utf8') }
}

/** Exchanges two letters of the signatures of these names' A records. */
function forge(zone: string, names: readonly string[]): string {
  const lines = zone.split('\n').map((line) => {
    const isMeant = names.some((name) => line.startsWith(`${name}.\t`) && /RRSIG\s+A /.test(line))
    const match = isMeant ? /^(.*\s)([\w+/=]{20,})$/.exec(line.trim()) : null
    if (!match) return line
    const [, head = '', signature = ''] = match
    const turned = signature.startsWith('A') ? 'B' : 'A'
    return `${head}${turned}${signature.slice(1)}`
  })
  return lines.join('\n')
}

async function waitUntilAnswering(child: ChildProcess, address: string): Promise<void> {
  let said = ''
  child.stderr?.on('data', (part) => (said = `${said}${part}`.slice(-4_000)))
  for (let tries = 0; tries < START_TRIES_MAX && child.exitCode === null; tries++) {
    const reply = await ask('.', 'SOA', { port: 53, address, timeoutMs: 250 }).catch(
      () => undefined,
    )
    if (reply?.answers?.length === 1) return
    await sleep(POLL_MS)
  }
  child.kill('SIGKILL')
  throw new Error(`nsd does not answer at ${address}: ${said}`)
}

function nsdConfig(home: string, address: string, zones: readonly string[]): string {
  const blocks = zones.map((zone) => `zone:\n  name: "${zone}"\n  zonefile: "${zone}zone"\n`)
  return `server:
  zonesdir: "${home}"
  chroot: ""
  username: ""
  pidfile: ""
  database: ""
  zonelistfile: "${join(home, 'zone.list')}"
  xfrdfile: "${join(home, 'xfrd.state')}"
  xfrdir: "${home}"
  cookie-secret-file: "${join(home, 'cookies')}"
  ip-address: ${address}@53
  server-count: 1
  do-ip6: no
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
${blocks.join('')}`
}
