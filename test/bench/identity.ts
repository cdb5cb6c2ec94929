/** What it costs to know who asks and to watch the wire: agent and capture process, at rest and as a school asks. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { leasesOf } from '#test/support/accounted-device.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { ADDRESSES_EACH } from '#test/support/full-devices.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { clientLookupNs } from './client-lookup.ts'
import { type Changes, measureChanges } from './identity-changes.ts'
import { cpuSecondsOf, partsOf, residentMibOf } from './process-groups.ts'
import type { Report } from './report.ts'
import { whileSchoolAsks } from './school.ts'
import { spread, withRange } from './spread.ts'

const MEMORY_CHILD = join(import.meta.dirname, 'identity-memory-child.ts')
const DEVICES = 1_000
const PER_SECOND = 1_500
const DEVICES_IN_MEMORY = 10_000
/** Until what a start leaves to do is done. */
const SETTLE_MS = { quick: 3_000, full: 10_000 } as const
/** The capture wants to see DNS, so the agent listens where DNS is. */
const ADDRESS = '127.0.0.9'
const DNS_PORT = 53
const FOR_STAFF = 'chat.test'
const CONTROLLER = { address: '127.0.0.5', secret: 'correct-horse-battery', user: 't.eacher' }
const BARS = { lookupPercent: 3, memoryMb: 8, inForceMs: 1_000 } as const

interface Options {
  readonly folder: string
  readonly upstreamPort: number
  readonly rounds: number
  readonly quick: boolean
}

/** Of the processes of one part of the agent, for a time. */
interface Figures {
  readonly part: string
  readonly isAsked: boolean
  readonly mib: number
  readonly percent: number
}

interface Kind {
  readonly title: string
  readonly isKnown: boolean
  readonly isCaptured: boolean
  readonly figures: Figures[]
}

interface Started extends AgentProcess {
  readonly radiusPort: number
  readonly dns: { readonly address: string; readonly port: number }
}

/** Without and with 1,000 devices known and a capture, in turns; then what one look-up, many devices and a change take. */
export async function benchIdentity(report: Report, options: Options): Promise<void> {
  report.heading('Who asks, and what goes past')
  const isRoot = process.getuid?.() === 0
  const kinds: readonly Kind[] = [
    { title: 'nobody known', isKnown: false, isCaptured: false, figures: [] },
    { title: '1,000 known', isKnown: true, isCaptured: false, figures: [] },
    ...(isRoot ? [{ title: 'and captured', isKnown: true, isCaptured: true, figures: [] }] : []),
  ]
  const changes: Changes[] = []
  for (let round = 0; round < options.rounds; round++)
    for (const kind of kinds) {
      const agent = await startKind(kind, `${kind.title}-${round}`, options)
      try {
        await sleep(options.quick ? SETTLE_MS.quick : SETTLE_MS.full)
        const more = await measureKind(agent, kind === kinds.at(-1), options)
        kind.figures.push(...more.figures)
        changes.push(...more.changes)
      } finally {
        await agent.stop()
      }
    }
  tellProcesses(report, kinds)
  if (!isRoot) report.text('Nothing was captured: that takes root.')
  tellLookup(report, kinds)
  tellMemory(report)
  tellChanges(report, changes)
}

async function startKind(
  { isKnown, isCaptured }: Kind,
  place: string,
  { folder, upstreamPort }: Options,
): Promise<Started> {
  const home = join(folder, `identity-${place.replaceAll(/\W/g, '-')}`)
  mkdirSync(home)
  writeFileSync(join(home, 'leases'), leasesOf(DEVICES))
  writeFileSync(join(home, 'secret'), CONTROLLER.secret, { mode: 0o600 })
  const radiusPort = await freeDnsPort()
  const radius = {
    listen: [{ address: '127.0.0.1', port: radiusPort }],
    clients: [{ from: CONTROLLER.address, 'secret-file': join(home, 'secret') }],
  }
  const isRoot = process.getuid?.() === 0
  const agent = await startAgentProcess({
    folder: home,
    upstreamPorts: [upstreamPort],
    ...(isRoot && { port: DNS_PORT, addresses: [ADDRESS, '127.0.0.1'] }),
    untilBlocked: FOR_STAFF,
    config: {
      networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
      deny: [{ name: FOR_STAFF, reason: 'a bench', groups: ['ks3'] }],
      limits: NO_CLIENT_LIMITS,
      identity: {
        neighbours: isKnown,
        names: { reverse: false },
        leases: isKnown ? [{ path: join(home, 'leases'), format: 'dnsmasq' }] : [],
        assign: [{ user: CONTROLLER.user, group: 'staff' }],
        ...(isKnown && { radius }),
      },
      capture: { interfaces: isCaptured ? ['lo'] : [] },
    },
  })
  return {
    ...agent,
    radiusPort,
    dns: { address: isRoot ? ADDRESS : '127.0.0.1', port: agent.port },
  }
}

async function measureKind(
  agent: Started,
  isChanged: boolean,
  { quick }: Options,
): Promise<{ readonly figures: readonly Figures[]; readonly changes: readonly Changes[] }> {
  const seconds = quick ? 1 : 8
  const rest = await measure(agent.pid, false, seconds)
  const school = { ...agent.dns, devices: DEVICES, perSecond: PER_SECOND }
  return whileSchoolAsks(school, async () => {
    const asked = await measure(agent.pid, true, seconds)
    const { radiusPort, dns } = agent
    const changes = isChanged
      ? [await measureChanges({ ...CONTROLLER, radiusPort, dns, name: FOR_STAFF, quick })]
      : []
    return { figures: [...rest, ...asked], changes }
  })
}

async function measure(
  pid: number,
  isAsked: boolean,
  seconds: number,
): Promise<readonly Figures[]> {
  const parts = partsOf(pid)
  const before = parts.map(cpuSecondsOf)
  const fromMs = performance.now()
  await sleep(seconds * 1_000)
  const took = (performance.now() - fromMs) / 1_000
  return parts.map((part, i) => ({
    part: part.part,
    isAsked,
    mib: residentMibOf(part),
    percent: ((cpuSecondsOf(part) - (before[i] ?? 0)) / took) * 100,
  }))
}

function tellProcesses(report: Report, kinds: readonly Kind[]): void {
  report.text(
    `Each process by itself, at rest and at ${PER_SECOND} queries a second of ${DEVICES} devices, all of cached names; the capture is on the loopback interface, the others are \`ip\`, which tells of neighbours. Medians (least to most).`,
  )
  const rows = kinds.flatMap(({ title, figures }) =>
    [
      ...Map.groupBy(figures, ({ part, isAsked }) => `${part}, ${isAsked ? 'asked' : 'at rest'}`),
    ].map(([what, all]) => [
      `${title}: ${what}`,
      withRange(spread(all.map(({ mib }) => mib)), (value) => value.toFixed(0)),
      withRange(spread(all.map(({ percent }) => percent)), (value) => value.toFixed(2)),
    ]),
  )
  report.table(['process', 'MiB', '% of a core'], rows)
}

/** As a share of all that the agent does for a query, in the same run. */
function tellLookup(report: Report, kinds: readonly Kind[]): void {
  const asked = kinds
    .filter(({ isKnown }) => isKnown)
    .flatMap(({ figures }) => figures.filter(({ part, isAsked }) => part === 'agent' && isAsked))
  const queryNs = Math.min(...asked.map(({ percent }) => percent)) * (1e7 / PER_SECOND)
  const [unknown, known] = [clientLookupNs(0), clientLookupNs(DEVICES)]
  report.text(
    `Whose policy counts is looked up in ${unknown.toFixed(0)} ns of CPU, and in ${known.toFixed(0)} ns where all devices have a group of their own: the dearer is ${((Math.max(unknown, known) / queryNs) * 100).toFixed(2)} % of the ${(queryNs / 1000).toFixed(1)} us that a query takes at the least (at most ${BARS.lookupPercent} % is wanted).`,
  )
}

function tellMemory(report: Report): void {
  const words = [MEMORY_CHILD, String(DEVICES_IN_MEMORY)]
  const mb = Number(execFileSync(process.execPath, words, { encoding: 'utf8' })) / 1e6
  report.text(
    `${DEVICES_IN_MEMORY} devices, each with ${ADDRESSES_EACH} addresses, a lease, a name, a group and somebody logged on, take ${mb.toFixed(1)} MB of heap, ${((mb * 1e6) / DEVICES_IN_MEMORY).toFixed(0)} bytes each (at most ${BARS.memoryMb} MB is wanted).`,
  )
}

function tellChanges(report: Report, changes: readonly Changes[]): void {
  const all = changes.flatMap(({ inForceMs }) => inForceMs).toSorted((x, y) => x - y)
  report.text(
    `From accounting's Start or Stop until questions are answered by it, ${all.length} times while the school asked: ${all[all.length >> 1]?.toFixed(0)} ms (median), ${all.at(-1)?.toFixed(0)} ms (most; at most ${BARS.inForceMs} ms is wanted).`,
  )
}
