import t from 'tap'
import { compileBaseline } from '#rules/compile-baseline.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import addresses from '#rules/sets/guard-addresses.json' with { type: 'json' }
import { GUARD_ADDRESSES, GUARD_NETWORKS } from '#rules/sets/guard-addresses.ts'
import file from '#rules/sets/guard-names.json' with { type: 'json' }
import { GUARD_NAMES, GUARD_ZONES } from '#rules/sets/guard-names.ts'
import { covering, opened, SEED } from '../make-index.ts'

t.test('every guard name is a name, is there once and says whence it is known', (t) => {
  t.ok(GUARD_NAMES.length >= 200, `${GUARD_NAMES.length} of them`)
  t.equal(new Set(GUARD_NAMES.map(({ name }) => name)).size, GUARD_NAMES.length)
  for (const { name, source } of file.names) {
    t.equal(parseDomainName(name), name)
    t.match(source, /^https:\/\//, name)
    t.notMatch(name, /\.test$/)
  }
  t.end()
})

t.test(
  'domains of delivery networks are names of their own, and say whence they are known',
  (t) => {
    t.ok(GUARD_ZONES.length >= 20, `${GUARD_ZONES.length} of them`)
    const all = [...GUARD_NAMES, ...GUARD_ZONES].map(({ name }) => name)
    t.equal(new Set(all).size, all.length)
    for (const { name, like } of GUARD_ZONES)
      for (const one of like) t.ok(one.endsWith(`.${name}`), one)
    for (const { source } of file.zones) t.match(source, /^(?:https:|[A-Z][a-z]+: )/)
    t.end()
  },
)

t.test('guard addresses are read as they stand there, and say whence they are known', (t) => {
  t.match(GUARD_ADDRESSES[0], { address: '8.8.8.8', bytes: Uint8Array.of(8, 8, 8, 8) })
  t.strictSame(
    GUARD_NETWORKS.map(({ name, networks }) => [name, networks.length]),
    addresses.networks.map(({ name, networks }) => [name, networks.length]),
  )
  for (const { source } of [...addresses.addresses, ...addresses.networks])
    t.match(source, /^https:/)
  t.end()
})

t.test('no shipped set blocks a guard name', (t) => {
  const builder = new IndexBuilder({ seed: SEED })
  compileBaseline(builder)
  const index = opened(builder.build())
  for (const { name } of [...GUARD_NAMES, ...GUARD_ZONES]) {
    const others = covering(index, name).filter(
      (rule) => !/: (?:core\.|protected\.|rewrite)/.test(rule),
    )
    t.strictSame(others, [], name)
  }
  t.end()
})
