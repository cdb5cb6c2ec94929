/**
 * Throws hostile packets at a real agent, from clients and from its upstream, while a control client asks questions
 * whose answers are known. Exits with 1 when anything at all was not as it must be.
 *
 *   node test/fuzz/main.ts --packets 100000 --seed 1
 *   node test/fuzz/main.ts --lists --minutes 10     mutated lists instead
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzzClients } from './clients.ts'
import { fuzzLists, type ListFuzzResult } from './lists.ts'
import type { PhaseResult } from './phase.ts'
import { fuzzUpstream } from './upstream.ts'

const DEFAULT_PACKETS = 100_000
const DEFAULT_MINUTES = 1
/** A question to a hostile upstream may wait for two time limits, so there are fewer of them. */
const PACKETS_PER_UPSTREAM_QUESTION = 20

const { packets, seed, minutes } = readOptions()
if (minutes === undefined) await fuzzPackets()
else {
  process.stdout.write(`fuzz: lists for ${minutes} minutes, seed ${seed}\n`)
  const result = await fuzzLists({ minutes, seed })
  process.stdout.write(listSummary(result))
  process.exitCode = result.tally.violations === 0 ? 0 : 1
}

async function fuzzPackets(): Promise<void> {
  process.stdout.write(`fuzz: ${packets} packets, seed ${seed}\n`)
  const folder = mkdtempSync(join(tmpdir(), 'edge-fuzz-'))
  try {
    const results = [
      await fuzzClients({ folder: join(folder, 'clients'), packets, seed }),
      await fuzzUpstream({
        folder: join(folder, 'upstream'),
        questions: Math.ceil(packets / PACKETS_PER_UPSTREAM_QUESTION),
        seed,
      }),
    ]
    for (const result of results) process.stdout.write(summary(result))
    process.exitCode = results.every(({ tally }) => tally.violations === 0) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readOptions(): {
  readonly packets: number
  readonly seed: number
  readonly minutes: number | undefined
} {
  const { values } = parseArgs({
    options: {
      packets: { type: 'string' },
      seed: { type: 'string' },
      lists: { type: 'boolean' },
      minutes: { type: 'string' },
    },
  })
  const given = Number(values.packets ?? DEFAULT_PACKETS)
  const chosen = Number(values.seed ?? Date.now() % 1_000_000)
  const minutes = Number(values.minutes ?? DEFAULT_MINUTES)
  if (!Number.isInteger(given) || given <= 0 || !Number.isInteger(chosen) || !(minutes > 0)) {
    process.stderr.write(
      'usage: main.ts [--packets N | --lists [--minutes N]] [--seed N], N a number\n',
    )
    process.exit(2)
  }
  return { packets: given, seed: chosen, minutes: values.lists ? minutes : undefined }
}

function summary({
  title,
  tally,
  control,
  rss,
  oldSpace,
  drops,
  seconds,
  notes,
}: PhaseResult): string {
  const wrong = control.asked - control.right - control.again
  const lines = [
    '',
    `${title}: ${tally.violations === 0 ? 'held' : 'FAILED'}`,
    `  packets          ${tally.packetsUdp} UDP, ${tally.packetsTcp} TCP, in ${seconds.toFixed(1)} s`,
    `  answers          ${tally.rcodeLine()}`,
    `  silent           ${tally.silent}`,
    `  control          ${control.asked} asked, ${control.right} right, ${control.again} when asked again, ${wrong} wrong`,
    `  longest control  ${control.longestMs.toFixed(1)} ms`,
    `  resident memory  ${mib(rss.before)} before, ${mib(rss.after)} after, ${mib(rss.peak)} peak; may grow by ${mib(rss.growthMax)}`,
    `  old space        ${mib(oldSpace.before)} before, ${mib(oldSpace.after)} after; may grow by ${mib(oldSpace.growthMax)}`,
    `  socket drops     ${drops}`,
    ...notes.map((note) => `  ${note}`),
    `  violations       ${tally.violations}`,
    ...tally.told.map((text) => `  - ${text}`),
  ]
  return `${lines.join('\n')}\n`
}

function listSummary({ tally, figures, rss, seconds }: ListFuzzResult): string {
  const lines = [...figures].map(
    ([name, { lists, lines: count, rules, refused, slowestMs }]) =>
      `  ${name.padEnd(16)} ${lists} lists, ${count} lines: ${rules} rules, ${refused} refused; the slowest ${slowestMs.toFixed(1)} ms`,
  )
  return [
    '',
    `lists: ${tally.violations === 0 ? 'held' : 'FAILED'}, in ${seconds.toFixed(1)} s`,
    ...lines,
    `  resident memory  ${mib(rss.before)} at a third, ${mib(rss.after)} at the end; may grow by ${mib(rss.growthMax)}`,
    `  violations       ${tally.violations}`,
    ...tally.told.map((text) => `  - ${text}`),
    '',
  ].join('\n')
}

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
