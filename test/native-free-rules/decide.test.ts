import fc from 'fast-check'
import t from 'tap'
import { CATEGORIES, type CategoryId, categoryOf } from '#rules/categories.ts'
import { decide, decideHop } from '#rules/decide.ts'
import type { RuleEffect } from '#rules/list.ts'
import {
  compileView,
  type GroupPolicy,
  type PolicyAction,
  type PolicyView,
} from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { blockInstead, type Verdict } from '#rules/verdict.ts'
import { domain, indexOf, matchesOf, type TestRule } from './make-index.ts'

const categorise = (category: CategoryId): RuleEffect => ({ kind: 'categorise', category })
const safe = domain('safe.example.org')

/** One name under `.test` for every combination of these, the strongest first, as precedence says it. */
const ladder: readonly (readonly [label: string, effect: RuleEffect, expected: string])[] = [
  ['locked', categorise('illegal.terror'), 'block locked'],
  ['protected', categorise('protected.help'), 'allow protected'],
  ['core', categorise('core.exam'), 'allow core'],
  ['bypass', categorise('bypass.vpn'), 'block bypass-floor'],
  ['deny', { kind: 'school-deny', groups: ['ks3'] }, 'block school-deny'],
  ['let', { kind: 'school-allow', groups: 'all' }, 'allow school-allow'],
  ['blocked', categorise('adult.porn'), 'block category'],
  ['watched', categorise('media.games'), 'monitor category'],
  ['open', categorise('media.music'), 'allow category'],
]
const actions: Partial<Record<CategoryId, PolicyAction>> = {
  'adult.porn': 'block',
  'media.games': 'monitor',
  'media.music': 'allow',
  'bypass.vpn': 'allow',
  'illegal.terror': 'allow',
  uncategorised: 'allow',
}

t.test(
  'of any two rules on a name the stronger kind wins, in whatever order they came',
  async (t) => {
    for (const [i, [label, effect, expected]] of ladder.entries()) {
      for (const [other, otherEffect] of ladder.slice(i)) {
        const name = `${label}-${other}.test`
        for (const effects of [
          [effect, otherEffect],
          [otherEffect, effect],
        ]) {
          const view = viewOf(effects.map((one, n) => rule(name, one, `list${n}`)))
          t.equal(said(view, name), expected, name)
        }
      }
    }
  },
)

t.test('no policy lowers what is locked or allows pupils a way round', async () => {
  const anyAction = fc.constantFrom<PolicyAction>('allow', 'block', 'monitor')
  const anyPolicy = fc.record({
    kind: fc.constantFrom('pupil', 'staff', 'guest'),
    action: anyAction,
    safeSearch: fc.boolean(),
  })
  const index = indexOf([
    rule('locked.test', categorise('illegal.csam')),
    rule('locked.test', { kind: 'school-allow', groups: 'all' }, 'school'),
    rule('vpn.test', categorise('bypass.vpn')),
    rule('vpn.test', { kind: 'school-allow', groups: 'all' }, 'school'),
    rule('help.test', categorise('protected.help')),
    rule('help.test', { kind: 'school-deny', groups: 'all' }, 'school'),
  ])
  fc.assert(
    fc.property(anyPolicy, ({ kind, action, safeSearch }) => {
      const all = new Map(CATEGORIES.map(({ id }) => [id, action]))
      const view = compileView(index, policy({ kind, actions: all, safeSearch }))
      const verdicts = ['locked.test', 'vpn.test', 'help.test'].map((name) =>
        verdictOf(view, index, name),
      )
      return (
        verdicts[0]?.reason === 'locked' &&
        verdicts[1]?.reason === (kind === 'pupil' ? 'bypass-floor' : 'school-allow') &&
        verdicts[2]?.reason === 'protected'
      )
    }),
  )
})

t.test('a school rule is for its groups only', async (t) => {
  const rules = [rule('a.test', { kind: 'school-deny', groups: ['ks4', 'ks5'] })]
  t.equal(said(viewOf(rules), 'a.test'), 'allow default')
  t.equal(said(viewOf(rules, { group: 'ks4' }), 'a.test'), 'block school-deny')
})

t.test(
  'a name in no list gets what the policy says of those, and a hole in a policy is closed',
  async (t) => {
    t.equal(said(viewOf([]), 'x.test'), 'allow default')
    t.equal(
      said(viewOf([], { actions: new Map([['uncategorised', 'monitor']]) }), 'x.test'),
      'monitor uncategorised',
    )
    t.equal(
      said(viewOf([], { actions: new Map([['uncategorised', 'block']]) }), 'x.test'),
      'block uncategorised',
    )
    t.equal(said(viewOf([], { actions: new Map() }), 'x.test'), 'block uncategorised')
    const unnamed = viewOf([rule('x.test', categorise('hate.vawg'))], { actions: new Map() })
    t.equal(said(unnamed, 'x.test'), 'block category')
  },
)

t.test(
  'safe search rewrites whatever is allowed and nothing that is blocked or protected',
  async (t) => {
    const rewrite: RuleEffect = { kind: 'rewrite', service: 'safesearch', target: safe }
    const under = (effect: RuleEffect, on: Partial<GroupPolicy> = { safeSearch: true }) =>
      said(viewOf([rule('s.test', rewrite, 'safe'), rule('s.test', effect, 'other')], on), 's.test')
    const expected: Record<string, string> = {
      locked: 'block locked',
      protected: 'allow protected',
      core: 'rewrite safe-search',
      bypass: 'block bypass-floor',
      deny: 'block school-deny',
      let: 'rewrite safe-search',
      blocked: 'block category',
      watched: 'rewrite safe-search monitored',
      open: 'rewrite safe-search',
    }
    for (const [label, effect] of ladder) t.equal(under(effect), expected[label], label)
    t.equal(under(categorise('media.music'), { safeSearch: false }), 'allow category')
  },
)

t.test(
  'a search engine that is only known as one is rewritten, not blocked as unknown',
  async (t) => {
    const rules = [rule('s.test', { kind: 'rewrite', service: 'safesearch', target: safe })]
    const strict = { actions: new Map([['uncategorised', 'block']] as const) }
    t.equal(said(viewOf(rules, { ...strict, safeSearch: true }), 's.test'), 'rewrite safe-search')
    t.equal(said(viewOf(rules, { ...strict, safeSearch: false }), 's.test'), 'block uncategorised')
  },
)

t.test('each group gets its own YouTube', async (t) => {
  const rules = [
    rule('y.test', { kind: 'rewrite', service: 'youtube-strict', target: domain('strict.test') }),
    rule('y.test', {
      kind: 'rewrite',
      service: 'youtube-moderate',
      target: domain('moderate.test'),
    }),
  ]
  const index = indexOf(rules)
  const target = (youtube: GroupPolicy['youtube']) => {
    const verdict = verdictOf(compileView(index, policy({ youtube })), index, 'y.test')
    return verdict.kind === 'rewrite' ? verdict.target : verdict.kind
  }
  t.equal(target('strict'), 'strict.test')
  t.equal(target('moderate'), 'moderate.test')
  t.equal(target('off'), 'allow')
})

t.test('a rewrite that cannot be made becomes a block', async (t) => {
  const index = indexOf([rule('s.test', { kind: 'rewrite', service: 'safesearch', target: safe })])
  const verdict = verdictOf(compileView(index, policy({ safeSearch: true })), index, 's.test')
  t.equal(verdict.kind, 'rewrite')
  if (verdict.kind === 'rewrite')
    t.match(blockInstead(verdict), { kind: 'block', reason: 'rewrite-unavailable', list: 'list0' })
})

t.test('verdicts are made once, frozen, and say who decided', async (t) => {
  const index = indexOf([rule('a.test', categorise('adult.porn'), 'the-list')])
  const view = compileView(index, policy({}))
  const first = verdictOf(view, index, 'a.test')
  t.equal(verdictOf(view, index, 'www.a.test'), first)
  t.ok(Object.isFrozen(first))
  t.match(first, { category: 'adult.porn', list: 'the-list', entry: 0 })
  t.match(verdictOf(view, index, 'b.test'), { category: 'uncategorised', list: '', entry: -1 })
})

t.test('a hop is blocked only outright, and never by a policy on names in no list', async (t) => {
  const strict = { actions: new Map<CategoryId, PolicyAction>([['media.music', 'allow']]) }
  const hop = hopsOf(strict)
  t.equal(hop('open.test', 'nowhere.test'), 'none')
  t.equal(hop('open.test', 'blocked.test'), 'block category')
  t.equal(hop('open.test', 'deny.test'), 'block school-deny')
  t.equal(hop('open.test', 'bypass.test'), 'block bypass-floor')
  t.equal(hop('open.test', 'locked.test'), 'block locked')
  t.equal(hop('open.test', 'protected.test'), 'none')
  t.equal(hop('open.test', 'let.test'), 'none')
  t.equal(hop('blocked.test', 'locked.test'), 'none')
})

t.test(
  'protected, core and school-allowed names cover their hops, but not locked ones',
  async (t) => {
    const hop = hopsOf({})
    for (const name of ['protected.test', 'core.test', 'let.test']) {
      t.equal(hop(name, 'blocked.test'), 'none', name)
      t.equal(hop(name, 'bypass.test'), 'none', name)
      t.equal(hop(name, 'deny.test'), 'none', name)
      t.equal(hop(name, 'locked.test'), 'block locked', name)
    }
  },
)

t.test('hops are read from where they lie among others', async (t) => {
  const index = indexOf([
    rule('a.test', categorise('adult.porn')),
    rule('b.test', categorise('media.music')),
  ])
  const view = compileView(index, policy({}))
  const entries = Uint16Array.of(0, 1, 0)
  const ofName = view.fallback
  t.equal(decideHop(view, entries, 1, 2, ofName), undefined)
  t.equal(decideHop(view, entries, 1, 3, ofName)?.reason, 'category')
  t.equal(decideHop(view, entries, 1, 1, ofName), undefined)
})

t.test('defaults of every profile make a view that blocks what they say', async (t) => {
  const index = indexOf(
    CATEGORIES.map(({ id }) => rule(`${id.replaceAll('_', '-')}.test`, categorise(id))),
  )
  const chosen = new Map(
    CATEGORIES.map(({ id, defaults }) => [
      id,
      defaults.staff === 'timetable' ? 'block' : defaults.staff,
    ]),
  )
  const view = compileView(index, policy({ kind: 'staff', actions: chosen }))
  for (const { id } of CATEGORIES) {
    const verdict = verdictOf(view, index, `${id.replaceAll('_', '-')}.test`)
    t.equal(verdict.kind, categoryOf(id)?.defaults.staff, id)
  }
})

function rule(name: string, effect: RuleEffect, list = 'list0'): TestRule {
  return { list, name, scope: 'subtree', effect }
}

function policy(some: Partial<GroupPolicy>): GroupPolicy {
  const known = new Map<CategoryId, PolicyAction>()
  for (const { id } of CATEGORIES) known.set(id, actions[id] ?? 'block')
  return { group: 'ks3', kind: 'pupil', actions: known, safeSearch: false, youtube: 'off', ...some }
}

interface IndexedView {
  readonly index: RuleIndex
  readonly view: PolicyView
}

function viewOf(rules: readonly TestRule[], some: Partial<GroupPolicy> = {}): IndexedView {
  const index = indexOf(rules)
  return { index, view: compileView(index, policy(some)) }
}

function verdictOf(view: PolicyView, index: RuleIndex, name: string): Verdict {
  return decide(view, matchesOf(index, name))
}

function said({ view, index }: IndexedView, name: string): string {
  const verdict = verdictOf(view, index, name)
  const monitored = verdict.kind === 'rewrite' && verdict.isMonitored ? ' monitored' : ''
  return `${verdict.kind} ${verdict.reason}${monitored}`
}

/** Says what a hop does to a name, both named after their rung of the ladder. */
function hopsOf(some: Partial<GroupPolicy>): (name: string, hop: string) => string {
  const { index, view } = viewOf(
    ladder.map(([label, effect]) => rule(`${label}.test`, effect)),
    some,
  )
  return (name, hop) => {
    const { entries, count } = matchesOf(index, hop)
    const verdict = decideHop(view, entries, 0, count, verdictOf(view, index, name))
    return verdict ? `${verdict.kind} ${verdict.reason}` : 'none'
  }
}
