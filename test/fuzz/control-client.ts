import { setTimeout as sleep } from 'node:timers/promises'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import type { AgentProcess } from '#test/support/agent-process.ts'
import { ask, type Reply, rcodeOf } from '#test/support/dns-client.ts'
import type { Tally } from './tally.ts'

const PAUSE_MS = 2
/** Between the names that are asked first and those that are asked again. */
const AGAIN = 1_000_000
/** How often a client asks again: what resolvers of operating systems do. */
const AGAIN_MAX = 2
const NXDOMAIN = 3

/** A question whose answer is known. */
export interface ControlCase {
  readonly title: string
  /** A fresh name each time where the answer must come from the upstream. */
  readonly name: (n: number) => string
  readonly type: string
  readonly isRight: (reply: Reply) => boolean
  /** A client whose question found no answer asks for other such names before it counts as wrong. */
  readonly isAskedAgain?: true
}

export interface ControlResult {
  asked: number
  right: number
  /** Right when asked again. */
  again: number
  longestMs: number
}

interface At {
  readonly port: number
  readonly transport: 'udp' | 'tcp'
}

/** Asks the known questions in turn, one at a time over UDP and one over TCP, until told to stop or the agent is gone. */
export function startControl(
  { port, isRunning }: Pick<AgentProcess, 'port' | 'isRunning'>,
  cases: readonly ControlCase[],
  tally: Tally,
): { readonly result: ControlResult; readonly stop: () => Promise<void> } {
  const result: ControlResult = { asked: 0, right: 0, again: 0, longestMs: 0 }
  const stopping = new AbortController()
  const run = async (transport: 'udp' | 'tcp'): Promise<void> => {
    for (let n = 0; !stopping.signal.aborted && isRunning(); n++) {
      const one = cases[n % cases.length]
      if (one) await askOne(one, n, { port, transport }, result, tally)
      await sleep(PAUSE_MS)
    }
  }
  const loops = [run('udp'), run('tcp')]
  return {
    result,
    stop: async () => {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

/** Asks each known question once, before anything is attacked: what is answered then has to stay known. */
export async function askFirst(
  { port }: Pick<AgentProcess, 'port'>,
  cases: readonly ControlCase[],
  tally: Tally,
): Promise<void> {
  const result: ControlResult = { asked: 0, right: 0, again: 0, longestMs: 0 }
  for (const one of cases) await askOne(one, 0, { port, transport: 'udp' }, result, tally)
}

async function askOne(
  one: ControlCase,
  n: number,
  at: At,
  result: ControlResult,
  tally: Tally,
): Promise<void> {
  result.asked++
  const startedAt = performance.now()
  try {
    const reply = await ask(one.name(n), one.type, at)
    if (one.isRight(reply)) result.right++
    else if (one.isAskedAgain && (await isRightAgain(one, n, at))) result.again++
    else
      tally.violation(`control: ${one.title} over ${at.transport}: ${reply.bytes.toString('hex')}`)
  } catch (error) {
    tally.violation(`control: ${one.title} over ${at.transport}: ${String(error)}`)
  }
  result.longestMs = Math.max(result.longestMs, performance.now() - startedAt)
}

async function isRightAgain(one: ControlCase, n: number, at: At): Promise<boolean> {
  for (let times = 1; times <= AGAIN_MAX; times++)
    if (one.isRight(await ask(one.name(n + times * AGAIN), one.type, at))) return true
  return false
}

/** A shipped rewrite, whichever stands first. */
export function safeSearch(): { readonly name: string; readonly target: string } {
  const first = CURATED_SETS.find(({ id }) => id === 'safesearch')?.names[0]
  if (!first?.target) throw new Error('no set of safe search names is shipped')
  return { name: first.name, target: first.target }
}

/** Blocked in every way, local, and rewritten; `address` is what the upstream gives for every name. */
export function controlCases(address: string): readonly ControlCase[] {
  const { name, target } = safeSearch()
  return [
    ...['A', 'AAAA', 'TYPE65', 'TXT'].map((type) => blocked('blocked.test', type)),
    blocked('deep.below.Blocked.Test', 'A'),
    blocked('canary-harm-selfharm.test', 'A'),
    blocked('listed.test', 'A'),
    blocked('cloaked.example.org', 'A'),
    addresses('www.open.test', () => 'www.open.test', [address]),
    addresses('a new name of open.test', (n) => `n${n}.open.test`, [address]),
    addresses('localhost', () => 'localhost', ['127.0.0.1']),
    addresses('ipv4only.arpa', () => 'ipv4only.arpa', ['192.0.0.170', '192.0.0.171']),
    blocked('host.invalid', 'A'),
    blocked('printer.local', 'AAAA'),
    {
      title: 'safe search',
      name: () => name,
      type: 'A',
      isRight: ({ answers = [] }) =>
        answers[0]?.type === 'CNAME' &&
        answers[0].data === target &&
        answers[1]?.type === 'A' &&
        answers[1].name === target &&
        answers[1].data === address,
    },
    {
      title: 'no HTTPS record for safe search',
      name: () => name,
      type: 'TYPE65',
      isRight: (reply) => rcodeOf(reply) === 0 && reply.answers?.length === 0,
    },
  ]
}

export function blocked(name: string, type: string): ControlCase {
  return {
    title: `${name} ${type} does not exist`,
    name: () => name,
    type,
    isRight: (reply) => rcodeOf(reply) === NXDOMAIN && reply.answers?.length === 0,
  }
}

export function addresses(
  title: string,
  name: (n: number) => string,
  expected: readonly string[],
): ControlCase {
  return {
    title: `addresses of ${title}`,
    name,
    type: 'A',
    isRight: (reply) => {
      const found = (reply.answers ?? []).map((one) => (one.type === 'A' ? one.data : one.type))
      return rcodeOf(reply) === 0 && found.toSorted().join() === expected.toSorted().join()
    },
  }
}
