/** Servers of other makes with the same list, each in its best Debian configuration: see `peers/`. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { type BenchServer, type ServerOptions, versionOf } from './bench-server.ts'
import { DNSDIST } from './peers/dnsdist.ts'
import { DNSMASQ } from './peers/dnsmasq.ts'
import { KRESD } from './peers/kresd.ts'
import type { PeerPlan, PeerRecipe } from './peers/peer-recipe.ts'
import { UNBOUND } from './peers/unbound.ts'

/** kresd takes half a minute for a million names. */
const START_TIMEOUT_MS = 120_000
const POLL_MS = 10
const NXDOMAIN = 3

export const PEERS: readonly PeerRecipe[] = [DNSMASQ, UNBOUND, KRESD, DNSDIST]

export function isInstalled({ program }: PeerRecipe): boolean {
  return existsSync(program)
}

/** Starts a peer and waits until it blocks. Throws, with what it said, when it does not. */
export async function startPeer(recipe: PeerRecipe, options: ServerOptions): Promise<BenchServer> {
  const { folder, names, upstreamPort, untilBlocked } = options
  const namesFile = join(folder, 'names')
  const [port, controlPort] = await Promise.all([freeDnsPort(), freeDnsPort()])
  const plan = { folder, port, controlPort, upstreamPort, namesFile }
  const configFile = join(folder, 'config')
  writeFileSync(configFile, recipe.config(plan))
  writeFileSync(namesFile, recipe.namesText(names))
  const startedAt = performance.now()
  const child = spawn(recipe.program, [...recipe.words(configFile, plan)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => (said = `${said}${part}`.slice(-4_000)))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  while (!(await isBlocking(port, untilBlocked))) {
    if (performance.now() > startedAt + START_TIMEOUT_MS || child.exitCode !== null) {
      child.kill('SIGKILL')
      throw new Error(`${recipe.name} does not start: ${said}`)
    }
    await sleep(POLL_MS)
  }
  return {
    name: recipe.name,
    version: versionOf(recipe.program, recipe.versionWords),
    pid: child.pid ?? 0,
    port,
    startedInMs: performance.now() - startedAt,
    prepare: (others) => writeFileSync(`${namesFile}.new`, recipe.namesText(others)),
    reload: () => {
      exchange(namesFile)
      tell(recipe, { plan, configFile, pid: child.pid ?? 0 })
    },
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      child.kill('SIGTERM')
      await exited
      clearTimeout(timer)
    },
  }
}

/** A new file of the same name that is whole when it appears: one that is written in place would be read half written. */
function exchange(file: string): void {
  rmSync(file)
  linkSync(`${file}.new`, file)
}

function tell(
  recipe: PeerRecipe,
  {
    plan,
    configFile,
    pid,
  }: { readonly plan: PeerPlan; readonly configFile: string; readonly pid: number },
): void {
  const reload = recipe.reload(plan, configFile)
  switch (reload.kind) {
    case 'signal':
      process.kill(pid, reload.signal)
      return
    case 'command':
      execFile(reload.program, [...reload.words], () => undefined)
      return
    case 'watches':
      return
    default:
      reload satisfies never
  }
}

/** Whether a name is answered NXDOMAIN now. */
export async function isBlocking(port: number, name: string): Promise<boolean> {
  const reply = await ask(name, 'A', { port, timeoutMs: 200 }).catch(() => undefined)
  return reply !== undefined && rcodeOf(reply) === NXDOMAIN
}
