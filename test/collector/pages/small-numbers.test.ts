import fc from 'fast-check'
import t from 'tap'
import { EXACT, FEW_HIDDEN } from '#collector/pages/small-numbers.ts'

const RUNS = 5000

t.test('numbers from one to four are not told, nor a total that gives one away', async (t) => {
  t.same([0, 1, 4, 5, 1200].map(FEW_HIDDEN.one), ['0', '1 to 4', '1 to 4', '5', '1,200'])
  t.same([0, 1, 1200].map(EXACT.one), ['0', '1', '1,200'])
  t.equal(EXACT.total([1, 7]), '8')
  t.equal(FEW_HIDDEN.total([0, 0]), '0')
  t.equal(FEW_HIDDEN.total([5, 7]), '12')
  t.equal(FEW_HIDDEN.total([1, 2]), '2 to 8', 'nor is a small total')
  t.equal(FEW_HIDDEN.total([3, 10]), '11 to 14', 'one is hidden')
  t.equal(FEW_HIDDEN.total([1, 1, 10]), '12 to 18', 'all are the least that they can be')
  t.equal(FEW_HIDDEN.total([4, 4, 10]), '12 to 18', 'or the most')
  t.equal(FEW_HIDDEN.total([2, 3, 10]), '15', 'nobody knows which is which')
})

t.test(
  'whoever knows all that is told finds at least two answers for each hidden part',
  async () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 5 }), (parts) => {
        const told = (guess: readonly number[]): string =>
          [...guess.map(FEW_HIDDEN.one), FEW_HIDDEN.total(guess)].join(' ')
        const wanted = told(parts)
        const guesses = guessesOf(parts).filter((guess) => told(guess) === wanted)
        return parts.every(
          (part, index) =>
            part === 0 || part > 4 || new Set(guesses.map((guess) => guess[index])).size > 1,
        )
      }),
      { numRuns: RUNS },
    )
  },
)

/** Every way in which the hidden parts may have been otherwise. */
function guessesOf(parts: readonly number[]): readonly (readonly number[])[] {
  return parts.reduce<readonly (readonly number[])[]>(
    (all, part) =>
      all.flatMap((guess) =>
        (part > 0 && part <= 4 ? [1, 2, 3, 4] : [part]).map((one) => [...guess, one]),
      ),
    [[]],
  )
}
