import { decode } from 'dns-packet'
import fc from 'fast-check'
import t from 'tap'
import { isFailure } from '#domain/failure.ts'
import { wireName } from '#test/support/wire-name.ts'
import { isPlainAnswer } from '#wire/plain-answer.ts'
import { readTrimmed } from '#wire/trim-answer.ts'

const NAME = wireName('www.example.org')
const POINTER = Buffer.of(0xc0, 12)
const TYPES = [1, 16, 28, 99, 65] as const
const OWNERS = ['asked', 'another.example.org', 'example.org'] as const

interface TestRecord {
  readonly owner: (typeof OWNERS)[number]
  readonly type: number
}

type Sections = readonly [readonly TestRecord[], readonly TestRecord[], readonly TestRecord[]]

function record({ owner, type }: TestRecord, asked: Buffer): Buffer {
  const data = Buffer.alloc(type === 1 ? 4 : type === 28 ? 16 : 3)
  const head = Buffer.from([0, type, 0, 1, 0, 0, 0, 60, 0, data.length])
  return Buffer.concat([owner === 'asked' ? asked : wireName(owner), head, data])
}

/** `asked` is how the name asked is spelled where a record has it. */
function message(sections: Sections, asked: Buffer): Buffer {
  const counts = sections.flatMap(({ length }) => [length >> 8, length])
  return Buffer.concat([
    Buffer.from([0, 7, 0x81, 0x80, 0, 1, ...counts]),
    NAME,
    Buffer.of(0, 1, 0, 1),
    ...sections.flat().map((one) => record(one, asked)),
  ])
}

function trimmed(sections: Sections, asked: Buffer): unknown {
  const stored = readTrimmed(message(sections, asked), { keepsAd: false })
  if (isFailure(stored)) return stored.failure
  const { answers, authorities, additionals } = decode(stored.wire)
  return { answers, authorities, additionals, ttlSeconds: stored.ttlSeconds }
}

const records = fc.array(
  fc.record({ owner: fc.constantFrom(...OWNERS), type: fc.constantFrom(...TYPES) }),
  { maxLength: 3 },
)

t.test('what is left out of an answer does not depend on how its owner names are spelled', (t) => {
  fc.assert(
    fc.property(records, fc.oneof(fc.constant([]), records), (answers, others) => {
      const sections: Sections = [answers, [], others]
      t.same(trimmed(sections, POINTER), trimmed(sections, NAME))
    }),
    { numRuns: 400 },
  )
  t.end()
})

t.test('plain is what holds the name and type asked for alone', (t) => {
  const asked: TestRecord = { owner: 'asked', type: 1 }
  const isPlain = (...sections: Sections): boolean => isPlainAnswer(message(sections, POINTER))
  t.ok(isPlain([asked], [], []))
  t.ok(isPlain([asked, asked], [], []))
  t.ok(isPlain([], [], []), 'nothing has nothing to leave out')
  t.notOk(isPlain([asked, { owner: 'asked', type: 28 }], [], []), 'another type')
  t.notOk(isPlain([{ owner: 'another.example.org', type: 1 }], [], []), 'another name')
  t.notOk(isPlain([asked], [asked], []), 'authorities')
  t.notOk(isPlain([asked], [], [asked]), 'additional records')
  t.end()
})
