/** An agent with a block page, as a process of its own, and clients of three groups. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { type Ran, run } from '../cli/run.ts'
import { type AgentProcess, startAgentProcess } from './agent-process.ts'
import { a, cname, type FakeUpstream, startFakeUpstream } from './fake-upstream.ts'
import { freeDnsPort } from './free-port.ts'
import { type Visited, type VisitOptions, visit } from './page-client.ts'
import { shortFolder } from './short-folder.ts'

export const STAFF = '127.0.0.2'
export const CHILD = '127.0.0.3'

export interface PageAgentOptions {
  readonly page?: Readonly<Record<string, unknown>>
  readonly block?: Readonly<Record<string, unknown>>
  readonly config?: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, string>>
  /** Folder of an agent that was stopped: a restart. */
  readonly folder?: string
  readonly pagePort?: number
}

export interface PageAgent {
  readonly agent: AgentProcess
  readonly upstream: FakeUpstream
  readonly pagePort: number
  readonly visit: (host: string, options?: Partial<VisitOptions>) => Promise<Visited>
  readonly edge: (...words: readonly string[]) => Promise<Ran>
}

const LISTS = [
  {
    id: 'social',
    path: 'social.txt',
    format: 'domains',
    category: 'contact.social',
    title: 'Networks <b>we</b> found',
  },
  { id: 'gambling', path: 'gambling.txt', format: 'domains', category: 'commerce.gambling' },
  { id: 'harm', path: 'harm.txt', format: 'domains', category: 'harm.selfharm' },
]
const FILES = {
  'social.txt': 'social.test\n',
  'gambling.txt': 'gambling.test\ncdn.test\n',
  'harm.txt': 'harm.test\nboth.test\n',
}

export async function startPageAgent(t: Test, options: PageAgentOptions = {}): Promise<PageAgent> {
  const upstream = await startFakeUpstream(({ name, type }) => {
    if (name === 'cloaked.test')
      return { answers: [cname(name, 'x.cdn.test'), a('x.cdn.test', '192.0.2.1')] }
    if (name === 'silent.test') return undefined
    return { answers: type === 'A' ? [a(name, '192.0.2.1')] : [] }
  })
  t.teardown(() => upstream.close())
  const folder = options.folder ?? shortFolder(t)
  const pagePort = options.pagePort ?? (await freeDnsPort())
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstream.port],
    untilBlocked: 'denied.test',
    files: { ...FILES, ...options.files },
    config: {
      networks: [
        { cidr: '127.0.0.0/8', group: 'ks3' },
        { cidr: `${STAFF}/32`, group: 'staff' },
        { cidr: `${CHILD}/32`, group: 'ks1' },
        { cidr: '::1/128', group: 'ks3' },
      ],
      groups: { ks1: { categories: { uncategorised: 'allow' } } },
      deny: [
        { name: 'denied.test', reason: 'after an incident with a pupil' },
        { name: 'both.test', reason: 'after another incident' },
      ],
      lists: LISTS,
      block: {
        address: { v4: '127.0.0.1' },
        categories: { 'contact.social': 'address' },
        page: {
          listen: [{ address: '127.0.0.1', port: pagePort }],
          school: 'Northfield <School>',
          contact: 'Ask in room 12.',
          ...options.page,
        },
        ...options.block,
      },
      ...options.config,
    },
  })
  t.teardown(() => agent.stop())
  const words = ['--state', agent.stateDir]
  const edge = (...more: readonly string[]): Promise<Ran> => run(folder, ...more, ...words)
  const at = (host: string, more: Partial<VisitOptions> = {}): Promise<Visited> =>
    visit({ port: pagePort, host, ...more })
  await until(async () => (await at('localhost')).status > 0, 'the page')
  await until(async () => (await edge('release', '--list')).code === 0, 'the control socket')
  return { agent, upstream, pagePort, visit: at, edge }
}

/** Waits until something holds; what throws does not hold yet. */
export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds().catch(() => false)) return
    await sleep(100)
  }
  throw new Error(`waited too long for ${what}`)
}
