import { readFileSync } from 'node:fs'
import t from 'tap'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import { SAFEGUARDING_TABLES } from '#test/support/safeguarding-tables.ts'

const page = readFileSync(new URL('../../docs/safeguarding.md', import.meta.url), 'utf8')

t.test('the tables of docs/safeguarding.md are those of the program', (t) => {
  for (const [name, text] of Object.entries(SAFEGUARDING_TABLES))
    t.ok(page.includes(text), `${name} is:\n${text}`)
  const written = page.split('\n').filter((line) => line.startsWith('|'))
  const made = Object.values(SAFEGUARDING_TABLES)
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('|'))
  t.same(written.toSorted(), made.toSorted(), 'and there are no others')
  t.end()
})

t.test('what the page says in words is so', (t) => {
  const { halfLifeMs, lookBackMs, siteCapMs, rules } = SHIPPED_WEIGHTS
  const days = (ms: number) => ms / 86_400_000
  t.match(page, `add up over ${days(lookBackMs)} days`)
  t.match(page, `halve every ${days(halfLifeMs)} days`)
  t.equal(siteCapMs, 600_000)
  const hard = new Set(rules.filter(({ isHard }) => isHard).flatMap(({ categories }) => categories))
  t.same([...hard].toSorted(), ['harm.suicide', 'illegal.csam', 'illegal.other', 'illegal.terror'])
  const any = rules.filter(({ intentAtLeast }) => intentAtLeast < 40).map(({ id }) => id)
  t.same(any, ['locked.list', 'locked.other', 'malware.any'])
  t.end()
})
