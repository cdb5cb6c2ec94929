import t from 'tap'
import { BUNDLE_BYTES_MAX, readBundle } from '#agent/locked/bundle-format.ts'
import { makeContentKey, readContentKey } from '#agent/locked/content-key.ts'
import { readNamesFile } from '#agent/locked/names-file.ts'
import { type OpenedBundle, openBundle } from '#agent/locked/open-bundle.ts'
import {
  endorse,
  makePublisherKey,
  readPublicKey,
  readPublisherKey,
} from '#agent/locked/publisher-key.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import { makeTestPublisher } from '#test/support/locked-bundle.ts'
import { domainName } from '#test/support/test-rules.ts'

const NAMES = ['secretone', 'secrettwo']
const LINES = ['illegal.csam secretone.test', 'illegal.terror www.secrettwo.test exact']
const operator = makeTestPublisher()
const good = operator.bundle(LINES, { serial: 7 })

function open(bytes: Buffer, pinned = operator.key.publicKey): OpenedBundle | Failure {
  return openBundle(bytes, { pinned, keyOf: () => operator.contentKey })
}

function why(bytes: Buffer, pinned?: string): string {
  const opened = open(bytes, pinned)
  return isFailure(opened) ? `${opened.failure}: ${opened.detail}` : 'opened'
}

t.test('a bundle opens with what was put into it, and holds no name', async (t) => {
  const opened = open(good)
  if (isFailure(opened)) throw new Error(opened.detail)
  t.match(opened.header, { serial: 7, names: { 'illegal.csam': 1, 'illegal.terror': 1 } })
  const entries = (name: string): readonly number[] => {
    const out = new Matches()
    opened.names.match(nameToWire(domainName(name)), 0, 0, out)
    return [...out.entries.subarray(0, out.count)]
  }
  t.same(entries('a.b.secretone.test'), [0])
  t.same(entries('www.secrettwo.test'), [1])
  t.same(entries('x.www.secrettwo.test'), [], 'exact')
  for (const name of NAMES)
    for (const text of [
      name,
      Buffer.from(name).toString('base64').slice(0, 8),
      Buffer.from(name).toString('hex'),
    ])
      t.notOk(good.includes(text), text)
})

t.test('one changed byte anywhere, or one missing at the end, and it is refused', async (t) => {
  for (let at = 0; at < good.length; at++) {
    const changed = Buffer.from(good)
    changed[at]! ^= 1
    if (why(changed) === 'opened') t.fail(`byte ${at}`)
  }
  for (const length of [0, 7, 11, 100, good.length - 1])
    t.not(why(good.subarray(0, length)), 'opened')
  t.match(why(Buffer.concat([good, Buffer.alloc(1)])), /^wrong-publisher.*changed/)
  t.match(why(Buffer.alloc(BUNDLE_BYTES_MAX + 1)), /too large/)
  t.equal(why(good), 'opened', 'so the test can fail')
})

t.test('what a stranger signed is refused, whoever it says made it', async (t) => {
  const stranger = makeTestPublisher()
  const changes = { contentKey: operator.contentKey }
  t.match(
    why(stranger.bundle(LINES, changes)),
    /^wrong-publisher: .* is the one that is trusted here/,
  )
  const posing = { privateKey: stranger.key.privateKey, publicKey: operator.key.publicKey }
  t.match(
    why(stranger.bundle(LINES, { ...changes, publisher: posing })),
    /^wrong-publisher: .*not sound/,
  )
})

t.test(
  'a new key counts when the old one has endorsed it, and every step is checked',
  async (t) => {
    const [second, third] = [makePublisherKey().key, makePublisherKey().key]
    const one = endorse(operator.key, second.publicKey)
    const two = endorse(second, third.publicKey)
    const by = (publisher: typeof second, ...endorsements: (typeof one)[]): Buffer =>
      operator.bundle(LINES, { publisher, endorsements })
    t.equal(why(by(second, one)), 'opened')
    t.equal(why(by(third, one, two)), 'opened')
    t.equal(
      why(by(third, one, two), second.publicKey),
      'opened',
      'for a box that has taken the first step',
    )
    t.match(why(by(third, two)), /^wrong-publisher/, 'a step left out')
    t.match(
      why(by(second, { ...one, key: second.publicKey, signature: two.signature })),
      /not sound/,
    )
    t.match(why(by(second, endorse(makePublisherKey().key, second.publicKey))), /^wrong-publisher/)
    t.match(
      why(by(operator.key, one), second.publicKey),
      /^wrong-publisher/,
      'the old key is done with',
    )
  },
)

t.test('without the right content key nothing opens', async (t) => {
  const other = readContentKey(makeContentKey())
  const pinned = operator.key.publicKey
  t.match(openBundle(good, { pinned, keyOf: () => undefined }), { failure: 'no-key' })
  t.match(openBundle(good, { pinned, keyOf: () => (isFailure(other) ? undefined : other) }), {
    failure: 'no-key',
  })
  for (const text of ['', 'x', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}!`])
    t.match(readContentKey(text), { failure: 'bad-key' })
})

t.test(
  'two bundles of the same names have nothing in common but what the header says',
  async (t) => {
    const [a, b] = [good, operator.bundle(LINES, { serial: 7 })].map((bytes) => {
      const parts = readBundle(bytes)
      if (isFailure(parts)) throw new Error(parts.detail)
      return parts
    })
    t.not(a?.header.salt, b?.header.salt)
    const equal = [...(a?.payload ?? [])].filter((byte, i) => byte === b?.payload[i]).length
    t.ok(equal < 8, `${equal} bytes alike`)
  },
)

t.test(
  'a bundle that does not hold what its header says is refused, though it is signed',
  async (t) => {
    const lying = operator.bundle(LINES, {
      names: readNamesFile(LINES.join('\n')).names.map((one) => ({
        ...one,
        category: 'adult.porn',
      })),
    })
    t.match(why(lying), /^bad-bundle: .*does not hold/)
  },
)

t.test('the file of names: what cannot be used is told by its line and never quoted', async (t) => {
  const text = [
    '# of October',
    'illegal.csam hidden.test',
    '  illegal.terror  WWW.Hidden.Test  exact  # alone',
    'illegal.csam hidden.test',
    '',
    'adult.porn hidden.test',
    'illegal.csam',
    'illegal.csam hidden.test below',
    'illegal.csam https://hidden.test/page',
    'illegal.csam *.hidden.test',
    'illegal.csam hidden..test',
    'illegal.csam test',
    'illegal.csam sch.uk',
    'illegal.csam org.uk exact',
    'illegal.csam childline.org.uk',
  ].join('\n')
  const { names, bad, repeated } = readNamesFile(text)
  t.same(
    names.map(({ category, name, isExact }) => [category, name, isExact]),
    [
      ['illegal.csam', 'hidden.test', false],
      ['illegal.terror', 'www.hidden.test', true],
      ['illegal.csam', 'org.uk', true],
    ],
  )
  t.equal(repeated, 1)
  t.same(
    bad.map(({ line }) => line),
    [6, 7, 8, 9, 10, 11, 12, 13, 15],
  )
  for (const { why } of bad) t.notMatch(why, /hidden|childline|sch\.uk/)
})

t.test('keys: PEM or base64url, Ed25519 only', async (t) => {
  const { key, pem } = makePublisherKey()
  t.match(readPublisherKey(pem), { publicKey: key.publicKey })
  t.equal(readPublicKey(` ${key.publicKey}\n`), key.publicKey)
  t.match(readPublicKey('AAAA'), { failure: 'bad-key' })
  t.match(readPublisherKey('x'), { failure: 'bad-key' })
  t.match(readPublicKey(pem), key.publicKey, 'a private key has its public one')
})
