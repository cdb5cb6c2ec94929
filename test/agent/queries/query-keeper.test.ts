import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { QueryFold } from '#agent/queries/query-fold.ts'
import { QueryKeeper } from '#agent/queries/query-keeper.ts'
import type { QueryBatch } from '#agent/queries/query-row.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { makeLog } from '#platform/log.ts'
import { fillUp, smallDisk, smallDiskMissing } from '#test/support/small-disk.ts'

const SETTINGS = { enabled: true, keepMs: 86_400_000, bytesMax: 100_000_000 }
const ALWAYS = { name: 'test', from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000 }

function makeKeeper(stateDir: string, freeBytesMin = 0): QueryKeeper {
  const log = makeLog('queries', 'error')
  return new QueryKeeper({ stateDir, settings: SETTINGS, clock: systemClock, log, freeBytesMin })
}

function batchOf(...names: readonly string[]): QueryBatch {
  const fold = new QueryFold()
  for (const name of names)
    fold.add({ client: '192.0.2.7', name, verdict: 'allowed', category: undefined }, Date.now())
  return fold.take() ?? { at: 0, rows: new Uint8Array() }
}

function count(keeper: QueryKeeper): number {
  const found = keeper.find(ALWAYS)
  return isFailure(found) ? -1 : found.length
}

t.test(
  'a full disk costs batches, which are counted, and heals',
  { skip: smallDiskMissing },
  (t) => {
    const dir = smallDisk(t)
    const keeper = makeKeeper(dir)
    keeper.keep(batchOf('first.test'))
    t.match(keeper.readings(), { batches: 1, lost: 0, fault: '' })
    const ballast = join(dir, 'ballast')
    fillUp(ballast)
    const many = Array.from({ length: 3_000 }, (_, i) => `n${i}.test`)
    for (let i = 0; i < 300 && keeper.readings().lost === 0; i++) keeper.keep(batchOf(...many))
    t.match(keeper.readings(), { lost: 1, fault: /lookups cannot be logged \(SQLITE_/ })
    keeper.look()
    rmSync(ballast)
    keeper.keep(batchOf('later.test'))
    t.match(keeper.readings(), { lost: 1, fault: '' })
    t.ok(count(keeper) > 0)
    keeper.close()
    t.end()
  },
)

t.test('the last of a disk is left to others', { skip: smallDiskMissing }, (t) => {
  const keeper = makeKeeper(smallDisk(t), 64 * 1024 * 1024)
  keeper.keep(batchOf('first.test'))
  t.match(keeper.readings(), { batches: 0, lost: 1, fault: /the disk is nearly full/ })
  keeper.close()
  t.end()
})

t.test('a damaged file is begun anew', (t) => {
  const dir = t.testdir()
  writeFileSync(join(dir, 'queries.db'), Buffer.alloc(8_192, 'no database'))
  const keeper = makeKeeper(dir)
  keeper.look()
  keeper.keep(batchOf('first.test'))
  t.equal(count(keeper), 1)
  t.equal(keeper.readings().lost, 0)
  keeper.close()
  const again = makeKeeper(dir)
  t.equal(count(again), 1, 'and kept over a restart')
  again.close()
  t.end()
})

t.test('off: nothing is written, and what was is removed', (t) => {
  const dir = t.testdir()
  const keeper = makeKeeper(dir)
  keeper.keep(batchOf('first.test'))
  t.ok(readFileSync(join(dir, 'queries.db')).length > 0)
  keeper.use({ ...SETTINGS, enabled: false })
  for (const part of ['', '-wal', '-shm']) t.notOk(existsSync(join(dir, `queries.db${part}`)))
  keeper.keep(batchOf('second.test'))
  t.notOk(existsSync(join(dir, 'queries.db')))
  t.equal(keeper.readings().lost, 0)
  t.ok(isFailure(keeper.find(ALWAYS)))
  keeper.use(SETTINGS)
  keeper.keep(batchOf('third.test'))
  t.equal(count(keeper), 1)
  keeper.close()
  t.end()
})
