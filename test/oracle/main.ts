/**
 * `npm run oracle`: a million names of real and made-up lists, and as many that nearly are one, through the compiled index and through
 * a naive look-up; then random worlds of rules of every kind (`--random N` names). Ends with 1 when they disagree on any.
 */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeListTree, SHARED_UT1 } from '#test/load/ut1-tree.ts'
import type { Agreement } from './agreement.ts'
import { compareRandomWorlds } from './random-worlds.ts'
import { compareLists, compileLists, oracleLists } from './real-lists.ts'

const { values } = parseArgs({
  options: {
    names: { type: 'string', default: '1000000' },
    random: { type: 'string', default: '200000' },
    seed: { type: 'string' },
    ut1: { type: 'string', default: SHARED_UT1 },
  },
})
const seed = Number(values.seed ?? randomInt(1_000_000))
const folder = mkdtempSync(join(tmpdir(), 'edge-oracle-'))
try {
  const results = [compareReal(Number(values.names)), compareRandom(Number(values.random))]
  process.exitCode = results.every(({ differed }) => differed === 0) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function compareReal(count: number): Agreement {
  const tree = makeListTree(join(folder, 'lists'), values.ut1)
  const lists = oracleLists(tree, count)
  const index = compileLists(lists)
  print(
    'lists',
    `${lists.length}, ${index.names} names with rules, ${tree.isReal ? 'UT1 and made up' : 'made up'}`,
  )
  return tell('names', compareLists(lists, index))
}

function compareRandom(count: number): Agreement {
  return tell(`seed ${seed}`, compareRandomWorlds(count, seed))
}

function tell(what: string, agreement: Agreement): Agreement {
  print(what, `${agreement.asked} asked, ${agreement.agreed} agree, ${agreement.differed} do not`)
  for (const example of agreement.examples) print('wrong', example)
  return agreement
}

function print(what: string, text: string): void {
  process.stdout.write(`${what.padEnd(13)}${text}\n`)
}
