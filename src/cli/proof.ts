import { readProof } from '#agent/proof/proof-log.ts'
import type { ProofRow } from '#agent/proof/proof-row.ts'
import { systemClock } from '#platform/clock.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plural } from './plural.ts'
import { findState } from './state-folder.ts'
import { printable, printableJson } from './terminal-text.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
const DAYS_MAX = 430

export const proofCommand: Command = {
  usage: 'proof [options]',
  about:
    'Shows what the hourly self-tests have found: evidence that the filter worked, kept for 13 months. Ends with 1 when one of them found something wrong, with 5 when there is none. Needs no running agent.',
  options: {
    days: { value: 'N', help: `so many days back (default: ${DEFAULT_DAYS}, at most ${DAYS_MAX})` },
    state: STATE_OPTION,
    json: { ...JSON_OPTION, help: 'print every test as JSON' },
  },
  positionals: [0, 0],
  run: (invocation) => Promise.resolve(runProof(invocation)),
}

function runProof(invocation: Invocation): ExitCode {
  const { environment, folder, say, complain, switches } = invocation
  const days = Number(valueOf(invocation, 'days') ?? DEFAULT_DAYS)
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
    complain(`--days is a whole number from 1 to ${DAYS_MAX}`)
    return EXIT.usage
  }
  const { agent } = findState(valueOf(invocation, 'state'), environment, folder)
  const since = systemClock.wallMs() - days * DAY_MS
  const found = tryRead(agent, since)
  if (found === undefined) {
    complain(printable(`cannot read ${agent}: try with sudo`))
    return EXIT.unreachable
  }
  const { rows, unreadable } = found
  if (switches.has('json')) say(printableJson({ rows, unreadable }))
  else for (const line of proofLines(rows)) say(line)
  if (unreadable > 0) complain(`${plural(unreadable, 'line')} could not be read`)
  if (rows.length === 0) return EXIT.notKnown
  return rows.some(({ failed }) => failed > 0) ? EXIT.foundWrong : EXIT.ok
}

function tryRead(state: string, since: number): ReturnType<typeof readProof> | undefined {
  try {
    return readProof(state, since)
  } catch {
    return undefined
  }
}

/** A line for each day (UTC), what was wrong on it, what the newest test says of each network and of the second line, and the sum. */
function proofLines(rows: readonly ProofRow[]): readonly string[] {
  if (rows.length === 0) return ['no self-test is kept of that time']
  const days = Map.groupBy(rows, ({ at }) => new Date(at).toISOString().slice(0, 10))
  const lines = [...days].flatMap(([day, tests]) => {
    const bad = tests.filter(({ failed }) => failed > 0)
    const things = tests.reduce((sum, { passed }) => sum + passed, 0)
    const said = new Set(bad.flatMap(({ failures }) => failures))
    return [
      `${day}  ${plural(tests.length, 'test')}, ${things} things right, ${bad.length} with failures`,
      ...[...said].map((text) => `  failed  ${text}`),
    ]
  })
  const bad = rows.filter(({ failed }) => failed > 0).length
  const backup = `backup line  ${rows.at(-1)?.backup ?? 'not proven: the newest test did not try it'}`
  const networks = Object.entries(rows.at(-1)?.networks ?? {}).map(
    ([title, way]) => `${title}  ${way}`,
  )
  return [
    ...lines,
    ...networks,
    backup,
    `${plural(rows.length, 'test')}, ${bad} with failures`,
  ].map(printable)
}
