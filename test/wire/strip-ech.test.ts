import { encode } from 'dns-packet'
import fc from 'fast-check'
import t from 'tap'
import { isFailure } from '#domain/failure.ts'
import { a, cname, soa } from '#test/support/fake-upstream.ts'
import {
  addresses,
  https,
  rrsig,
  type ServiceParams,
  serviceData,
} from '#test/support/service-record.ts'
import { wireName } from '#test/support/wire-name.ts'
import { addressesOf } from '#wire/answer-addresses.ts'
import { readAnswer, type StoredAnswer } from '#wire/stored-answer.ts'
import { withoutEch } from '#wire/strip-ech.ts'

type Records = Parameters<typeof encode>[0]
const ECH = Buffer.from('0045fe0d0041aa', 'hex')
const ALPN = Buffer.from('026832', 'hex')
const NAME = 'www.example.org'

function read(parts: Records, change: (bytes: Buffer) => Buffer = (b) => b): StoredAnswer {
  const stored = readAnswer(change(message(parts)))
  if (isFailure(stored)) throw new Error(stored.detail)
  return stored
}

function message(parts: Records): Buffer {
  const questions = [{ type: 'A', name: NAME } as const]
  const bytes = encode({ type: 'response', id: 0, flags: 0x0180, questions, ...parts })
  bytes.writeUInt16BE(65, 12 + wireName(NAME).length)
  return bytes
}

t.test('without ech, every other byte is as it was', (t) => {
  const all: ServiceParams = {
    alpn: ALPN,
    ipv4hint: addresses('192.0.2.1', '192.0.2.2'),
    ipv6hint: addresses('2001:db8::1'),
  }
  const others = {
    authorities: [soa('example.org')],
    additionals: [a('ns.example.org', '192.0.2.9')],
  }
  const stored = read({ answers: [https(NAME, { ...all, ech: ECH })], ...others })
  const plain = read({ answers: [https(NAME, all)], ...others })
  t.ok(stored.hasEch)
  t.notOk(plain.hasEch)
  t.same(withoutEch(stored), plain)
  t.end()
})

t.test('names that point past what is cut out point right afterwards', (t) => {
  // By hand: a second record whose owner is a pointer to the target name of the CNAME behind the first.
  const ownerless = (data: Buffer, type: number): Buffer =>
    Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]), data])
  const build = (params: ServiceParams): Buffer => {
    const head = message({})
    const service = ownerless(serviceData(params), 65)
    const aliasAt = head.length + service.length
    const alias = ownerless(wireName('far.example.net'), 5)
    const target = 0xc000 | (aliasAt + 12)
    const last = Buffer.from([
      target >> 8,
      target & 0xff,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      60,
      0,
      4,
      192,
      0,
      2,
      7,
    ])
    const whole = Buffer.concat([head, service, alias, last])
    whole.writeUInt16BE(3, 6)
    return whole
  }
  const stored = readAnswer(build({ alpn: ALPN, ech: ECH }))
  const plain = readAnswer(build({ alpn: ALPN }))
  if (isFailure(stored) || isFailure(plain)) throw new Error('unsound')
  t.same(withoutEch(stored), plain)
  t.end()
})

t.test('a pointer into what is cut out, a signature over it or ech as mandatory: not done', (t) => {
  const name = wireName('inside.example')
  const inside = read({ answers: [https(NAME, { ech: name }), a(NAME, '192.0.2.1')] }, (bytes) => {
    const target = 0xc000 | bytes.indexOf(name)
    const tail = Buffer.from([target >> 8, target & 0xff])
    const at = bytes.lastIndexOf(Buffer.from('00010001', 'hex'))
    const ownerAt = at - wireName(NAME).length
    const isPointer = bytes[at - 2]! >= 0xc0
    return Buffer.concat([
      bytes.subarray(0, isPointer ? at - 2 : ownerAt),
      tail,
      bytes.subarray(at),
    ])
  })
  t.equal(withoutEch(inside), undefined)
  const signed = read({ answers: [https(NAME, { ech: ECH }), rrsig(NAME, 65)] })
  t.equal(withoutEch(signed), undefined)
  const other = read({ answers: [https(NAME, { ech: ECH }), rrsig(NAME, 5)] })
  t.ok(withoutEch(other), 'a signature over a CNAME still fits')
  const mandatory = Buffer.from('00010005', 'hex')
  t.equal(
    withoutEch(read({ answers: [https(NAME, { mandatory, alpn: ALPN, ech: ECH })] })),
    undefined,
  )
  t.end()
})

t.test('any records around it: what is left is what was there without it', (t) => {
  const label = fc.stringMatching(/^[a-z]{1,8}$/)
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((data) => Buffer.from(data))
  const record = fc.oneof(
    fc.tuple(host, host).map(
      ([name, target]) =>
        () =>
          cname(name, target),
    ),
    host.map((name) => () => a(name, '192.0.2.3')),
    host.map((name) => () => soa(name)),
    fc.tuple(host, host, bytes).map(
      ([name, target, ech]) =>
        (isWhole: boolean) =>
          https(name, isWhole ? { alpn: ALPN, ech } : { alpn: ALPN }, { target }),
    ),
  )
  const section = fc.array(record, { maxLength: 4 })
  fc.assert(
    fc.property(section, section, section, (answers, authorities, additionals) => {
      const build = (isWhole: boolean): StoredAnswer =>
        read({
          answers: answers.map((make) => make(isWhole)),
          authorities: authorities.map((make) => make(isWhole)),
          additionals: additionals.map((make) => make(isWhole)),
        })
      const expected = build(false)
      const stripped = withoutEch(build(true))
      return stripped !== undefined && stripped.wire.equals(expected.wire)
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('every address of an answer is found, hints and other sections too', (t) => {
  const stored = read({
    answers: [
      https(NAME, { ipv4hint: addresses('192.0.2.1', '10.0.0.1'), ipv6hint: addresses('fd00::1') }),
      a(NAME, '192.0.2.3'),
    ],
    additionals: [a('x.example.org', '192.0.2.4')],
  })
  t.same(
    addressesOf(stored).map((address) => [...address].join('.')),
    ['192.0.2.1', '10.0.0.1', [...addresses('fd00::1')].join('.'), '192.0.2.3', '192.0.2.4'],
  )
  t.end()
})

t.test("addresses of name servers are nobody's way, unless the answer leads to them", (t) => {
  const ns = { type: 'NS', name: 'example.org', ttl: 1, data: 'ns.example.org' } as const
  const glue = { authorities: [ns], additionals: [a('NS.example.org', '10.0.0.1')] }
  const found = (answers: NonNullable<Records['answers']>): number =>
    addressesOf(read({ answers, ...glue })).length
  t.equal(found([a(NAME, '192.0.2.1')]), 1)
  t.equal(found([cname(NAME, 'ns.example.org')]), 1, 'by CNAME')
  t.equal(found([https(NAME, {}, { target: 'ns.example.org' })]), 1, 'by HTTPS')
  t.equal(found([a('ns.example.org', '10.0.0.2'), cname(NAME, 'NS.example.org')]), 2)
  t.end()
})

t.test('parameters that a client could read in two ways make the answer malformed', (t) => {
  const param = (key: number, value: string): string =>
    `${key.toString(16).padStart(4, '0')}${(value.length / 2).toString(16).padStart(4, '0')}${value}`
  const isSound = (params: string): boolean => {
    const data = Buffer.concat([Buffer.from('000100', 'hex'), Buffer.from(params, 'hex')])
    const records = {
      answers: [{ type: 'UNKNOWN_65', name: NAME, ttl: 1, data }],
    } as unknown as Records
    return !isFailure(readAnswer(message(records)))
  }
  t.ok(isSound(''))
  t.ok(isSound(param(1, '026832') + param(4, 'c0000201') + param(65000, '')))
  t.notOk(isSound(param(4, 'c0000201') + param(1, '026832')), 'keys fall')
  t.notOk(isSound(param(4, 'c0000201') + param(4, 'c0000201')), 'a key twice')
  t.notOk(isSound(param(4, 'c00002')), 'three bytes of an address')
  t.notOk(isSound(param(4, '')), 'no address')
  t.notOk(isSound(param(6, 'c0000201')), 'four bytes of sixteen')
  t.notOk(isSound('0005ffff00'), 'longer than the record')
  t.notOk(isSound('0005'), 'half a head')
  t.end()
})
