/** Evidence of self-tests: kept by month, for thirteen months, whatever the power does. */
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { MONTHS_KEPT, ProofLog, readProof } from '#agent/proof/proof-log.ts'
import { type ProofRow, proofRow } from '#agent/proof/proof-row.ts'
import { runCommand } from '#test/support/run-command.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const MONTH_MS = 31 * 86_400_000

function row(at: number, failures: readonly string[] = []): ProofRow {
  return proofRow(
    {
      at,
      tookMs: 5,
      passed: 7,
      failed: failures.length,
      unknown: 0,
      checks: [
        { check: 'categories', group: 'ks3', passed: 5, failed: failures, unknown: [] },
        { check: 'listeners', passed: 2, failed: [], unknown: [] },
      ],
    },
    'policy-1',
  )
}

t.test('rows are kept in order, and what is beside one stays out of it', async (t) => {
  const stateDir = shortFolder(t)
  const log = new ProofLog({ stateDir, onFault: (text) => t.fail(text) })
  const start = Date.UTC(2026, 10, 20)
  const long = Array.from({ length: 30 }, (_, i) => `${i}: ${'x'.repeat(500)}`)
  log.add(row(start + 1, long))
  log.add(row(start))
  await log.flush()
  const { rows, unreadable } = readProof(stateDir, 0)
  t.equal(unreadable, 0)
  t.match(rows, [
    { at: start, right: { 'categories, ks3': 5, listeners: 2 }, policy: 'policy-1' },
    { at: start + 1, failed: 30 },
  ])
  t.equal(rows[1]?.failures.length, 10)
  t.ok(rows[1]?.failures.every(({ length }) => length <= 200))
  t.match(rows[1]?.failures[0], /^categories, ks3: 0: x/)
  const [name = ''] = readdirSync(join(stateDir, 'proof'))
  t.equal(name, '2026-11.jsonl')
  t.equal(statSync(join(stateDir, 'proof', name)).mode & 0o777, 0o600)
})

t.test('thirteen months and the present one are kept', async (t) => {
  const stateDir = shortFolder(t)
  const log = new ProofLog({ stateDir, onFault: (text) => t.fail(text) })
  for (let month = 0; month < 20; month++) log.add(row(Date.UTC(2026, month, 15)))
  await log.flush()
  const names = readdirSync(join(stateDir, 'proof')).toSorted()
  t.equal(names.length, MONTHS_KEPT)
  t.strictSame([names[0], names.at(-1)], ['2026-07.jsonl', '2027-08.jsonl'])
  t.equal(readProof(stateDir, Date.UTC(2027, 5, 1)).rows.length, 3)
})

t.test(
  'a line that the power cut off is counted, and a month takes no more than it may',
  async (t) => {
    const stateDir = shortFolder(t)
    const log = new ProofLog({ stateDir, onFault: (text) => t.fail(text), monthBytesMax: 1_000 })
    const at = Date.UTC(2026, 10, 20)
    log.add(row(at))
    await log.flush()
    const file = join(stateDir, 'proof', '2026-11.jsonl')
    appendFileSync(file, '{"v":1,"at":17\n{"v":2}\nnull\n')
    t.match(readProof(stateDir, 0), { rows: [{ at }], unreadable: 3 })
    appendFileSync(file, '{"v":1,"at":18')
    log.add(row(at + 5))
    await log.flush()
    t.match(readProof(stateDir, 0), { rows: [{ at }, { at: at + 5 }], unreadable: 4 })
    for (let i = 0; i < 20; i++) log.add(row(at + i))
    await log.flush()
    t.ok(readFileSync(file).length <= 1_000)
    t.ok(log.leftOut > 10)
  },
)

t.test('a disk that takes nothing is told, and nothing else', async (t) => {
  const stateDir = shortFolder(t)
  writeFileSync(join(stateDir, 'proof'), 'in the way')
  const faults: string[] = []
  const log = new ProofLog({ stateDir, onFault: (text) => faults.push(text) })
  log.add(row(0))
  await log.flush()
  t.match(faults, [/^a proof could not be kept: /])
  t.equal(log.leftOut, 1)
})

t.test('the command shows each day, and what was wrong, also without an agent', async (t) => {
  const folder = shortFolder(t)
  const stateDir = join(folder, 's', 'agent')
  const log = new ProofLog({ stateDir, onFault: (text) => t.fail(text) })
  const now = Date.now()
  t.match(await runCommand(folder, 'proof', '--state', 's'), {
    code: 5,
    out: /no self-test is kept/,
  })
  log.add(row(now - 2 * MONTH_MS, ['old']))
  log.add(row(now))
  await log.flush()
  const good = await runCommand(folder, 'proof', '--state', 's')
  t.match(good, {
    code: 0,
    out: /1 test, 7 things right, 0 with failures\nbackup line {2}not proven: no second line is declared.*\n1 test, 0 with failures\n$/,
  })
  t.match(await runCommand(folder, 'proof', '--state', 's', '--days', '90'), {
    code: 1,
    out: /^ {2}failed {2}categories, ks3: old$/m,
  })
  const json = await runCommand(folder, 'proof', '--state', 's', '--days', '90', '--json')
  t.match(JSON.parse(json.out), { rows: [{ failed: 1 }, { failed: 0 }], unreadable: 0 })
  t.match(await runCommand(folder, 'proof', '--state', 's', '--days', '0'), { code: 2 })
})
