import t from 'tap'
import { CATEGORIES, type CategoryId, isAllowLocked, themesWithoutList } from '#rules/categories.ts'
import { compileBaseline } from '#rules/compile-baseline.ts'
import { decide } from '#rules/decide.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { compileView } from '#rules/policy-view.ts'
import { BYPASS_CANARIES_LIST } from '#rules/sets/bypass-canaries.ts'
import { CANARIES, canaryOf } from '#rules/sets/canaries.ts'
import { readCuratedSet } from '#rules/sets/curated-set.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { covering, matchesOf, opened, SEED } from '../make-index.ts'

const builder = new IndexBuilder({ seed: SEED })
compileBaseline(builder)
const index = opened(builder.build())

/** Families in which a wrong name harms somebody: they ship without any. */
const CANARY_ONLY = /^(?:illegal|harm|hate|adult|crime|security)\./

t.test('every shipped name is a name, is there once and says whence it is known', async (t) => {
  for (const { id, names, source, licence } of CURATED_SETS) {
    t.ok(source !== '' && licence !== '', id)
    t.equal(new Set(names.map(({ name }) => name)).size, names.length, id)
    for (const { name, source: whence, target } of names) {
      t.equal(parseDomainName(name), name)
      t.match(whence, /https:\/\//, `${id} ${name}`)
      if (target !== undefined) t.equal(parseDomainName(target), target)
      t.notMatch(name, /\.test$/)
    }
  }
})

t.test('families in which a wrong name harms somebody hold canaries only', async (t) => {
  const shipped = CURATED_SETS.flatMap(({ purpose }) =>
    purpose.kind === 'category' ? [purpose.category] : [],
  )
  t.notOk(shipped.some((category) => CANARY_ONLY.test(category)))
  for (const category of index.categoriesPresent) t.notMatch(category, CANARY_ONLY)
})

t.test('every category but the absent one has a canary, and it is nobody’s name', async (t) => {
  t.equal(CANARIES.length, CATEGORIES.length - 1)
  t.equal(canaryOf('harm.selfharm'), 'canary-harm-selfharm.test')
  for (const { name, category } of CANARIES) {
    t.match(name, /^canary-[a-z-]+\.test$/)
    t.same(covering(index, name), [`canaries: ${category}`])
  }
})

t.test('canaries are no list: what cannot be noticed is said', async (t) => {
  const missing = themesWithoutList(index.categoriesPresent)
  t.ok(missing.includes('self-harm'))
  t.ok(missing.includes('illegal content'))
  t.notOk(missing.includes('gambling'))
  t.notOk(missing.includes('ways round the filter'))
})

t.test('no way round the filter stands under a name that is always allowed', async (t) => {
  const always = new Set(
    index.entries
      .filter(({ effect }) => effect.kind === 'categorise' && isAllowLocked(effect.category))
      .map(({ id }) => id),
  )
  for (const { purpose, names } of CURATED_SETS) {
    if (purpose.kind === 'category' && isAllowLocked(purpose.category)) continue
    for (const { name } of names) {
      const { entries, count } = matchesOf(index, name)
      t.notOk(
        [...entries.subarray(0, count)].some((id) => always.has(id)),
        name,
      )
    }
  }
})

t.test(
  'the names by which devices ask to go round are blocked for every kind of user',
  async (t) => {
    for (const [profile, kind] of [
      ['primary', 'pupil'],
      ['staff', 'staff'],
      ['guest', 'guest'],
    ] as const) {
      const actions = new Map(
        CATEGORIES.map(({ id, defaults }) => [
          id,
          defaults[profile] === 'timetable' ? 'block' : defaults[profile],
        ]),
      )
      const view = compileView(index, {
        group: 'g',
        kind,
        actions,
        safeSearch: true,
        youtube: 'strict',
      })
      for (const name of ['use-application-dns.net', 'mask.icloud.com', 'mask-h2.icloud.com']) {
        const verdict = decide(view, matchesOf(index, name))
        t.equal(verdict.kind, 'block')
        t.equal(verdict.list, BYPASS_CANARIES_LIST)
      }
    }
  },
)

t.test(
  'search engines and YouTube are rewritten to their safe names, whole names only',
  async (t) => {
    const actions = new Map<CategoryId, 'block' | 'allow'>([
      ['media.youtube', 'allow'],
      ['uncategorised', 'block'],
    ])
    const view = compileView(index, {
      group: 'g',
      kind: 'pupil',
      actions,
      safeSearch: true,
      youtube: 'moderate',
    })
    const verdictOf = (name: string) => decide(view, matchesOf(index, name))
    const target = (name: string) => {
      const verdict = verdictOf(name)
      return verdict.kind === 'rewrite' ? verdict.target : verdict.kind
    }
    t.equal(target('www.google.co.uk'), 'forcesafesearch.google.com')
    t.equal(target('www.bing.com'), 'strict.bing.com')
    t.equal(target('duckduckgo.com'), 'safe.duckduckgo.com')
    t.equal(target('duck.com'), 'safe.duckduckgo.com')
    for (const name of [
      'html.duckduckgo.com',
      'lite.duckduckgo.com',
      'noai.duckduckgo.com',
      'cn.bing.com',
    ])
      t.equal(verdictOf(name).category, 'search.nosafe', name)
    t.equal(target('external-content.duckduckgo.com'), 'block')
    t.equal(target('www.youtube.com'), 'restrictmoderate.youtube.com')
    t.equal(target('i.ytimg.com'), 'allow')
  },
)

t.test('a set out of order is refused before it filters anything', async (t) => {
  const good = {
    id: 'x',
    title: 'X',
    source: 'https://example.org',
    licence: 'CC0-1.0',
    version: '1',
    updatedAt: '2026-11-21',
    category: 'media.games',
    names: [{ name: 'a.test', source: 'https://example.org' }],
  }
  t.match(readCuratedSet(good), { names: [{ name: 'a.test', scope: 'subtree' }] })
  const code = { code: 'EDGE_CURATED_SET' }
  t.throws(() => readCuratedSet(undefined), code)
  t.throws(() => readCuratedSet({ ...good, category: 'no.such' }), code)
  t.throws(() => readCuratedSet({ ...good, updatedAt: 'yesterday' }), code)
  t.throws(() => readCuratedSet({ ...good, names: [] }), code)
  t.throws(() => readCuratedSet({ ...good, names: [{ name: 'a..test', source: 's' }] }), code)
  t.throws(() => readCuratedSet({ ...good, names: [{ name: 'a.test' }] }), code)
  t.throws(
    () => readCuratedSet({ ...good, names: [{ name: 'a.test', source: 's', scope: 'all' }] }),
    code,
  )
  t.throws(() => readCuratedSet({ ...good, category: undefined, service: 'safesearch' }), code)
})
