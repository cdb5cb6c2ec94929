/** What it costs to know who asks and to watch the wire: agent and capture process, at rest and as a school asks. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { clientLookupNs } from './client-lookup.ts'
import { cpuSeconds, residentMib } from './process-figures.ts'
import type { Report } from './report.ts'
import { spread, withRange } from './spread.ts'

const CHILD = join(import.meta.dirname, 'school-child.ts')
const DEVICES = 1_000
const PER_SECOND = 1_500
const SETTLE_MS = { quick: 500, full: 3_000 } as const
/** The capture wants to see DNS, so the agent listens where DNS is. */
const ADDRESS = '127.0.0.9'
const DNS_PORT = 53
/** Popular names: what is cached costs least, so that what is added shows most. */
const NAMES = Array.from({ length: 200 }, (_, i) => `site${i}.example.org`)

interface Figures {
  readonly agentMib: number
  readonly agentPercent: number
  readonly captureMib: number
  readonly capturePercent: number
  readonly cpuMicros: number
}

interface Options {
  readonly folder: string
  readonly upstreamPort: number
  readonly rounds: number
  readonly quick: boolean
}

/** Without and with 1,000 devices known and a capture, in turns. */
export async function benchIdentity(report: Report, options: Options): Promise<void> {
  report.heading('Who asks, and what goes past')
  const isRoot = process.getuid?.() === 0
  const kinds = ['nobody known', '1,000 devices known', ...(isRoot ? ['and captured'] : [])]
  const figures = new Map<string, { rest: Figures[]; asked: Figures[] }>()
  for (const kind of kinds) figures.set(kind, { rest: [], asked: [] })
  const seconds = options.quick ? 1 : 8
  for (let round = 0; round < options.rounds; round++)
    for (const [i, kind] of kinds.entries()) {
      const agent = await startKind(i, `${round}-${i}`, options)
      try {
        await sleep(options.quick ? SETTLE_MS.quick : SETTLE_MS.full)
        figures.get(kind)?.rest.push(await measure(agent, 0, seconds))
        figures.get(kind)?.asked.push(await measure(agent, PER_SECOND, seconds))
      } finally {
        await agent.stop()
      }
    }
  tell(report, kinds, figures)
  const [unknown, known] = [clientLookupNs(0), clientLookupNs(DEVICES)].map((ns) => ns.toFixed(0))
  report.text(
    `Whose policy counts is looked up in ${unknown} ns of CPU a query, and in ${known} ns where all devices have a group of their own.`,
  )
  if (!isRoot) report.text('Nothing was captured: that takes root.')
}

async function startKind(
  kind: number,
  place: string,
  { folder, upstreamPort }: Options,
): Promise<AgentProcess> {
  const home = join(folder, `identity-${place}`)
  mkdirSync(home)
  writeFileSync(join(home, 'leases'), leases())
  const identity = {
    neighbours: kind > 0,
    names: { reverse: false },
    leases: kind > 0 ? [{ path: join(home, 'leases'), format: 'dnsmasq' }] : [],
    assign: [{ user: 't.eacher', group: 'staff' }],
  }
  const isRoot = process.getuid?.() === 0
  return startAgentProcess({
    folder: home,
    upstreamPorts: [upstreamPort],
    ...(isRoot && { port: DNS_PORT, addresses: [ADDRESS, '127.0.0.1'] }),
    config: {
      networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
      limits: NO_CLIENT_LIMITS,
      identity,
      capture: { interfaces: kind > 1 ? ['lo'] : [] },
    },
  })
}

function leases(): string {
  const expires = Math.floor(Date.now() / 1000) + 36_000
  return Array.from({ length: DEVICES }, (_, i) => {
    const mac = `00:00:5e:10:${hex(i >> 8)}:${hex(i & 255)}`
    return `${expires} ${mac} 127.1.${i >> 8}.${i & 255} laptop-${i} *\n`
  }).join('')
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

async function measure(agent: AgentProcess, perSecond: number, seconds: number): Promise<Figures> {
  const school = perSecond > 0 ? await startSchool(agent.port, perSecond) : undefined
  if (school) await sleep(1_000)
  const captures = descendants(agent.pid)
  const cpu = (): readonly [number, number] => [
    cpuSeconds(agent.pid),
    captures.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
  ]
  const [agentBefore, captureBefore] = cpu()
  await sleep(seconds * 1_000)
  const [agentAfter, captureAfter] = cpu()
  await school?.end()
  const agentSeconds = agentAfter - agentBefore
  return {
    agentMib: residentMib(agent.pid),
    agentPercent: (agentSeconds / seconds) * 100,
    captureMib: captures.reduce((sum, pid) => sum + residentMib(pid), 0),
    capturePercent: ((captureAfter - captureBefore) / seconds) * 100,
    cpuMicros: perSecond > 0 ? (agentSeconds / seconds / perSecond) * 1e6 : 0,
  }
}

async function startSchool(port: number, perSecond: number) {
  const address = port === DNS_PORT ? ADDRESS : '127.0.0.1'
  const words = [CHILD, address, String(port), String(DEVICES), String(perSecond), ...NAMES]
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    end: async () => {
      const closed = once(child, 'close')
      child.stdin.end()
      await closed
    },
  }
}

/** Processes that a process has started, and those that these have. */
function descendants(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  const children = readFileSync(path, 'latin1').split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function tell(
  report: Report,
  kinds: readonly string[],
  figures: ReadonlyMap<string, { readonly rest: Figures[]; readonly asked: Figures[] }>,
): void {
  report.text(
    `The agent alone, and its other processes (\`ip\` for the neighbours, the capture on the loopback interface), at rest and at ${PER_SECOND} queries a second of ${DEVICES} devices; medians (least to most).`,
  )
  const head = [
    '',
    'agent MiB',
    'agent % of a core',
    'others MiB',
    'others % of a core',
    'CPU us a query',
  ]
  const row = (title: string, all: readonly Figures[]): readonly string[] => [
    title,
    ...(['agentMib', 'agentPercent', 'captureMib', 'capturePercent', 'cpuMicros'] as const).map(
      (key) => withRange(spread(all.map((one) => one[key])), (value) => value.toFixed(1)),
    ),
  ]
  report.table(
    head,
    kinds.flatMap((kind) => [
      row(`${kind}, at rest`, figures.get(kind)?.rest ?? []),
      row(`${kind}, asked`, figures.get(kind)?.asked ?? []),
    ]),
  )
}
