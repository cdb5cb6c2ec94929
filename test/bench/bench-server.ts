import { execFileSync } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { productVersion } from '#platform/product-version.ts'
import { CATEGORIES } from '#rules/categories.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'

/** On a busy machine compiling a million names, at the lowest priority, takes its time. */
const START_TIMEOUT_MS = 120_000

/** A server under test, whoever made it. */
export interface BenchServer {
  readonly name: string
  readonly version: string
  readonly pid: number
  readonly port: number
  /** From the start of the process until a name of the list was blocked. */
  readonly startedInMs: number
  /** Makes a new list ready beside the old one; then `reload` makes the server take it. */
  readonly prepare: (names: readonly string[]) => void
  readonly reload: () => void
  readonly stop: () => Promise<void>
}

export interface ServerOptions {
  /** An existing folder of its own. */
  readonly folder: string
  readonly names: readonly string[]
  readonly upstreamPort: number
  /** A name that is listed only here. */
  readonly untilBlocked: string
}

/** The agent, with the snapshot that an earlier start has left, as after any restart of a box. */
export async function startOurs(options: ServerOptions): Promise<BenchServer> {
  const { folder, names, upstreamPort, untilBlocked } = options
  const list = join(folder, 'names.txt')
  writeFileSync(list, names.join('\n'))
  const settings = {
    folder,
    upstreamPorts: [upstreamPort],
    // As the peers do.
    addresses: ['127.0.0.1'],
    config: configFor(list),
    compileCache: join(folder, 'compile-cache'),
    untilBlocked,
    startTimeoutMs: START_TIMEOUT_MS,
  }
  await (await startAgentProcess(settings)).stop()
  const agent = await startAgentProcess(settings)
  return {
    name: 'ours',
    version: `supercloud-edge ${productVersion}`,
    pid: agent.pid,
    port: agent.port,
    startedInMs: agent.startedInMs,
    prepare: (others) => writeFileSync(`${list}.new`, others.join('\n')),
    reload: () => {
      renameSync(`${list}.new`, list)
      process.kill(agent.pid, 'SIGHUP')
    },
    stop: async () => void (await agent.stop()),
  }
}

/** One group for loopback, which gets everything but what is in the list. */
function configFor(list: string): Readonly<Record<string, unknown>> {
  const categories = Object.fromEntries(
    CATEGORIES.filter(({ tier }) => tier === 'default-on' || tier === 'optional').map(({ id }) => [
      id,
      id === 'uncategorised' ? 'allow' : 'block',
    ]),
  )
  return {
    groups: { ks3: { profile: 'ks3', categories } },
    networks: [
      { cidr: '127.0.0.0/8', group: 'ks3' },
      { cidr: '::1/128', group: 'ks3' },
    ],
    limits: NO_CLIENT_LIMITS,
    lists: [{ id: 'bench', path: list, format: 'domains', category: 'contact.forums_ugc' }],
  }
}

/** The first line that a program says of its version. */
export function versionOf(program: string, words: readonly string[]): string {
  const said = execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return said.split('\n', 1)[0]?.slice(0, 60).trim() ?? ''
}
