/**
 * Throws hostile packets at a real agent, from clients and from its upstream, while a control client asks questions
 * whose answers are known. Exits with 1 when anything at all was not as it must be.
 *
 *   node test/fuzz/main.ts --packets 100000 --seed 1
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzzClients } from './clients.ts'
import type { PhaseResult } from './phase.ts'
import { fuzzUpstream } from './upstream.ts'

const DEFAULT_PACKETS = 100_000
/** A question to a hostile upstream may wait for two time limits, so there are fewer of them. */
const PACKETS_PER_UPSTREAM_QUESTION = 20

const { packets, seed } = readOptions()
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

function readOptions(): { readonly packets: number; readonly seed: number } {
  const { values } = parseArgs({
    options: { packets: { type: 'string' }, seed: { type: 'string' } },
  })
  const given = Number(values.packets ?? DEFAULT_PACKETS)
  const chosen = Number(values.seed ?? Date.now() % 1_000_000)
  if (!Number.isInteger(given) || given <= 0 || !Number.isInteger(chosen)) {
    process.stderr.write('usage: main.ts [--packets N] [--seed N], both whole numbers\n')
    process.exit(2)
  }
  return { packets: given, seed: chosen }
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
  const wrong = control.asked - control.right
  const lines = [
    '',
    `${title}: ${tally.violations === 0 ? 'held' : 'FAILED'}`,
    `  packets          ${tally.packetsUdp} UDP, ${tally.packetsTcp} TCP, in ${seconds.toFixed(1)} s`,
    `  answers          ${tally.rcodeLine()}`,
    `  silent           ${tally.silent}`,
    `  control          ${control.asked} asked, ${control.right} right, ${wrong} wrong`,
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

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
