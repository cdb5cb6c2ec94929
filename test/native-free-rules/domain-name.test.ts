import fc from 'fast-check'
import t from 'tap'
import { type DomainName, nameFromWire, nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'

const parsed = (text: string) => {
  const name = parseDomainName(text)
  return isRuleFailure(name) ? `refused: ${name.detail}` : name
}
const label = (size: number) => 'a'.repeat(size)

t.test('names are lower-cased and lose their root dot', async (t) => {
  t.equal(parsed('WWW.Example.ORG.'), 'www.example.org')
  t.equal(parsed('example.org'), 'example.org')
  t.equal(parsed('.'), '.')
})

t.test('escapes are read as RFC 1035 writes them, and canonical ones are kept', async (t) => {
  t.equal(parsed('a\\.b.test'), 'a\\.b.test')
  t.equal(parsed('a\\046b.test'), 'a\\.b.test')
  t.equal(parsed('\\065.test'), 'a.test')
  t.equal(parsed('a\\\\b.test'), 'a\\\\b.test')
  t.equal(parsed('a\\ b.test'), 'a\\032b.test')
  t.equal(parsed('\\255.test'), '\\255.test')
  t.equal(parsed('\\b.test'), 'b.test')
})

t.test('what is no name is refused with a reason', async (t) => {
  t.match(parsed(''), /empty/)
  t.match(parsed('a..test'), /empty label/)
  t.match(parsed('.test'), /empty label/)
  t.match(parsed('..'), /empty label/)
  t.match(parsed('a b.test'), /blank/)
  t.match(parsed('a\u0000b.test'), /blank/)
  t.match(parsed('a\\300.test'), /escape/)
  t.match(parsed('a\\1'), /escape/)
  t.match(parsed('a\\'), /escape/)
  t.match(parsed('a\\é.test'), /escape/)
})

t.test('labels of 63 bytes and names of 255 are the longest', async (t) => {
  t.equal(parsed(`${label(63)}.test`), `${label(63)}.test`)
  t.match(parsed(`${label(64)}.test`), /63/)
  const three = `${label(63)}.${label(63)}.${label(63)}`
  t.equal(parsed(`${three}.${label(61)}`).length, 253)
  t.equal(parsed(`${three}.${label(61)}.`).length, 253)
  t.match(parsed(`${three}.${label(62)}`), /255/)
  t.match(parsed(`${three}.${label(62)}.`), /255/)
  t.match(parsed(`${three}.${label(59)}.b.c`), /255/)
  t.match(parsed('a.'.repeat(2000)), /longer/)
  t.equal(nameToWire(wanted(`${three}.${label(61)}`)).length, 255)
})

t.test('names beyond ASCII become their A-labels or are refused', async (t) => {
  t.equal(parsed('BÜCHER.test'), 'xn--bcher-kva.test')
  t.equal(parsed('例え。test'), 'xn--r8jz45g.test')
  t.match(parsed('b\u00adücher/.test'), /characters/)
  t.match(parsed('\u202eabc.test'), /characters/)
})

t.test('wire form is lower-case, length-prefixed and ends in zero', async (t) => {
  t.same([...nameToWire(wanted('Ab.test'))], [2, 97, 98, 4, 116, 101, 115, 116, 0])
  t.same([...nameToWire(wanted('.'))], [0])
  t.equal(nameFromWire(Uint8Array.of(9, 9, 2, 65, 66, 0), 2), 'ab')
})

t.test('bytes that are no name end the name instead of the program', async (t) => {
  t.equal(nameFromWire(Uint8Array.of(), 0), '.')
  t.equal(nameFromWire(Uint8Array.of(3, 97), 0), '.')
  t.equal(nameFromWire(Uint8Array.of(1, 97, 0xc0, 0), 0), 'a')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(310), (bytes, start) => {
      const name = nameFromWire(bytes, start)
      return !isRuleFailure(parseDomainName(name))
    }),
  )
})

t.test('every name survives the way to text and back', async () => {
  const labels = fc.array(fc.uint8Array({ minLength: 1, maxLength: 63 }), { maxLength: 6 })
  fc.assert(
    fc.property(labels, (parts) => {
      const wire = wireOf(parts)
      fc.pre(wire.length <= 255)
      const text = nameFromWire(wire, 0)
      const lower = wire.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))
      // Length bytes stand below the letters (63 at most), so that lower-casing the whole leaves them alone.
      const back = nameToWire(wanted(text))
      return back.length === lower.length && back.every((byte, i) => byte === lower[i])
    }),
  )
})

t.test('no text at all makes the parser throw, and what it returns it accepts again', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (text) => {
      const name = parseDomainName(text)
      return isRuleFailure(name) || parseDomainName(name) === name
    }),
    { numRuns: 2000 },
  )
})

function wanted(text: string): DomainName {
  const name = parseDomainName(text)
  if (isRuleFailure(name)) throw new Error(name.detail)
  return name
}

function wireOf(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from([...parts.flatMap((part) => [part.length, ...part]), 0])
}
