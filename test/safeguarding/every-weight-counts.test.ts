/**
 * Every weight and every rule changes some judgement: each is taken away in turn, and the scenario that is named for it must
 * be judged differently. A new weight without a scenario fails here, and so does a new kind of weight.
 */
import t from 'tap'
import { INTENT_REASONS, type IntentReason, MOMENTS, type Moment } from '#domain/signal.ts'
import { categoryOf } from '#rules/categories.ts'
import { CATEGORY_IDS, type CategoryId } from '#rules/category-ids.ts'
import { THEMES, type ThemeId } from '#rules/themes.ts'
import { type Judgement, makeJudge, type Observation } from '#safeguarding/judge.ts'
import { isGraver } from '#safeguarding/severity.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import { BANDS, type Band, type Rule, type Weights } from '#safeguarding/weights.ts'
import { DAYS, MINUTES, makeObservation, SCORED_AT } from '#test/support/make-observation.ts'
import {
  allowed,
  blocked,
  monitored,
  page,
  playSchool,
  type Step,
} from '#test/support/signal-school.ts'

type Judged = Judgement | undefined

/** A named story that is judged by the weights given. */
interface Scenario {
  readonly name: string
  readonly judged: (weights: Weights) => Judged
}

/** A weight that can be taken away, and the scenario that shows it. */
interface Weighed {
  readonly id: string
  readonly scenario: Scenario | undefined
  readonly without: Weights
}

const shipped = SHIPPED_WEIGHTS
const HOUR = 60 * MINUTES

function judgeBy(weights: Weights, observations: readonly Observation[], atMs = SCORED_AT): Judged {
  const theme = categoryOf(observations[0]?.category ?? '')?.theme
  if (theme === undefined) throw new Error('observations of no theme')
  return makeJudge({ weights, demoted: new Set() })(theme, observations, atMs)
}

const scenario = (name: string, observations: readonly Observation[]): Scenario => ({
  name,
  judged: (weights) => judgeBy(weights, observations),
})

/** Lookups through everything from the first lookup to the judgement. */
const story = (name: string, steps: readonly Step[]): Scenario => ({
  name,
  judged: (weights) => {
    const { observations, endsAtMs } = playSchool(steps, { weights })
    return judgeBy(weights, observations, endsAtMs)
  },
})

const seen = (given: Partial<Observation> = {}) => makeObservation({ event: 'e', ...given })
const fourSites = (given: Partial<Observation>): readonly Observation[] =>
  ['one', 'two', 'three', 'four'].map((name) => seen({ ...given, site: `${name}.test` }))
const without = <K extends string, V>(from: Readonly<Partial<Record<K, V>>>, key: K) => {
  const { [key]: _, ...left } = { ...from }
  return left as Readonly<Partial<Record<K, V>>>
}

const MOMENT_SCENARIOS: Readonly<Partial<Record<Moment, Scenario>>> = {
  lesson: scenario('extremism in a lesson', [
    seen({ category: 'hate.extremism', moment: 'lesson' }),
  ]),
  break: scenario('self-harm in a break', [seen({ moment: 'break' })]),
  evening: scenario('self-harm in a boarding house', [seen({ moment: 'evening' })]),
  night: scenario('self-harm at night', [seen({ moment: 'night' })]),
  closed: scenario('self-harm at a weekend', [seen({ moment: 'closed' })]),
}

const selfHarm = (...times: readonly number[]) =>
  times.map((at) => blocked(at, 'bad.test', 'harm.selfharm'))

const INTENT_SCENARIOS: Readonly<Record<IntentReason, Scenario>> = {
  anchor: story('a sixth-former opens a watched chat', [
    monitored(10, 'www.chat.test', 'contact.anon_chat'),
    monitored(10.3, 'cdn.chat.test', 'contact.anon_chat'),
  ]),
  retried: story('a child tries a blocked site again and again', selfHarm(10, 27, 64)),
  lone: story('a single lookup', selfHarm(10)),
  reloaded: story('a browser loads its error page again', selfHarm(10, 16.1, 46.2, 106.4)),
  embedded: story(
    'adverts in many pages',
    Array.from({ length: 8 }, (_, i) => [
      ...page(i * 700, 'news.test'),
      blocked(i * 700 + 0.5, `advert${i}.test`, 'harm.suicide'),
    ]).flat(),
  ),
  background: story('a program that asks by the clock', selfHarm(0, 60, 120, 180, 240)),
}

const IDENTITY_SCENARIOS: ReadonlyMap<number, Scenario> = new Map([
  [90, scenario('somebody logged on by 802.1X', [seen({ confidence: 92 })])],
  [80, scenario('somebody at a captive portal', [seen({ confidence: 80 })])],
  [70, scenario('the owner of a device', [seen({ confidence: 75 })])],
  [
    0,
    scenario('a trolley of shared laptops', [
      seen({ confidence: 40, moment: 'break', isNew: true }),
    ]),
  ],
])

const BAND_SCENARIOS: Readonly<Record<Band, Scenario>> = {
  urgent: scenario(
    'extremism in the embeds of forty pages',
    Array.from({ length: 40 }, (_, i) =>
      seen({ category: 'hate.extremism', intent: 5, site: `s${i}.test` }),
    ),
  ),
  high: scenario('one lookup of a self-harm site, new to the school, at night, then a VPN', [
    seen({ isNew: true, moment: 'night', wayRoundAfterSeconds: 60 }),
  ]),
  medium: scenario('one lookup of a self-harm site', [seen()]),
  low: scenario('a lookup of a self-harm site from a trolley of shared laptops', [
    seen({ moment: 'break', confidence: 40, isNew: true }),
  ]),
}

/** Of each theme, more points than its ceiling lets through, and no rule: many embeds. */
function ceilingScenario(theme: ThemeId): Scenario {
  const isRuled = (id: CategoryId) =>
    shipped.rules.some(
      ({ categories, intentAtLeast }) => intentAtLeast <= 5 && categories.includes(id),
    )
  const category = CATEGORY_IDS.find((id) => categoryOf(id)?.theme === theme && !isRuled(id))
  if (category === undefined) throw new Error(`no category in ${theme}`)
  const embeds = Array.from({ length: 500 }, (_, i) =>
    seen({ category, intent: 5, site: `s${i}.test` }),
  )
  return scenario(`many embeds: ${theme}`, embeds)
}

/** Just enough for a rule to hold, and nothing that any other rule of the same severity counts. */
function enoughFor({
  categories,
  measure,
  atLeast,
  withinMs,
  intentAtLeast,
}: Rule): readonly Observation[] {
  const [category] = categories
  if (category === undefined) throw new Error('a rule for nothing')
  const given = { category, intent: intentAtLeast, confidence: 10 }
  const spanMs = measure === 'days' ? withinMs - 1 : Math.min(withinMs - 1, 9 * HOUR)
  return Array.from({ length: atLeast }, (_, i) => {
    const at = SCORED_AT - Math.floor((spanMs * i) / Math.max(1, atLeast - 1))
    return seen({ ...given, at, site: measure === 'sites' ? `s${i}.test` : 's.test' })
  })
}

const ruleScenario = (rule: Rule): Scenario =>
  scenario(`${rule.id}: who ${rule.says}`, enoughFor(rule))

const ruleChanged = (rule: Rule, change: Partial<Rule>): Weights => ({
  ...shipped,
  rules: shipped.rules.map((one) => (one === rule ? { ...one, ...change } : one)),
})

/** All weights there are, by the fields of the data: a new field does not compile without an entry. */
const FAMILIES: Readonly<Record<Exclude<keyof Weights, 'version'>, () => readonly Weighed[]>> = {
  points: () =>
    CATEGORY_IDS.filter((id) => shipped.points[id] !== undefined).map((id) => ({
      id: `points.${id}`,
      scenario: scenario(
        `chosen lookups: ${categoryOf(id)?.sentence}`,
        fourSites({ category: id, intent: 100 }),
      ),
      without: { ...shipped, points: without<CategoryId, number>(shipped.points, id) },
    })),
  intent: () =>
    INTENT_REASONS.map((why) => ({
      id: `intent.${why}`,
      scenario: INTENT_SCENARIOS[why],
      without: {
        ...shipped,
        intent: { ...shipped.intent, [why]: shipped.intent[why] === 0 ? 100 : 0 },
      },
    })),
  advertised: () =>
    shipped.advertised.map((category) => ({
      id: `advertised.${category}`,
      scenario: story(
        `adverts late in the pages of a newspaper: ${categoryOf(category)?.sentence}`,
        Array.from({ length: 12 }, (_, i) => [
          ...page(i * 700, 'news.test'),
          blocked(i * 700 + 3.5, `advert${i}.test`, category),
        ]).flat(),
      ),
      without: { ...shipped, advertised: shipped.advertised.filter((one) => one !== category) },
    })),
  moment: () =>
    MOMENTS.filter((moment) => shipped.moment[moment] !== undefined).map((moment) => ({
      id: `moment.${moment}`,
      scenario: MOMENT_SCENARIOS[moment],
      without: { ...shipped, moment: without<Moment, number>(shipped.moment, moment) },
    })),
  identity: () =>
    shipped.identity.map((step) => ({
      id: `identity.${step.fromPercent}`,
      scenario: IDENTITY_SCENARIOS.get(step.fromPercent),
      without: { ...shipped, identity: shipped.identity.filter((one) => one !== step) },
    })),
  askedFrom: () => [
    {
      id: 'asked-from',
      scenario: scenario(
        'adverts, and within ten minutes a VPN',
        fourSites({ category: 'harm.suicide', intent: 5, wayRoundAfterSeconds: 60 }),
      ),
      without: { ...shipped, askedFrom: 0 },
    },
  ],
  novelty: () => [
    {
      id: 'novelty',
      scenario: scenario('a site that is new to the school', [seen({ isNew: true })]),
      without: { ...shipped, novelty: 1 },
    },
  ],
  sequence: () => [
    {
      id: 'sequence',
      scenario: story('blocked, and three minutes later a VPN', [
        ...selfHarm(10),
        allowed(190, 'vpn.test', 'bypass.vpn'),
      ]),
      without: { ...shipped, sequence: 1 },
    },
  ],
  burst: () => [
    {
      id: 'burst',
      scenario: story(
        'a dozen blocked lookups within minutes, of a client that has none as a rule',
        Array.from({ length: 12 }, (_, i) =>
          blocked(i * 9 + ((i * i) % 11), `s${i % 4}.test`, 'adult.mixed'),
        ),
      ),
      without: { ...shipped, burst: 0 },
    },
  ],
  halfLifeMs: () => [
    {
      id: 'half-life',
      scenario: scenario('one lookup, two weeks ago', [seen({ at: SCORED_AT - 14 * DAYS })]),
      without: { ...shipped, halfLifeMs: Number.POSITIVE_INFINITY },
    },
  ],
  lookBackMs: () => [
    {
      id: 'look-back',
      scenario: scenario('what is longer ago than sixty days', [
        seen({ at: SCORED_AT - 61 * DAYS, intent: 100 }),
      ]),
      without: { ...shipped, lookBackMs: Number.POSITIVE_INFINITY },
    },
  ],
  siteCapMs: () => [
    {
      id: 'site-cap',
      scenario: scenario('one site, twice within ten minutes', [
        seen({ at: SCORED_AT - 5 * MINUTES }),
        seen(),
      ]),
      without: { ...shipped, siteCapMs: 0 },
    },
  ],
  bands: () =>
    BANDS.map((band) => ({
      id: `band.${band}`,
      scenario: BAND_SCENARIOS[band],
      without: { ...shipped, bands: { ...shipped.bands, [band]: Number.POSITIVE_INFINITY } },
    })),
  ceilings: () =>
    THEMES.filter(({ id }) => shipped.ceilings[id] !== undefined).map(({ id }) => ({
      id: `ceiling.${id}`,
      scenario: ceilingScenario(id),
      without: { ...shipped, ceilings: without(shipped.ceilings, id) },
    })),
  rules: () =>
    shipped.rules.map((rule) => ({
      id: `rule.${rule.id}`,
      scenario: ruleScenario(rule),
      without: { ...shipped, rules: shipped.rules.filter((one) => one !== rule) },
    })),
  staffThemes: () =>
    shipped.staffThemes.map((theme) => ({
      id: `staff.${theme}`,
      scenario: scenario(
        `of staff: ${theme}`,
        CATEGORY_IDS.filter((id) => categoryOf(id)?.theme === theme).flatMap((category) =>
          fourSites({ category, intent: 100, profile: 'staff' }),
        ),
      ),
      without: { ...shipped, staffThemes: shipped.staffThemes.filter((one) => one !== theme) },
    })),
}

const weighed = Object.values(FAMILIES).flatMap((family) => family())

t.test('every weight has a scenario, and every scenario a weight', (t) => {
  t.same(
    weighed.filter((one) => one.scenario === undefined).map(({ id }) => id),
    [],
  )
  t.equal(new Set(weighed.map(({ id }) => id)).size, weighed.length, 'ids are unique')
  t.equal(Object.keys(shipped).length - 1, Object.keys(FAMILIES).length, 'no field is left out')
  t.same(
    Object.keys(MOMENT_SCENARIOS).filter((moment) => !Object.keys(shipped.moment).includes(moment)),
    [],
  )
  t.equal(IDENTITY_SCENARIOS.size, shipped.identity.length)
  t.end()
})

for (const { id, scenario: told, without: weights } of weighed) {
  t.test(`${id} counts: ${told?.name}`, (t) => {
    const before = told?.judged(shipped)
    const after = told?.judged(weights)
    t.not(JSON.stringify(after), JSON.stringify(before))
    const isScale = id.startsWith('band.') || id.startsWith('ceiling.') || id.startsWith('rule.')
    if (isScale) t.not(after?.severity, before?.severity, 'by its severity')
    t.end()
  })
}

t.test('every number of a rule counts', (t) => {
  for (const rule of shipped.rules) {
    const { id, atLeast, intentAtLeast, severity } = rule
    const observations = enoughFor(rule)
    const before = judgeBy(shipped, observations)
    t.equal(before?.severity, severity, `${id} decides its scenario`)
    const isLess = (change: Partial<Rule>, given = observations) => {
      const after = judgeBy(ruleChanged(rule, change), given)?.severity
      return after === undefined || isGraver(severity, after)
    }
    t.ok(isLess({ atLeast: atLeast + 1 }), `${id}: at least`)
    t.ok(isLess({ intentAtLeast: intentAtLeast + 1 }), `${id}: intent`)
    t.ok(isLess({ categories: [] }), `${id}: categories`)
    t.ok(isLess({ withinMs: 0 }), `${id}: within`)
    if (rule.measure === 'days') t.ok(isLess({ withinMs: rule.withinMs - 2 }), `${id}: to the day`)
    const snoozed = observations.map((one) => ({ ...one, isSnoozed: true }))
    t.not(
      judgeBy(ruleChanged(rule, { isHard: !rule.isHard }), snoozed)?.severity,
      judgeBy(shipped, snoozed)?.severity,
      `${id}: whether a lesson silences it`,
    )
  }
  t.end()
})

t.test('every category of a rule counts', (t) => {
  for (const rule of shipped.rules) {
    for (const category of rule.categories) {
      const observations = enoughFor({ ...rule, categories: [category] })
      const others = rule.categories.filter((one) => one !== category)
      const after = judgeBy(ruleChanged(rule, { categories: others }), observations)
      t.not(after?.severity, rule.severity, `${rule.id}: ${category}`)
    }
  }
  t.end()
})
