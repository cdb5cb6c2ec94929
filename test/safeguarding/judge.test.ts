import t from 'tap'
import { CATEGORIES } from '#rules/categories.ts'
import { THEMES } from '#rules/themes.ts'
import { judge, makeJudge, NEVER_DEMOTED, type Observation } from '#safeguarding/judge.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import { DAYS, MINUTES, makeObservation, SCORED_AT } from '#test/support/make-observation.ts'

const seen = (given: Partial<Observation>) => makeObservation(given)
const self = (...observations: Observation[]) => judge('self-harm', observations, SCORED_AT)

t.test('a lookup counts by its weight, how likely it was meant, and who it was', (t) => {
  t.match(self(seen({})), { score: 25, severity: 'medium', rules: [], isInstant: false })
  t.match(self(seen({ confidence: 75 })), { score: 20, severity: 'medium' })
  t.match(self(seen({ confidence: 10, isNew: true })), { score: 12, severity: 'low' })
  t.match(self(seen({ moment: 'lesson' })), { score: 20, severity: 'medium' })
  t.equal(self(seen({ intent: 5 })), undefined, 'an embed')
  t.same(self(seen({ moment: 'night', isNew: true, confidence: 85 }))?.parts, [
    { part: 'weight', value: 50 },
    { part: 'intent', value: 0.5 },
    { part: 'identity', value: 0.9 },
    { part: 'moment', value: 1.3 },
    { part: 'novelty', value: 1.2 },
  ])
  t.end()
})

t.test('points add up, halve in two weeks, and are gone after sixty days', (t) => {
  const at = (daysAgo: number) => seen({ at: SCORED_AT - daysAgo * DAYS })
  t.equal(self(at(14))?.score, 12.5)
  t.equal(self(at(14), at(0))?.score, 37.5)
  t.ok((self(at(59))?.score ?? 5) <= 5)
  t.equal(
    judge('illegal', [seen({ category: 'illegal.csam', at: SCORED_AT - 61 * DAYS })], SCORED_AT),
    undefined,
  )
  t.equal(self(seen({ at: SCORED_AT + DAYS }))?.score, 25, 'a clock that runs ahead adds nothing')
  t.end()
})

t.test('one site counts once in ten minutes, by the most that it comes to', (t) => {
  const at = (minutes: number, intent = 50) => seen({ at: SCORED_AT - minutes * MINUTES, intent })
  const score = self(at(9), at(5, 80), at(0))?.score ?? 0
  t.ok(Math.abs(score - 40) < 0.1, `${score} for one occasion`)
  t.ok((self(at(10), at(0))?.score ?? 0) > 49, 'ten minutes later it counts again')
  t.ok((self(at(1), seen({ site: 'other.test' }))?.score ?? 0) > 49, 'another site counts')
  t.end()
})

t.test('a locked-list hit is critical at once, whatever speaks against it', (t) => {
  const one = seen({ category: 'illegal.csam', intent: 0, confidence: 0, isSnoozed: true })
  t.match(judge('illegal', [one], SCORED_AT), {
    severity: 'critical',
    rules: ['locked.list'],
    isInstant: true,
    score: 0,
  })
  t.end()
})

t.test(
  'suicide: critical where somebody meant it, urgent where nothing tells, never by an advert',
  (t) => {
    const suicide = (given: Partial<Observation>) =>
      judge('suicide', [seen({ category: 'harm.suicide', ...given })], SCORED_AT)
    t.match(suicide({ intent: 80 }), { severity: 'critical', isInstant: true })
    t.match(suicide({ intent: 50 }), { severity: 'urgent', isInstant: true })
    t.match(suicide({ intent: 50, moment: 'lesson' }), { severity: 'urgent' }, 'in a lesson too')
    t.equal(suicide({ intent: 5 }), undefined)
    t.match(
      suicide({ intent: 80, isSnoozed: true }),
      { severity: 'critical' },
      'no lesson silences it',
    )
    t.end()
  },
)

t.test('self-harm is urgent by the third time in a day or the second day in a week', (t) => {
  const at = (ms: number) => seen({ at: SCORED_AT - ms, confidence: 10 })
  t.match(self(at(0), at(15 * MINUTES)), { severity: 'low' })
  t.match(self(at(0), at(15 * MINUTES), at(30 * MINUTES)), {
    severity: 'urgent',
    rules: ['self-harm.day'],
  })
  t.match(self(at(0), at(6 * DAYS)), { severity: 'urgent', rules: ['self-harm.days'] })
  t.match(self(at(0), at(8 * DAYS)), { severity: 'low', rules: [] }, 'not over a week')
  t.match(self(seen({ distinctNames: 3 })), { severity: 'urgent' }, 'three sites at once are three')
  t.match(self(seen({ intent: 80, confidence: 10 })), { severity: 'high' })
  t.end()
})

t.test('what a rule found is not found again by a later lookup that it does not count', (t) => {
  const old = seen({ at: SCORED_AT - 20 * DAYS, intent: 80, confidence: 10 })
  t.match(self(old, seen({ intent: 30 })), { rules: [] })
  t.end()
})

t.test('points alone stop at the ceiling of their theme; rules go beyond', (t) => {
  const porn = (day: number) =>
    seen({ category: 'adult.porn', site: `s${day}.test`, at: SCORED_AT - day * DAYS, intent: 100 })
  const onOneDay = Array.from({ length: 7 }, (_, hour) =>
    seen({ category: 'adult.porn', intent: 100, at: SCORED_AT - hour * 20 * MINUTES }),
  )
  const judged = judge('adult', onOneDay, SCORED_AT)
  t.ok((judged?.score ?? 0) > 70)
  t.equal(judged?.severity, 'medium')
  t.match(judge('adult', [porn(0), porn(1), porn(2)], SCORED_AT), { severity: 'high' })
  t.end()
})

t.test('a curriculum snooze makes what it covers nothing', (t) => {
  const drugs = (given: Partial<Observation>) => seen({ category: 'crime.drugs', ...given })
  const two = [drugs({ isSnoozed: true }), drugs({ site: 'b.test', isSnoozed: true })]
  t.equal(judge('substance', two, SCORED_AT), undefined)
  t.match(judge('substance', [drugs({}), drugs({ site: 'b.test' })], SCORED_AT)?.rules, [
    'drugs.twice',
  ])
  t.end()
})

t.test(
  'drugs are graver than what is sold over a counter, and one wrong click on either is nothing',
  (t) => {
    const shop = (given: Partial<Observation>) =>
      seen({ category: 'crime.vape_alcohol_tobacco', intent: 50, ...given })
    const dealer = (given: Partial<Observation>) => shop({ category: 'crime.drugs', ...given })
    const before = { site: 'b.test', at: SCORED_AT - 5 * DAYS }
    t.equal(judge('substance', [shop({})], SCORED_AT), undefined)
    t.equal(judge('substance', [dealer({})], SCORED_AT), undefined)
    t.match(judge('substance', [shop({}), shop(before)], SCORED_AT), { severity: 'low' })
    t.match(judge('substance', [dealer({}), dealer(before)], SCORED_AT), { severity: 'medium' })
    t.end()
  },
)

t.test('a demoted theme is one severity lower, but never those that must not be', (t) => {
  const all = makeJudge({
    weights: SHIPPED_WEIGHTS,
    demoted: new Set(THEMES.map(({ id }) => id)),
  })
  for (const category of CATEGORIES) {
    const { theme } = category
    if (!theme) continue
    const sites = ['one', 'two', 'three', 'four'].map((name) => `${name}.test`)
    const observations = sites.map((site) => seen({ category: category.id, intent: 100, site }))
    const before = judge(theme, observations, SCORED_AT)?.severity
    const after = all(theme, observations, SCORED_AT)?.severity
    if (NEVER_DEMOTED.includes(theme)) t.equal(after, before, `${theme} stays`)
    else if (before !== 'low') t.not(after, before, `${theme} goes down`)
  }
  t.same(NEVER_DEMOTED, ['illegal', 'suicide', 'self-harm'])
  t.end()
})

t.test('of staff only some themes are scored', (t) => {
  const gambling = { category: 'commerce.gambling', intent: 100 } as const
  t.ok(judge('gambling', [seen(gambling)], SCORED_AT))
  t.equal(judge('gambling', [seen({ ...gambling, profile: 'staff' })], SCORED_AT), undefined)
  const illegal = seen({ category: 'illegal.terror', profile: 'staff' })
  t.match(judge('illegal', [illegal], SCORED_AT), { severity: 'critical' })
  t.end()
})

t.test('categories without a theme and those of another theme count for nothing', (t) => {
  const wrong = CATEGORIES.flatMap(({ id, theme }) =>
    THEMES.filter((other) => other.id !== theme)
      .filter((other) => judge(other.id, [seen({ category: id, intent: 100 })], SCORED_AT))
      .map((other) => `${id} in ${other.id}`),
  )
  t.same(wrong, [])
  for (const { id, theme } of CATEGORIES)
    t.equal(SHIPPED_WEIGHTS.points[id] !== undefined, theme !== undefined, `${id} has points`)
  t.equal(judge('self-harm', [], SCORED_AT), undefined)
  t.end()
})

t.test('the order in which observations come does not matter', (t) => {
  const some = [0, 5, 12, 40, 3_000, 9_000].map((minutes, i) =>
    seen({ at: SCORED_AT - minutes * MINUTES, site: `s${i % 3}.test`, intent: i % 2 ? 80 : 50 }),
  )
  const inOrder = self(...some.toReversed())
  const reversed = self(...some)
  t.same({ ...reversed, score: 0 }, { ...inOrder, score: 0 })
  t.ok(Math.abs((reversed?.score ?? 0) - (inOrder?.score ?? 1)) < 1e-9)
  t.end()
})
