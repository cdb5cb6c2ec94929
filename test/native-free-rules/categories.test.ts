import t from 'tap'
import {
  CATEGORIES,
  type CategoryId,
  categoryOf,
  isAlerting,
  isAllowLocked,
  isBypass,
  isCategoryId,
  isLocked,
  PROFILES,
  THEMES,
  themesWithoutList,
} from '#rules/categories.ts'
import { CATEGORY_IDS } from '#rules/category-ids.ts'
import { themeTitle } from '#rules/themes.ts'

t.test('every category is complete and in plain words', async (t) => {
  t.same(
    CATEGORIES.map(({ id }) => id),
    CATEGORY_IDS,
  )
  for (const category of CATEGORIES) {
    t.match(category.id, /^[a-z]+(?:\.[a-z_]+)?$/)
    t.match(category.title, /^[A-Z]/)
    t.match(category.sentence, /^(?:an? |YouTube$)/, category.id)
    t.notMatch(category.sentence, /\.$/)
    t.same(Object.keys(category.defaults), PROFILES)
  }
})

t.test('illegal categories and only they are locked, and are blocked for everybody', async (t) => {
  for (const { id, defaults } of CATEGORIES) {
    t.equal(isLocked(id), id.startsWith('illegal.'), id)
    if (isLocked(id)) t.same(new Set(Object.values(defaults)), new Set(['block']), id)
  }
})

t.test('core and protected help are allowed for everybody and never told to anybody', async (t) => {
  const always = CATEGORIES.filter(({ id }) => isAllowLocked(id))
  t.same(
    always.map(({ id }) => id),
    ['core.education', 'core.infra', 'core.exam', 'protected.help'],
  )
  for (const { id, defaults, severity } of always) {
    t.same(new Set(Object.values(defaults)), new Set(['allow']), id)
    t.notOk(isAlerting(id), id)
    t.equal(severity, 'none', id)
  }
})

t.test('pupils have no way round the filter by default', async (t) => {
  for (const { id, defaults } of CATEGORIES.filter((one) => isBypass(one.id))) {
    t.equal(defaults.primary, 'block', id)
    t.equal(defaults.secondary, 'block', id)
    t.equal(defaults.sixth, 'block', id)
  }
})

t.test('what alerts has a theme, a route and a severity; what does not has none', async (t) => {
  for (const { id, theme, route, severity } of CATEGORIES) {
    t.equal(isAlerting(id), theme !== undefined && route !== 'none', id)
    t.equal(theme === undefined, route === 'none', id)
    t.equal(theme === undefined, severity === 'none', id)
  }
  t.ok(isAlerting('illegal.csam'))
  t.notOk(isAlerting('illegal.ip'))
  t.equal(categoryOf('security.malware')?.route, 'it')
  t.equal(categoryOf('bypass.vpn')?.severity, 'low')
  t.equal(categoryOf('harm.suicide')?.severity, 'critical')
})

t.test('ids are told from other texts', async (t) => {
  t.ok(isCategoryId('harm.selfharm'))
  t.notOk(isCategoryId('harm'))
  t.notOk(isCategoryId('toString'))
  t.equal(categoryOf('__proto__'), undefined)
})

t.test('themes that no list covers are named in plain English', async (t) => {
  t.same(
    themesWithoutList(new Set()),
    THEMES.map(({ title }) => title),
  )
  const some = new Set<CategoryId>(['crime.drugs', 'media.games'])
  t.notOk(themesWithoutList(some).includes('drugs, alcohol and vaping'))
  t.ok(themesWithoutList(some).includes('self-harm'))
  t.same(themesWithoutList(new Set(CATEGORY_IDS)), [])
  t.equal(themeTitle('self-harm'), 'self-harm')
})
