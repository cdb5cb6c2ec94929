import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { askFirst, type ControlCase, type ControlResult, startControl } from './control-client.ts'
import { oldSpaceBytes, peakResidentBytes, residentBytes, socketDrops } from './process-facts.ts'
import { Tally } from './tally.ts'

const MIB = 1_048_576

/** Of all control questions. */
const AGAIN_SHARE_MAX = 0.05
/**
 * How much more resident memory the agent may hold at the end than after the warm-up. V8 lets its young generation grow
 * to 128 MiB under load, which is most of this.
 */
const RSS_GROWTH_MAX_BYTES = 192 * MIB
/** The same for the old generation alone, where what is never let go of gathers. */
const OLD_SPACE_GROWTH_MAX_BYTES = 32 * MIB
const REST_MS = 1_500
/** A pino level: 60 is fatal, 50 is error. */
const LEVEL_ERROR = 50

export interface PhaseOptions {
  readonly title: string
  readonly folder: string
  readonly upstreamPort: number
  readonly config: Readonly<Record<string, unknown>>
  readonly cases: readonly ControlCase[]
  /** Runs before memory is first read, so that start-up and first use do not count as growth. */
  readonly warmUp: (agent: AgentProcess, tally: Tally) => Promise<void>
  readonly attack: (agent: AgentProcess, tally: Tally) => Promise<void>
  readonly notes?: () => readonly string[]
}

export interface PhaseResult {
  readonly title: string
  readonly tally: Tally
  readonly control: ControlResult
  readonly rss: {
    readonly before: number
    readonly after: number
    readonly peak: number
    readonly growthMax: number
  }
  readonly oldSpace: { readonly before: number; readonly after: number; readonly growthMax: number }
  readonly drops: number
  readonly seconds: number
  readonly notes: readonly string[]
}

/** Starts an agent, attacks it with the control client beside it, and judges what is left of it. */
export async function runPhase(options: PhaseOptions): Promise<PhaseResult> {
  const { folder, upstreamPort, config, cases } = options
  mkdirSync(folder, { recursive: true })
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstreamPort],
    config,
    files: { 'lists/games.txt': 'listed.test\n' },
    untilBlocked: 'listed.test',
  })
  const tally = new Tally()
  try {
    await askFirst(agent, cases, tally)
    const control = startControl(agent, cases, tally)
    await options.warmUp(agent, tally)
    const before = residentBytes(agent.pid)
    const oldBefore = await oldSpaceBytes(agent.metricsUrl)
    const startedAt = performance.now()
    await options.attack(agent, tally)
    const seconds = (performance.now() - startedAt) / 1000
    await control.stop()
    await sleep(REST_MS)
    const after = residentBytes(agent.pid)
    const oldAfter = await oldSpaceBytes(agent.metricsUrl)
    judge(agent, tally)
    const { again, asked } = control.result
    if (again > asked * AGAIN_SHARE_MAX) tally.first('too much was right only when asked again')
    if (after - before > RSS_GROWTH_MAX_BYTES) tally.first('resident memory grew too much')
    if (oldAfter - oldBefore > OLD_SPACE_GROWTH_MAX_BYTES) tally.first('old space grew too much')
    return {
      title: options.title,
      tally,
      control: control.result,
      rss: {
        before,
        after,
        peak: peakResidentBytes(agent.pid),
        growthMax: RSS_GROWTH_MAX_BYTES,
      },
      oldSpace: { before: oldBefore, after: oldAfter, growthMax: OLD_SPACE_GROWTH_MAX_BYTES },
      drops: socketDrops(agent.port),
      seconds,
      notes: options.notes?.() ?? [],
    }
  } finally {
    await agent.stop()
  }
}

/** Alive under the same id, and with nothing bad to say. */
function judge(agent: AgentProcess, tally: Tally): void {
  if (!agent.isRunning() || residentBytes(agent.pid) === 0) tally.first('the agent has ended')
  for (const line of agent.log().split('\n')) {
    const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? (line === '' ? 0 : LEVEL_ERROR))
    if (level >= LEVEL_ERROR) tally.first(`the agent wrote: ${line.slice(0, 2_000)}`)
  }
}

/** The school that both phases filter for. */
export const FUZZ_CONFIG: Readonly<Record<string, unknown>> = {
  groups: { 'exam-room': { profile: 'ks4', categories: { 'ai.chat': 'block' } } },
  networks: [
    { cidr: '127.0.0.0/8', group: 'ks3' },
    { cidr: '127.0.0.8/29', group: 'staff' },
    { cidr: '127.0.0.16/28', group: 'exam-room' },
    { cidr: '::1/128', group: 'ks3' },
  ],
  deny: [{ name: 'blocked.test', reason: 'a name whose answer is known' }],
  allow: [{ name: 'open.test', reason: 'a name whose answer is known' }],
  lists: [{ id: 'games', path: 'lists/games.txt', format: 'domains', category: 'media.games' }],
}

/** Small, so that every cache is full long before the end and growth after it is a leak. */
export const FUZZ_LIMITS: Readonly<Record<string, number>> = {
  'cache-entries': 2_000,
  'tcp-idle-ms': 2_000,
}
