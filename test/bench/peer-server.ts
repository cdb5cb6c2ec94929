/** Servers of other makes with the same lists: dnsmasq and unbound (Debian), configured as their manuals say. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'

const START_TIMEOUT_MS = 60_000
const POLL_MS = 10
const NXDOMAIN = 3

export interface PeerServer {
  readonly name: string
  readonly pid: number
  readonly port: number
  readonly startedInMs: number
  readonly stop: () => Promise<void>
}

export interface PeerOptions {
  readonly folder: string
  readonly names: ReadonlySet<string>
  readonly upstreamPort: number
  /** A listed name: the peer has started once it is blocked. */
  readonly untilBlocked: string
}

interface Recipe {
  readonly name: string
  readonly program: string
  readonly config: (options: PeerOptions, port: number) => string
  readonly words: (configFile: string) => readonly string[]
}

const RECIPES: readonly Recipe[] = [
  {
    name: 'dnsmasq',
    program: '/usr/sbin/dnsmasq',
    words: (file) => ['--keep-in-foreground', `--conf-file=${file}`],
    config: ({ names, upstreamPort }, port) =>
      [
        `port=${port}`,
        'listen-address=127.0.0.1',
        'bind-interfaces',
        'user=root',
        'pid-file=',
        'no-resolv',
        'no-hosts',
        'no-poll',
        `server=127.0.0.1#${upstreamPort}`,
        'cache-size=20000',
        'dns-forward-max=1000',
        ...[...names].map((name) => `address=/${name}/`),
      ].join('\n'),
  },
  {
    name: 'unbound',
    program: '/usr/sbin/unbound',
    words: (file) => ['-d', '-c', file],
    config: ({ folder, names, upstreamPort }, port) =>
      [
        'server:',
        `  directory: "${folder}"`,
        '  chroot: ""',
        '  username: ""',
        '  pidfile: ""',
        '  use-syslog: no',
        '  num-threads: 1',
        `  interface: 127.0.0.1@${port}`,
        '  access-control: 127.0.0.0/8 allow',
        '  module-config: "iterator"',
        '  do-not-query-localhost: no',
        ...[...names].map((name) => `  local-zone: "${name}" always_nxdomain`),
        'forward-zone:',
        '  name: "."',
        `  forward-addr: 127.0.0.1@${upstreamPort}`,
        'remote-control:',
        '  control-enable: no',
      ].join('\n'),
  },
]

/** Names of the peers that are installed. */
export function installedPeers(): readonly string[] {
  return RECIPES.filter(({ program }) => existsSync(program)).map(({ name }) => name)
}

/** Starts a peer twice, so that files are as warm as ours, and times the second start. */
export async function startPeer(name: string, options: PeerOptions): Promise<PeerServer> {
  const recipe = RECIPES.find((one) => one.name === name)
  if (!recipe) throw new Error(`no such peer: ${name}`)
  await (await start(recipe, options)).stop()
  return start(recipe, options)
}

async function start(recipe: Recipe, options: PeerOptions): Promise<PeerServer> {
  const port = await freeDnsPort()
  mkdirSync(options.folder, { recursive: true })
  const file = join(options.folder, `${recipe.name}.conf`)
  writeFileSync(file, `${recipe.config(options, port)}\n`)
  const startedAt = performance.now()
  const child = spawn(recipe.program, [...recipe.words(file)], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const giveUpAt = startedAt + START_TIMEOUT_MS
  while (!(await isBlocking(port, options.untilBlocked))) {
    if (performance.now() > giveUpAt || child.exitCode !== null)
      throw new Error(`${recipe.name} does not start`)
    await sleep(POLL_MS)
  }
  return {
    name: recipe.name,
    pid: child.pid ?? 0,
    port,
    startedInMs: performance.now() - startedAt,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function isBlocking(port: number, name: string): Promise<boolean> {
  const reply = await ask(name, 'A', { port, timeoutMs: 200 }).catch(() => undefined)
  return reply !== undefined && rcodeOf(reply) === NXDOMAIN
}
