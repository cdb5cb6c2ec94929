import fc from 'fast-check'
import t from 'tap'
import { QueryView } from '#wire/query-view.ts'

/** Messages are built as bytes: the codec is not its own judge. */
const HEADER = '000101000001000000000000'
const EXAMPLE_A = '076578616d706c65036f72670000010001'

function parse(hex: string): { outcome: string; view: QueryView } {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  const view = new QueryView()
  return { outcome: view.parse(bytes, 0, bytes.length), view }
}

t.test('a plain query is read, its name lower-cased', (t) => {
  const { outcome, view } = parse(`${HEADER}074558414d504c45036f72670000410001`)
  t.equal(outcome, 'ok')
  t.equal(view.id, 1)
  t.equal(view.type, 65)
  t.equal(view.name.toString('latin1', 0, view.nameLength), '\x07example\x03org\0')
  t.notOk(view.hasEdns)
  t.equal(view.udpBytesMax, 512)
  t.end()
})

t.test('the same question in another case has the same key, another type or DO has not', (t) => {
  const key = (hex: string): string => parse(hex).view.cacheKey()
  const lower = key(HEADER + EXAMPLE_A)
  t.equal(key(`${HEADER}074558414d504c45036f72670000010001`), lower)
  t.not(key(`${HEADER}076578616d706c65036f726700001c0001`), lower)
  const withOpt = '000101000001000000000001'
  t.not(key(`${withOpt}${EXAMPLE_A}0000291000000080000000`), lower)
  t.equal(key(`${withOpt}${EXAMPLE_A}0000291000000000000000`), lower)
  t.end()
})

t.test('EDNS: size is kept within bounds, versions and second records are refused', (t) => {
  const withOpt = '000101000001000000000001'
  t.equal(parse(`${withOpt}${EXAMPLE_A}0000291000000080000000`).view.udpBytesMax, 1232)
  t.equal(parse(`${withOpt}${EXAMPLE_A}0000290100000000000000`).view.udpBytesMax, 512)
  t.ok(parse(`${withOpt}${EXAMPLE_A}0000291000000080000000`).view.isDnssecOk)
  t.equal(parse(`${withOpt}${EXAMPLE_A}0000291000000100000000`).outcome, 'bad-version')
  const two = '000101000001000000000002'
  const opt = '0000291000000000000000'
  t.equal(parse(`${two}${EXAMPLE_A}${opt}${opt}`).outcome, 'bad-format', 'two OPT records')
  t.equal(parse(`${withOpt}${EXAMPLE_A}00002910000000000000040003ffff`).outcome, 'bad-format')
  t.end()
})

t.test('what is no query of ours is told apart', (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['000101', 'no-answer', 'shorter than a header'],
    [`000181000001000000000000${EXAMPLE_A}`, 'no-answer', 'an answer'],
    [`000121000001000000000000${EXAMPLE_A}`, 'not-implemented', 'opcode NOTIFY'],
    [`000129000001000000000000${EXAMPLE_A}`, 'not-implemented', 'opcode UPDATE'],
    ['000101000000000000000000', 'bad-format', 'no question'],
    [`000101000002000000000000${EXAMPLE_A}${EXAMPLE_A}`, 'bad-format', 'two questions'],
    [`${HEADER}076578616d706c65036f7267`, 'bad-format', 'name is cut off'],
    [`${HEADER}076578616d706c65036f726700`, 'bad-format', 'type is cut off'],
    [`${HEADER}c00c00010001`, 'bad-format', 'name points at itself'],
    [`${HEADER}40${'61'.repeat(64)}0000010001`, 'bad-format', 'label of 64 bytes'],
    [`000101000001ffffffffffff${EXAMPLE_A}`, 'bad-format', 'counts without records'],
  ]
  for (const [hex, outcome, why] of cases) t.equal(parse(hex).outcome, outcome, why)
  t.end()
})

t.test('a name of 255 bytes is taken, one of 256 is not', (t) => {
  const label = `3f${'61'.repeat(63)}`
  const longest = `${label.repeat(3)}3d${'61'.repeat(61)}00`
  t.equal(longest.length / 2, 255)
  t.equal(parse(`${HEADER}${longest}00010001`).outcome, 'ok')
  const tooLong = `${label.repeat(3)}3e${'61'.repeat(62)}00`
  t.equal(parse(`${HEADER}${tooLong}00010001`).outcome, 'bad-format')
  t.end()
})

t.test('random and mutated bytes never throw and never read past the end', (t) => {
  const valid = Buffer.from(`000101000001000000000001${EXAMPLE_A}0000291000000080000000`, 'hex')
  const mutated = fc
    .tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length - 1), fc.nat(255))
    .map(([i, a, j, b]) => {
      const bytes = Buffer.from(valid)
      bytes[i] = a
      bytes[j] = b
      return bytes
    })
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      const view = new QueryView()
      const outcome = view.parse(bytes, 0, bytes.length)
      if (outcome === 'ok') return view.questionEnd <= bytes.length && view.nameLength <= 255
      return true
    }),
    { numRuns: 20_000 },
  )
  t.end()
})
