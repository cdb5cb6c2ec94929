/**
 * `npm run differential`: names of every kind, asked of us, of unbound and of pdns-recursor. We forward to unbound, and both resolvers ask
 * one nsd. Where our answer differs from either, a row of allowed-differences.json must say why. Ends with 1 where none does.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { ask, differences, type Part, type Seen } from './compare.ts'
import { type OtherServer, startAuthority, startRecursor, startUnbound } from './servers.ts'
import { makeZones, type Question } from './zones.ts'

const AT_ONCE = 20
const TOLD_MAX = 20
const SILENCE = 'silent'
const ROWS_MAX = 10

/** An answer of ours may differ in this way, and why. */
interface AllowedDifference {
  readonly from: readonly ('unbound' | 'recursor')[]
  readonly kinds: readonly string[]
  readonly parts: readonly (Part | 'number of answers')[]
  readonly reason: string
}

interface Difference {
  readonly question: Question
  readonly from: 'unbound' | 'recursor'
  readonly parts: readonly (Part | 'number of answers')[]
  readonly ours: readonly Seen[]
  readonly theirs: readonly Seen[]
}

const { values } = parseArgs({ options: { names: { type: 'string', default: '10000' } } })
const allowed: readonly AllowedDifference[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'allowed-differences.json'), 'utf8'),
)
if (allowed.length > ROWS_MAX)
  throw new Error(`${allowed.length} allowed differences; allowed: at most ${ROWS_MAX}`)
const folder = mkdtempSync(join(tmpdir(), 'edge-differential-'))
const running: { readonly stop: () => Promise<unknown> }[] = []
try {
  process.exitCode = (await run(Number(values.names))) ? 0 : 1
} finally {
  await Promise.all(running.map((one) => one.stop()))
  rmSync(folder, { recursive: true, force: true })
}

async function run(names: number): Promise<boolean> {
  const zones = makeZones(names)
  const authority = keep(await startAuthority(folder, zones.files))
  const unbound = keep(await startUnbound(folder, zones.files, authority.port))
  const recursor = keep(await startRecursor(folder, zones.files, authority.port))
  const agent = keep(
    await startAgentProcess({
      folder,
      upstreamPorts: [unbound.port],
      config: {
        limits: NO_CLIENT_LIMITS,
        networks: [{ cidr: '127.0.0.0/8', group: 'staff' }],
        groups: { staff: { 'safe-search': false, ech: 'pass' } },
      },
    }),
  )
  const seen = new Map<string, number>()
  const found = await compareAll(zones.questions, agent.port, { unbound, recursor }, (ours) => {
    const what =
      ours.map(({ rcode, flags }) => `rcode ${rcode} ${flags}`).join(', then ') || SILENCE
    seen.set(what, (seen.get(what) ?? 0) + 1)
  })
  const used = new Map<AllowedDifference, number>()
  const open = found.filter((difference) => {
    const row = allowed.find((one) => isAllowed(one, difference))
    if (row) used.set(row, (used.get(row) ?? 0) + 1)
    return !row
  })
  say(`${names} names, each asked of three servers: ${found.length} differences`)
  for (const [what, count] of seen) say(`  ${count} of ours were ${what}`)
  for (const row of allowed)
    say(
      `  allowed ${used.get(row) ?? 0}: ${row.kinds.join(', ')} (${row.parts.join(', ')}): ${row.reason}`,
    )
  for (const { question, from, parts, ours, theirs } of open.slice(0, TOLD_MAX))
    say(
      `  DIFFERS from ${from} in ${parts.join(', ')}: ${question.kind}, ${question.name} type ${question.type}\n    ours   ${JSON.stringify(ours)}\n    theirs ${JSON.stringify(theirs)}`,
    )
  const idle = allowed.filter((row) => !used.has(row))
  for (const { reason } of idle) say(`  no longer needed: ${reason}`)
  if (seen.has(SILENCE)) say('FAILED: not every question was answered')
  say(open.length === 0 ? 'held' : `FAILED: ${open.length} differences without a reason`)
  return open.length === 0 && !seen.has(SILENCE)
}

/** Names are asked of all three before the next, a few at once. */
async function compareAll(
  questions: readonly Question[],
  port: number,
  others: Readonly<Record<'unbound' | 'recursor', OtherServer>>,
  see: (ours: readonly Seen[]) => void,
): Promise<readonly Difference[]> {
  const found: Difference[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let i = next++; i < questions.length; i = next++) {
      const question = questions[i]
      if (!question) return
      // The first answer is forwarded, the second comes from the cache.
      const first = await ask(question, port)
      const second = await ask(question, port)
      see(first)
      see(second)
      for (const from of ['unbound', 'recursor'] as const) {
        const theirs = await ask(question, others[from].port)
        for (const ours of [first, second]) {
          const parts = differences(ours, theirs)
          if (parts.length > 0) found.push({ question, from, parts, ours, theirs })
        }
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return found
}

function isAllowed(row: AllowedDifference, { question, from, parts }: Difference): boolean {
  return (
    row.from.includes(from) &&
    (row.kinds.includes('all') || row.kinds.includes(question.kind)) &&
    parts.every((part) => row.parts.includes(part))
  )
}

function keep<T extends { readonly stop: () => Promise<unknown> }>(one: T): T {
  running.push(one)
  return one
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
