import t from 'tap'
import { compileBaseline } from '#rules/compile-baseline.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import file from '#rules/sets/guard-names.json' with { type: 'json' }
import { GUARD_NAMES } from '#rules/sets/guard-names.ts'
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

t.test('no shipped set blocks a guard name', (t) => {
  const builder = new IndexBuilder({ seed: SEED })
  compileBaseline(builder)
  const index = opened(builder.build())
  for (const { name } of GUARD_NAMES) {
    const others = covering(index, name).filter(
      (rule) => !/: (?:core\.|protected\.|rewrite)/.test(rule),
    )
    t.strictSame(others, [], name)
  }
  t.end()
})
