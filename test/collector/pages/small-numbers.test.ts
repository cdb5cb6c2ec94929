import fc from 'fast-check'
import t from 'tap'
import { fewHidden, hideFew, inFives, sumBeside } from '#collector/pages/small-numbers.ts'
import { exactly, isExact, sumOf, sumOfWays, toldText } from '#collector/pages/told.ts'

type Ways = readonly (readonly number[])[]

/** Of a part, in what is tried out. */
const PART_MAX = 9
/** Of a part in those that are tried beside it, so that none lacks only because it was not tried. */
const OTHER_MAX = 16

t.test('numbers from one to four are not told, and a sum is what its parts come to', async (t) => {
  const texts = (counts: readonly number[]): readonly string[] =>
    counts.map((count) => toldText(fewHidden(count)))
  t.same(texts([0, 1, 4, 5, 1200]), ['0', '1 to 4', '1 to 4', '5', '1,200'])
  const sum = (counts: readonly number[]): string => toldText(sumOf(counts.map(fewHidden)))
  t.equal(sum([]), '0')
  t.equal(sum([5, 7]), '12')
  t.equal(sum([3, 10]), '11 to 14')
  t.equal(sum([2, 3, 10]), '12 to 18')
  const beside = (counts: readonly number[]): string => toldText(sumBeside(counts))
  t.equal(beside([2, 3, 10]), '15', 'nobody knows which is which')
  t.equal(beside([3, 10]), '11 to 14', 'one is hidden')
  t.equal(beside([1, 1, 10]), '12 to 18', 'all are the least that they can be')
  t.equal(beside([4, 4, 10]), '12 to 18', 'or the most')
  t.equal(beside([1, 2]), '2 to 8', 'nor is a small sum told')
  t.same([0, 3, 5, 9, 10].map(inFives).map(toldText), [
    '0',
    '1 to 4',
    '5 to 9',
    '5 to 9',
    '10 to 14',
  ])
  t.ok(isExact(exactly(3)))
  t.equal(toldText(exactly(3)), '3')
})

t.test('what one way tells does not give away what another hides', async (t) => {
  t.same(told([[5, 7], [12]]), '5,7 12 = 12')
  t.same(told([[1, 2, 9], [12]]), '1 to 4,1 to 4,9 12 = 12')
  t.same(told([[2, 30], [32]]), '1 to 4,5 or more 32 = 32', 'one is hidden, and the sum is known')
  t.same(told([[1, 1, 30], [32]]), '1 to 4,1 to 4,5 or more 32 = 32', 'all are the least')
  t.same(told([[1, 5], [6]]), '1 or more,1 or more 1 or more = 2 or more', 'five or more is five')
  t.same(
    told([[1, 1, 1, 1], [4]]),
    '1 or more,1 or more,1 or more,1 or more 1 or more = 4 or more',
    'both are hidden, and fit in one way only',
  )
  t.same(
    told([
      [3, 5],
      [1, 7],
    ]),
    '1 to 4,5 1 to 4,7 = 8 to 9',
    'the sum is told no better than the ways tell it',
  )
})

for (const [parts, others] of [
  [[2], [1]],
  [[3], [1]],
  [[2], [2]],
  [[3], [2]],
  [[4], [1]],
  [[2], [2, 1]],
] as const)
  t.test(
    `whoever knows how numbers are hidden finds two answers for each: ${[...parts, 'and', ...others].join(' ')}`,
    async (t) => {
      const lengths = [...parts, ...others]
      const byText = Map.groupBy(waysOf(lengths, OTHER_MAX), told)
      let count = 0
      for (const [text, all] of byText)
        for (const ways of all) {
          if (!ways.flat().every((part) => part <= PART_MAX)) continue
          const hidden = ways.flatMap((way, at) =>
            way.flatMap((part, index) => (part > 0 && part <= 4 ? [[at, index] as const] : [])),
          )
          for (const [at, index] of hidden) {
            count++
            if (new Set(all.map((other) => other[at]?.[index])).size > 1) continue
            t.fail(`${JSON.stringify(ways)} is told as ${text}`)
            return
          }
        }
      t.ok(count > 20, `${count} hidden numbers`)
    },
  )

t.test('what is told is true, of ways of every size', async () => {
  const way = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 14 })
  fc.assert(
    fc.property(fc.array(way, { minLength: 1, maxLength: 3 }), (ways) => {
      const same = evened(ways)
      const hidden = hideFew(same)
      const sum = sumOfWays(hidden)
      const all = same[0]?.reduce((total, part) => total + part, 0) ?? 0
      return (
        sum.least <= all &&
        all <= sum.most &&
        same.every((own, at) =>
          own.every((part, index) => {
            const one = hidden[at]?.[index]
            const isHidden = part > 0 && part <= 4
            return (
              one !== undefined &&
              one.least <= part &&
              part <= one.most &&
              (!isHidden || one.least < one.most)
            )
          }),
        )
      )
    }),
    { numRuns: 2000 },
  )
})

function told(ways: Ways): string {
  const hidden = hideFew(ways)
  const texts = hidden.map((way) => way.map(toldText).join(','))
  return `${texts.join(' ')} = ${toldText(sumOfWays(hidden))}`
}

/** All ways of such lengths that come to the same sum. */
function waysOf(lengths: readonly number[], most: number): readonly Ways[] {
  const bySum = lengths.map((length) =>
    Map.groupBy(partsOf(length, most), (parts) => parts.reduce((sum, one) => sum + one, 0)),
  )
  return [...(bySum[0]?.keys() ?? [])].flatMap((sum) =>
    bySum.reduce<readonly Ways[]>(
      (all, own) => all.flatMap((ways) => (own.get(sum) ?? []).map((parts) => [...ways, parts])),
      [[]],
    ),
  )
}

/** A way of one part has as much room as the parts of the others together. */
function partsOf(length: number, most: number): readonly (readonly number[])[] {
  if (length === 1) return Array.from({ length: 4 * most + 1 }, (_, part) => [part])
  return Array.from({ length }).reduce<readonly (readonly number[])[]>(
    (all) =>
      all.flatMap((parts) => Array.from({ length: most + 1 }, (_, part) => [...parts, part])),
    [[]],
  )
}

/** The same ways with a last part each, so that all come to the same sum. */
function evened(ways: Ways): Ways {
  const sums = ways.map((way) => way.reduce((sum, one) => sum + one, 0))
  return ways.map((way, index) => [...way, Math.max(...sums) - (sums[index] ?? 0)])
}
