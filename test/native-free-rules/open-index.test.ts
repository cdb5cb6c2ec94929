import t from 'tap'
import { checksum } from '#rules/checksum.ts'
import {
  HEADER,
  HEADER_WORDS,
  type IndexOffsets,
  type IndexSizes,
  layOut,
  SLOT_WORDS,
} from '#rules/index-layout.ts'
import type { RuleEffect } from '#rules/list.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { buildIndex, covering, domain, opened, type TestRule } from './make-index.ts'

const effects: RuleEffect[] = [
  { kind: 'categorise', category: 'adult.porn' },
  { kind: 'except' },
  { kind: 'rewrite', service: 'safesearch', target: domain('safe.example.org') },
  { kind: 'categorise', category: 'adult.porn', answer: 'refused' },
  { kind: 'local-data', records: [{ kind: 'alias', target: domain('safe.example.org') }] },
  {
    kind: 'local-data',
    records: [
      { kind: 'data', type: 1, data: 'c0000201' },
      { kind: 'data', type: 28, data: '20010db8000000000000000000000001' },
    ],
  },
  { kind: 'school-allow', groups: 'all' },
  { kind: 'school-deny', groups: ['ks3', 'staff'] },
]
const rules: TestRule[] = effects.map((effect, i) => ({
  list: `list${i}`,
  name: `n${i}.test`,
  scope: 'subtree',
  effect,
}))

t.test('an index written and read again is the same index', async (t) => {
  const copy = copyOf(buildIndex(rules))
  const index = opened(copy)
  t.equal(index.sizeBytes, copy.byteLength)
  t.equal(index.names, rules.length)
  t.same(
    index.entries.map(({ effect }) => effect),
    effects,
  )
  t.same(covering(index, 'www.n0.test'), ['list0: adult.porn'])
  t.equal(opened(buildIndex([])).names, 0)
})

t.test('every flipped bit is refused', async (t) => {
  const good = buildIndex(rules)
  const bytes = new Uint8Array(good)
  let accepted = 0
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 16, 128]) {
      bytes[at]! ^= bit
      if (!isRuleFailure(openIndex(good))) accepted += 1
      bytes[at]! ^= bit
    }
  }
  t.equal(accepted, 0)
  t.notOk(isRuleFailure(openIndex(good)))
})

t.test('an index that is cut, too long or something else is refused', async (t) => {
  const good = new Uint8Array(buildIndex(rules))
  t.match(whyNot(new Uint8Array()), /short/)
  t.match(whyNot(good.subarray(0, 40)), /short/)
  t.match(whyNot(good.subarray(0, good.length - 4)), /cut/)
  t.match(whyNot(Uint8Array.of(...good, 0, 0, 0, 0)), /cut/)
  t.match(whyNot(new TextEncoder().encode('<html>'.repeat(100))), /no rule index/)
})

t.test('numbers that point outside are refused even under a right checksum', async (t) => {
  t.equal(
    whyChanged(() => undefined),
    'accepted',
  )
  t.match(
    whyChanged((words) => (words[usedSlot(words)] = 1_000_000)),
    /outside/,
  )
  t.match(
    whyChanged((words) => (words[usedSlot(words) + 1] = 1_000_000)),
    /outside/,
  )
  t.match(
    whyChanged((words) => (words[usedSlot(words) + 2] = 0xfffff)),
    /outside/,
  )
  t.match(
    whyChanged((words, { sets }) => (words[sets / 4 + 2] = 1_000_000)),
    /outside/,
  )
  t.match(
    whyChanged((words, { pairs }) => (words[pairs / 4] = 0xfffe)),
    /outside/,
  )
  t.match(
    whyChanged((words, { pairs }) => (words[pairs / 4] = 7 << 16)),
    /outside/,
  )
  t.match(
    whyChanged((words) => (words[HEADER.rootSet] = 99)),
    /outside/,
  )
  t.match(
    whyChanged((words) => (words[HEADER.slots] = 0)),
    /fit/,
  )
  t.match(
    whyChanged((words) => (words[HEADER.labelBytes] = 0xffffffff)),
    /fit/,
  )
  t.match(
    whyChanged((words) => (words[HEADER.probesMax] = 100_000)),
    /way/,
  )
  t.match(
    whyChanged((words) => (words[HEADER.version] = 1)),
    /version/,
  )
  t.match(
    whyChanged((words, { manifest }) => (words[manifest / 4] = 0)),
    /manifest/,
  )
})

function copyOf(bytes: SharedArrayBuffer): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(new Uint8Array(bytes))
  return copy
}

function whyNot(bytes: Uint8Array): string {
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  const index = openIndex(shared)
  return isRuleFailure(index) ? index.detail : 'accepted'
}

function sizesOf(words: Uint32Array): IndexSizes {
  return {
    slots: words[HEADER.slots]!,
    sets: words[HEADER.sets]!,
    pairs: words[HEADER.pairs]!,
    labelBytes: words[HEADER.labelBytes]!,
    manifestBytes: words[HEADER.manifestBytes]!,
  }
}

function usedSlot(words: Uint32Array): number {
  let word = HEADER_WORDS
  while (words[word + 1] === 0) word += SLOT_WORDS
  return word
}

/** Why an index is refused after a change under a right checksum. */
function whyChanged(change: (words: Uint32Array, at: IndexOffsets) => void): string {
  const bytes = buildIndex(rules)
  const words = new Uint32Array(bytes)
  change(words, layOut(sizesOf(words)))
  const [a, b] = checksum(words, HEADER.totalBytes)
  words[HEADER.checksum] = a
  words[HEADER.checksum + 1] = b
  const index = openIndex(bytes)
  return isRuleFailure(index) ? index.detail : 'accepted'
}
