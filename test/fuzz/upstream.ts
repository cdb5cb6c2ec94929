/** The second half: honest clients, and an upstream that lies in every way it can. */

import type { AgentProcess } from '#test/support/agent-process.ts'
import { askRaw, type Reply, rcodeOf } from '#test/support/dns-client.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { wireName } from '#test/support/wire-name.ts'
import { addresses, blocked, type ControlCase, safeSearch } from './control-client.ts'
import { FORBIDDEN_NAME } from './hostile-answer.ts'
import { startHostileUpstream } from './hostile-upstream.ts'
import { FUZZ_CONFIG, FUZZ_LIMITS, type PhaseResult, runPhase } from './phase.ts'
import { makeRandom, type Random } from './random.ts'
import { optRecord, rawQuery } from './raw-query.ts'
import { problemOf, readMessage } from './read-message.ts'
import type { Tally } from './tally.ts'

const HONEST = 'clean'
/** Waited for at the start: a lie that it does not exist would pass for its block. */
const LISTED = 'listed'
const ASKING_AT_ONCE = 24
const TCP_SHARE = 0.2
const SERVFAIL = 2
const NXDOMAIN = 3
/** NOERROR, SERVFAIL, NXDOMAIN, REFUSED: what a client may be told. */
const PASSED_ON = [0, SERVFAIL, NXDOMAIN, 5]
/** Three messages at most, 400 ms each, and room for a busy machine. */
const ANSWER_TIMEOUT_MS = 5_000
/** Longer than this process, which is the upstream as well, may stand still where others compute beside it. */
const LIMITS = { ...FUZZ_LIMITS, 'upstream-timeout-ms': 400 }

export interface FuzzUpstreamOptions {
  readonly folder: string
  readonly questions: number
  readonly seed: number
}

export async function fuzzUpstream(options: FuzzUpstreamOptions): Promise<PhaseResult> {
  const { folder, questions, seed } = options
  const upstream = await startHostileUpstream(seed, [HONEST, LISTED])
  let next = 0
  const attack = async (agent: AgentProcess, tally: Tally, count: number): Promise<void> => {
    const until = next + count
    const askOn = async (): Promise<void> => {
      while (next < until && agent.isRunning()) await askHostile(agent, tally, next++, seed)
    }
    await Promise.all(Array.from({ length: ASKING_AT_ONCE }, askOn))
  }
  try {
    return await runPhase({
      title: 'hostile upstream',
      folder,
      upstreamPort: upstream.port,
      config: { ...FUZZ_CONFIG, limits: { ...NO_CLIENT_LIMITS, ...LIMITS } },
      cases: CASES,
      warmUp: (agent, tally) => attack(agent, tally, Math.ceil(questions / 10)),
      attack: (agent, tally) => attack(agent, tally, questions),
      notes: () => [`upstream asked   ${upstream.asked.udp} UDP, ${upstream.asked.tcp} TCP`],
    })
  } finally {
    await upstream.close()
  }
}

/** Asks one name that the upstream lies about; some twice, so that what was kept is seen as well. */
async function askHostile(
  agent: AgentProcess,
  tally: Tally,
  n: number,
  seed: number,
): Promise<void> {
  const random = makeRandom(seed, 1_000_000 + n)
  const query = hostileQuery(n, random)
  const transport = random.chance(TCP_SHARE) ? 'tcp' : 'udp'
  for (let times = random.chance(0.3) ? 2 : 1; times > 0; times--) {
    if (transport === 'tcp') tally.packetsTcp++
    else tally.packetsUdp++
    const at = { port: agent.port, transport, timeoutMs: ANSWER_TIMEOUT_MS } as const
    const answer = await askRaw(query, at)
    if (answer) judgeAnswer(query, answer, transport, tally)
    else if (agent.isRunning())
      tally.violation(`no answer over ${transport} to ${query.toString('hex')}`)
    if (!answer) tally.silent++
  }
}

/** A or HTTPS and others, with and without OPT. The name says nothing of what will be answered. */
function hostileQuery(n: number, random: Random): Buffer {
  const opt = random.chance(0.7)
    ? optRecord(random.pick([512, 1232, 4_096]), random.pick([0, 0x8000]))
    : undefined
  const { bytes } = rawQuery(wireName(`h${n}.hostile.test`), random.pick([1, 1, 28, 65, 16]), opt)
  bytes.writeUInt16BE(random.int(0x10000), 0)
  return bytes
}

function judgeAnswer(query: Buffer, answer: Buffer, transport: 'udp' | 'tcp', tally: Tally): void {
  tally.answered(answer.readUInt16BE(2) & 0xf)
  const problem = problemOf(query, answer, transport) ?? leadsAstray(answer)
  if (problem)
    tally.violation(
      `${problem}\n    query  ${query.toString('hex')}\n    answer ${answer.toString('hex').slice(0, 1_200)}`,
    )
}

function leadsAstray(answer: Buffer): string | undefined {
  const message = readMessage(answer)
  if (typeof message === 'string') return message
  if (!PASSED_ON.includes(message.rcode)) return `rcode ${message.rcode} of the upstream's own`
  const isForbidden = (name: string | undefined): boolean =>
    name !== undefined && (name === FORBIDDEN_NAME || name.endsWith(`.${FORBIDDEN_NAME}`))
  return message.records.some(({ section, target }) => section === 'answer' && isForbidden(target))
    ? 'leads to a blocked name'
    : undefined
}

const SAFE_SEARCH = safeSearch()

const CASES: readonly ControlCase[] = [
  blocked('blocked.test', 'A'),
  blocked('blocked.test', 'TYPE65'),
  blocked('canary-harm-selfharm.test', 'AAAA'),
  blocked('listed.test', 'A'),
  addresses('an honest name', () => `www.${HONEST}.test`, ['192.0.2.1']),
  // Over TCP it shares a connection with lies that are framed badly, behind which nothing is understood: seldom all its messages go there.
  {
    ...addresses('a new honest name', (n) => `n${n}.${HONEST}.test`, ['192.0.2.1']),
    isAskedAgain: true,
  },
  addresses('localhost', () => 'localhost', ['127.0.0.1']),
  {
    title: 'safe search, whose addresses the upstream lies about, leads there or nowhere',
    name: () => SAFE_SEARCH.name,
    type: 'A',
    isRight: isSafeOrFailed,
  },
]

/**
 * Nowhere as well where the upstream leads the safe name to a blocked one. That the safe name does not exist is said with the alias
 * before it: the code is that of the last name (RFC 6604 section 3).
 */
function isSafeOrFailed(reply: Reply): boolean {
  const [first, ...others] = reply.answers ?? []
  if (rcodeOf(reply) === SERVFAIL) return first === undefined
  if (rcodeOf(reply) === NXDOMAIN && others.length > 0) return false
  if (rcodeOf(reply) === NXDOMAIN && first === undefined) return true
  return (
    first?.type === 'CNAME' &&
    first.data === SAFE_SEARCH.target &&
    others.every((one) => one.type === 'A' && one.name === SAFE_SEARCH.target)
  )
}
