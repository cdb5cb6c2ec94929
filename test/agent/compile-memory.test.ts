import t from 'tap'
import { madeUpNames } from '#test/bench/bench-names.ts'
import { compileOverBase } from '#test/bench/index-figures.ts'

const NAMES = 300_000

t.test('compiling takes the memory of the index that comes out, and little else', async (t) => {
  const { snapshotBytes, overBaseMib, names } = compileOverBase(madeUpNames(NAMES, 0), t.testdir())
  const indexMib = snapshotBytes / 1_048_576
  t.comment(`${overBaseMib.toFixed(1)} MiB for an index of ${indexMib.toFixed(1)} MiB`)
  t.ok(names >= NAMES)
  t.ok(snapshotBytes / names < 32, 'at most 32 bytes a name')
  // What a process takes differs by some megabytes from one time to the next.
  t.ok(overBaseMib < indexMib * 1.2 + 5)
})
