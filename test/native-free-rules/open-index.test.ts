import t from 'tap'
import { checksum } from '#rules/checksum.ts'
import {
  HEADER,
  type HeadOffsets,
  type IndexParts,
  layOutHead,
  ROOT_WORDS,
} from '#rules/index-layout.ts'
import type { RuleEffect } from '#rules/list.ts'
import { openIndex, reopenIndex, splitIndex } from '#rules/open-index.ts'
import { isRuleFailure, type RuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { buildIndex, covering, domain, joined, opened, type TestRule } from './make-index.ts'

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
  const bytes = joined(buildIndex(rules))
  const index = openBytes(bytes)
  if (isRuleFailure(index)) throw new Error(index.detail)
  t.equal(index.sizeBytes, bytes.byteLength)
  t.equal(index.names, rules.length)
  t.same(
    index.entries.map(({ effect }) => effect),
    effects,
  )
  t.same(covering(index, 'www.n0.test'), ['list0: adult.porn'])
  t.equal(opened(buildIndex([])).names, 0)
})

t.test(
  'an index that another thread has checked is opened without looking at it again',
  async (t) => {
    const parts = buildIndex(rules)
    const index = reopenIndex(parts)
    if (isRuleFailure(index)) throw new Error(index.detail)
    t.same(covering(index, 'www.n0.test'), ['list0: adult.porn'])
    const other = buildIndex(rules.slice(1))
    t.match(reopenIndex({ ...parts, records: other.records }), { failure: 'bad-index' })
    parts.records[ROOT_WORDS] = 1_000_000
    t.notOk(isRuleFailure(reopenIndex(parts)))
    t.ok(isRuleFailure(openIndex(parts)))
  },
)

t.test('every flipped bit is refused', async (t) => {
  const good = joined(buildIndex(rules))
  const bytes = new Uint8Array(good)
  let accepted = 0
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 16, 128]) {
      bytes[at]! ^= bit
      if (!isRuleFailure(openBytes(good))) accepted += 1
      bytes[at]! ^= bit
    }
  }
  t.equal(accepted, 0)
  t.notOk(isRuleFailure(openBytes(good)))
})

t.test('an index that is cut, too long or something else is refused', async (t) => {
  const good = new Uint8Array(joined(buildIndex(rules)))
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
  const outside: readonly ((parts: IndexParts, at: HeadOffsets) => void)[] = [
    ({ records }) => (records[ROOT_WORDS] = 1_000_000),
    // A parent that is no record's beginning, and one that comes later.
    ({ records }) => (records[ROOT_WORDS] = 1),
    ({ records }) => (records[ROOT_WORDS] = ROOT_WORDS),
    ({ records }) => (records[ROOT_WORDS + 1] = 0xfffff),
    ({ records }) => (records[ROOT_WORDS + 1] = 1 << 21),
    // Labels: none, one that is too long, one that is longer than what is left.
    ({ records }) => (records[ROOT_WORDS + 2] = 0),
    ({ records }) => (records[ROOT_WORDS + 2] = 64),
    ({ records }) => (records[ROOT_WORDS + 2] = 63),
    ({ records }) => (records[1] = 99),
    ({ records }) => (records[2] = 1),
    ({ table }) => (table[usedSlot(table)]! += 1),
    ({ table, head }) => (table[usedSlot(table)] = 2 ** head[HEADER.recordBits]! - 1),
    ({ head }, { sets }) => (head[sets + 2] = 1_000_000),
    ({ head }, { pairs }) => (head[pairs] = 0xfffe),
    ({ head }, { pairs }) => (head[pairs] = 7 << 16),
  ]
  for (const change of outside) t.match(whyChanged(change), /outside/, String(change))
  const others: readonly (readonly [RegExp, (parts: IndexParts, at: HeadOffsets) => void])[] = [
    [/fit/, ({ head }) => (head[HEADER.slots] = 0)],
    [/fit/, ({ head }) => (head[HEADER.recordWords] = 0xffffffff)],
    [/fit/, ({ head }) => (head[HEADER.manifestBytes] = 0xffffffff)],
    [/way/, ({ head }) => (head[HEADER.probesMax] = 100_000)],
    [/size/, ({ head }) => (head[HEADER.recordBits] = 31)],
    [/size/, ({ head }) => (head[HEADER.recordBits] = 0)],
    [/version/, ({ head }) => (head[HEADER.version] = 1)],
    [/manifest/, ({ head }, { manifest }) => (head[manifest] = 0)],
  ]
  for (const [why, change] of others) t.match(whyChanged(change), why, String(change))
})

function openBytes(bytes: SharedArrayBuffer): RuleIndex | RuleFailure {
  const parts = splitIndex(bytes)
  return isRuleFailure(parts) ? parts : openIndex(parts)
}

function whyNot(bytes: Uint8Array): string {
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  const index = openBytes(shared)
  return isRuleFailure(index) ? index.detail : 'accepted'
}

function usedSlot(table: Uint32Array): number {
  return table.findIndex((word) => word !== 0)
}

/** Why an index is refused after a change under a right checksum. */
function whyChanged(change: (parts: IndexParts, at: HeadOffsets) => void): string {
  const parts = buildIndex(rules)
  const { head } = parts
  const offsets = layOutHead({
    sets: head[HEADER.sets]!,
    pairs: head[HEADER.pairs]!,
    manifestBytes: head[HEADER.manifestBytes]!,
  })
  change(parts, offsets)
  head.set(checksum(parts), HEADER.checksum)
  const index = openBytes(joined(parts))
  return isRuleFailure(index) ? index.detail : 'accepted'
}
