import fc from 'fast-check'
import t from 'tap'
import { matchesGlob } from '#rules/glob.ts'
import { globKeys, NO_KEY, PAIR_KEYS, pairKey } from '#rules/glob-keys.ts'

const CHARS = [...'abcxyz019-_.']

t.test('whatever a glob matches holds both of its pairs', async () => {
  const text = fc.array(fc.constantFrom(...CHARS), { maxLength: 14 })
  const glob = text.chain((chars) =>
    fc
      .array(fc.constantFrom('keep', '*', '?'), { minLength: 14, maxLength: 14 })
      .map((marks) => chars.map((char, i) => (marks[i] === 'keep' ? char : marks[i])).join('')),
  )
  let matched = 0
  fc.assert(
    fc.property(glob, text, text, (glob, before, filling) => {
      const filled = [...glob].map((char, i) =>
        char === '*' ? filling.join('') : char === '?' ? (before[i] ?? 'q') : char,
      )
      const bytes = new TextEncoder().encode(filled.join(''))
      if (!matchesGlob(new TextEncoder().encode(glob), bytes, bytes.length)) return
      matched += 1
      const pairs = new Set(Array.from(bytes.subarray(1), (byte, i) => pairKey(bytes[i]!, byte)))
      for (const key of globKeys(glob))
        if (key !== NO_KEY && !pairs.has(key)) throw new Error(`${glob} has not ${key}`)
    }),
    { numRuns: 5_000 },
  )
  t.ok(matched > 4_000)
})

t.test('the rarest pairs are asked for, and none where a glob has none', async (t) => {
  t.same(globKeys('*.adserv-x7*'), [key('x7'), key('-x')])
  t.same(globKeys('ab*'), [key('ab'), key('ab')])
  t.same(globKeys('a*b?c'), [NO_KEY, NO_KEY])
  for (const a of CHARS) for (const b of CHARS) t.ok(key(a + b) < PAIR_KEYS && key(a + b) > 0)
})

function key(pair: string): number {
  return pairKey(pair.charCodeAt(0), pair.charCodeAt(1))
}
