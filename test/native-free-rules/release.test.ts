import t from 'tap'
import { decide, decideHop } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { firstReleasedEntry } from '#rules/extra-entries.ts'
import { Matches } from '#rules/matches.ts'
import { compileView, type PolicyView, type ViewMoment } from '#rules/policy-view.ts'
import { ReleasedNames } from '#rules/released-names.ts'
import type { Verdict } from '#rules/verdict.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

const rules = makeRules([
  ['games.test', 'media.games'],
  ['both.test', 'media.games'],
  ['both.test', 'harm.gore'],
  ['locked.test', 'illegal.csam'],
  ['forum.games.test', 'harm.suicide'],
  ['vpn.test', 'bypass.vpn'],
  ['vpn-allowed.test', 'bypass.vpn'],
  ['vpn-allowed.test', { kind: 'school-allow', groups: 'all' }],
  ['help.test', 'protected.help'],
  ['denied.test', { kind: 'school-deny', groups: 'all' }],
  ['gone.test', { kind: 'school-deny', groups: 'all', until: 1000 }],
  ['lent.test', 'media.games'],
  ['lent.test', { kind: 'school-allow', groups: 'all', until: 1000 }],
])
const NAMES = 'games both locked vpn vpn-allowed help denied'
  .split(' ')
  .map((name) => domainName(`${name}.test`))
const released = new ReleasedNames(NAMES, firstReleasedEntry(rules))
const policy = makePolicy('pupils', { 'media.games': 'block' })
const staff = makePolicy('staff', { 'bypass.vpn': 'block' }, { kind: 'staff' })
const moment: ViewMoment = { nowMs: 0, releasedCategories: new Set(), releasedNames: [] }

function matchesOf(name: string): Matches {
  const matches = new Matches()
  const wire = nameToWire(domainName(name))
  rules.match(wire, 0, matches)
  released.match(wire, 0, matches)
  return matches
}

function verdictOf(view: PolicyView, name: string): Verdict {
  return decide(view, matchesOf(name))
}

const saying = (verdict: Verdict): string => `${verdict.kind} ${verdict.reason}`

t.test(
  'a released category opens, but not what is also in another, nor what is never released',
  (t) => {
    const view = compileView(rules, policy, {
      ...moment,
      releasedCategories: new Set([
        'media.games',
        'harm.suicide',
        'illegal.csam',
        'bypass.vpn',
        'protected.help',
      ]),
    })
    t.equal(saying(verdictOf(compileView(rules, policy), 'games.test')), 'block category')
    t.equal(saying(verdictOf(view, 'games.test')), 'allow teacher-release')
    t.equal(saying(verdictOf(view, 'both.test')), 'block category')
    t.equal(saying(verdictOf(view, 'locked.test')), 'block locked')
    t.equal(saying(verdictOf(view, 'forum.games.test')), 'block category')
    t.equal(saying(verdictOf(view, 'vpn.test')), 'block bypass-floor')
    t.equal(saying(verdictOf(view, 'help.test')), 'allow protected')
    t.equal(saying(verdictOf(view, 'denied.test')), 'block school-deny')
    const adults = compileView(rules, staff, {
      ...moment,
      releasedCategories: new Set(['bypass.vpn']),
    })
    t.equal(saying(verdictOf(adults, 'vpn.test')), 'block category')
    t.end()
  },
)

t.test('a released name opens with all below it, and nothing stronger', (t) => {
  const all = { ...moment, releasedNames: NAMES.map(() => true) }
  const view = compileView(rules, policy, all)
  t.equal(saying(verdictOf(view, 'www.games.test')), 'allow teacher-release')
  t.equal(saying(verdictOf(view, 'both.test')), 'allow teacher-release')
  t.equal(saying(verdictOf(view, 'locked.test')), 'block locked')
  t.match(verdictOf(view, 'forum.games.test'), { kind: 'block', category: 'harm.suicide' })
  t.equal(saying(verdictOf(view, 'vpn.test')), 'block bypass-floor')
  t.equal(saying(verdictOf(view, 'denied.test')), 'block school-deny')
  t.equal(saying(verdictOf(view, 'xgames.test')), 'monitor uncategorised')
  const others = compileView(rules, policy, { ...all, releasedNames: NAMES.map(() => false) })
  t.equal(saying(verdictOf(others, 'games.test')), 'block category')
  const adults = compileView(rules, staff, all)
  t.equal(saying(verdictOf(adults, 'vpn.test')), 'block category', 'no way round for adults either')
  t.equal(saying(verdictOf(adults, 'vpn-allowed.test')), 'allow teacher-release')
  t.end()
})

t.test('a released name covers its hops as far as a release reaches', (t) => {
  const only = new ReleasedNames([domainName('page.test')], firstReleasedEntry(rules))
  for (const [who, vpn] of [
    [policy, 'bypass-floor'],
    [staff, 'category'],
  ] as const) {
    const view = compileView(rules, who, { ...moment, releasedNames: [true] })
    const asked = new Matches()
    only.match(nameToWire(domainName('page.test')), 0, asked)
    const ofName = decide(view, asked)
    t.equal(saying(ofName), 'allow teacher-release')
    const hop = (name: string): string | undefined => {
      const matches = new Matches()
      rules.match(nameToWire(domainName(name)), 0, matches)
      return decideHop(view, matches.entries, 0, matches.count, ofName)?.reason
    }
    t.equal(hop('games.test'), undefined)
    t.equal(hop('locked.test'), 'locked')
    t.equal(hop('forum.games.test'), 'category')
    t.equal(hop('vpn.test'), vpn)
    t.equal(hop('denied.test'), 'school-deny')
  }
  t.end()
})

t.test('school rules count up to their moment and not from it on', (t) => {
  const before = compileView(rules, policy, { ...moment, nowMs: 999 })
  const after = compileView(rules, policy, { ...moment, nowMs: 1000 })
  t.equal(saying(verdictOf(before, 'gone.test')), 'block school-deny')
  t.equal(saying(verdictOf(after, 'gone.test')), 'monitor uncategorised')
  t.equal(saying(verdictOf(before, 'lent.test')), 'allow school-allow')
  t.equal(saying(verdictOf(after, 'lent.test')), 'block category')
  t.end()
})
