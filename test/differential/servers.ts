/** The servers that are compared: one that has the zones, and two resolvers of other makes that ask it. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '#test/support/dns-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'

const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 5_000

export interface OtherServer {
  readonly port: number
  readonly stop: () => Promise<void>
}

/** nsd with all zones. */
export async function startAuthority(
  folder: string,
  zones: ReadonlyMap<string, string>,
): Promise<OtherServer> {
  const home = join(folder, 'nsd')
  mkdirSync(home)
  const port = await freeDnsPort()
  const blocks = [...zones].map(([zone, text]) => {
    writeFileSync(join(home, `${zone}.zone`), text)
    return `zone:\n  name: "${zone}"\n  zonefile: "${zone}.zone"\n`
  })
  const config = `server:
  zonesdir: "${home}"
  chroot: ""
  username: ""
  pidfile: ""
  database: ""
  zonelistfile: "${join(home, 'zone.list')}"
  xfrdfile: "${join(home, 'xfrd.state')}"
  xfrdir: "${home}"
  cookie-secret-file: "${join(home, 'cookies')}"
  ip-address: 127.0.0.1@${port}
  server-count: 1
  do-ip6: no
  rrl-ratelimit: 0
remote-control:
  control-enable: no
${blocks.join('')}`
  return start('/usr/sbin/nsd', home, { port, config, words: (file) => ['-d', '-c', file], zones })
}

export async function startUnbound(
  folder: string,
  zones: ReadonlyMap<string, string>,
  authority: number,
): Promise<OtherServer> {
  const home = join(folder, 'unbound')
  mkdirSync(home)
  const port = await freeDnsPort()
  const blocks = [...zones.keys()].map(
    (zone) => `forward-zone:\n  name: "${zone}"\n  forward-addr: 127.0.0.1@${authority}\n`,
  )
  const config = `server:
  directory: "${home}"
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
  do-not-query-localhost: no
  minimal-responses: yes
  edns-buffer-size: 1232
  max-udp-size: 1232
  outgoing-range: 4096
remote-control:
  control-enable: no
${blocks.join('')}`
  return start('/usr/sbin/unbound', home, {
    port,
    config,
    words: (file) => ['-d', '-c', file],
    zones,
  })
}

export async function startRecursor(
  folder: string,
  zones: ReadonlyMap<string, string>,
  authority: number,
): Promise<OtherServer> {
  const home = join(folder, 'recursor')
  mkdirSync(home)
  const port = await freeDnsPort()
  const forward = [...zones.keys()].map((zone) => `${zone}=127.0.0.1:${authority}`).join(', ')
  const config = `daemon=no
local-address=127.0.0.1
local-port=${port}
socket-dir=${home}
disable-syslog=yes
quiet=yes
threads=1
dont-query=
allow-from=127.0.0.0/8
dnssec=off
edns-outgoing-bufsize=1232
udp-truncation-threshold=1232
forward-zones=${forward}
`
  return start('/usr/sbin/pdns_recursor', home, {
    port,
    config,
    words: () => [`--config-dir=${home}`],
    zones,
    file: 'recursor.conf',
  })
}

interface Plan {
  readonly port: number
  readonly config: string
  readonly words: (configFile: string) => readonly string[]
  readonly zones: ReadonlyMap<string, string>
  readonly file?: string
}

async function start(
  program: string,
  home: string,
  { port, config, words, zones, file = 'config' }: Plan,
): Promise<OtherServer> {
  if (!existsSync(program)) throw new Error(`needs ${program}: see .ci/run for the packages`)
  const configFile = join(home, file)
  writeFileSync(configFile, config)
  const child = spawn(program, words(configFile), { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => (said = `${said}${part}`.slice(-4_000)))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    child.kill('SIGTERM')
    await exited
    clearTimeout(timer)
  }
  const [zone = '.'] = zones.keys()
  const giveUpAtMs = performance.now() + START_TIMEOUT_MS
  while (performance.now() < giveUpAtMs && child.exitCode === null) {
    const reply = await ask(zone, 'SOA', { port, timeoutMs: 500 }).catch(() => undefined)
    if (reply?.answers?.length === 1) return { port, stop }
    await sleep(50)
  }
  await stop()
  throw new Error(`${program} does not answer: ${said}`)
}
