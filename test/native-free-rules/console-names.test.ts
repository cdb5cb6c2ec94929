/** Names that people allow and deny in the console: whom they are for, how long, and what they never open. */
import t from 'tap'
import { ConsoleNames } from '#rules/console-names.ts'
import { decide, decideHop } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { consoleRulesMax, firstConsoleEntry } from '#rules/extra-entries.ts'
import type { SchoolEffect } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { compileView, type GroupPolicy } from '#rules/policy-view.ts'
import type { Verdict } from '#rules/verdict.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

const rules = makeRules([
  ['games.test', 'media.games'],
  ['suicide.test', 'harm.suicide'],
  ['selfharm.test', 'harm.selfharm'],
  ['both.test', 'harm.selfharm'],
  ['both.test', 'harm.suicide'],
  ['locked.test', 'illegal.csam'],
  ['vpn.test', 'bypass.vpn'],
  ['help.test', 'protected.help'],
  ['of-file.test', 'harm.selfharm'],
  ['of-file.test', { kind: 'school-allow', groups: 'all' }],
])
const pupils = makePolicy('pupils', { 'media.games': 'block' })

function decided(
  name: string,
  said: Readonly<Record<string, Partial<SchoolEffect>>>,
  { policy = pupils, nowMs = 0, hop }: { policy?: GroupPolicy; nowMs?: number; hop?: string } = {},
): Verdict | undefined {
  const names = Object.keys(said).map((one) => domainName(one))
  const consoleRules = Object.values(said).map(
    (one): SchoolEffect => ({ kind: 'school-allow', groups: 'all', ...one }),
  )
  const view = compileView(rules, policy, {
    nowMs,
    releasedCategories: new Set(),
    releasedNames: [],
    consoleRules,
  })
  const ofConsole = new ConsoleNames(names, firstConsoleEntry(rules, 0))
  const matchesOf = (text: string): Matches => {
    const matches = new Matches()
    const wire = nameToWire(domainName(text))
    rules.match(wire, 0, matches)
    ofConsole.match(wire, 0, matches)
    return matches
  }
  const verdict = decide(view, matchesOf(name))
  if (hop === undefined) return verdict
  const { entries, count } = matchesOf(hop)
  return decideHop(view, entries, 0, count, verdict)
}

const saying = (verdict: Verdict | undefined): string =>
  verdict ? `${verdict.kind} ${verdict.reason}` : 'nothing'

t.test('a name counts with all below it, for its groups, until its time is over', (t) => {
  const allow = { 'games.test': {} }
  t.equal(saying(decided('games.test', {})), 'block category')
  t.equal(saying(decided('games.test', allow)), 'allow school-allow')
  t.equal(saying(decided('a.b.games.test', allow)), 'allow school-allow')
  t.equal(saying(decided('xgames.test', allow)), 'monitor uncategorised', 'no other')
  t.equal(saying(decided('games.test', { 'a.games.test': {} })), 'block category', 'not above')
  t.equal(saying(decided('games.test', { 'games.test': { groups: ['staff'] } })), 'block category')
  t.equal(
    saying(decided('news.test', { 'news.test': { kind: 'school-deny' } })),
    'block school-deny',
  )
  const lent = { 'games.test': { until: 1000 } }
  t.equal(saying(decided('games.test', lent, { nowMs: 999 })), 'allow school-allow')
  t.equal(saying(decided('games.test', lent, { nowMs: 1000 })), 'block category')
  const two = { 'games.test': {}, 'x.games.test': { kind: 'school-deny' as const } }
  t.equal(saying(decided('x.games.test', two)), 'block school-deny', 'deny wins over allow')
  t.end()
})

t.test('five hundred names are told apart, and from names that are none', (t) => {
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`n${i}.example.test`, { kind: 'school-deny' as const }]),
  )
  for (const i of [0, 1, 77, 255, 499])
    t.equal(saying(decided(`www.n${i}.example.test`, many)), 'block school-deny', `n${i}`)
  t.equal(saying(decided('n500.example.test', many)), 'monitor uncategorised')
  t.equal(saying(decided('example.test', many)), 'monitor uncategorised')
  const matches = new Matches()
  new ConsoleNames([domainName('x.test')], 9).match(Uint8Array.of(1, 120, 4, 116), 0, matches)
  t.equal(matches.count, 0, 'cut short')
  new ConsoleNames([], 9).match(nameToWire(domainName('x.test')), 0, matches)
  t.equal(matches.count, 0, 'of no names')
  t.ok(consoleRulesMax(rules, 64) > 60_000)
  t.end()
})

t.test('no allow opens what is grave, nor hides it from those who are told', (t) => {
  const all = Object.fromEntries(
    ['suicide', 'selfharm', 'both', 'locked', 'vpn', 'help', 'of-file'].map((one) => [
      `${one}.test`,
      {},
    ]),
  )
  const of = (name: string, policy = pupils): string => {
    const verdict = decided(name, all, { policy })
    return `${saying(verdict)} ${verdict?.category}`
  }
  t.equal(of('suicide.test'), 'block category harm.suicide')
  t.equal(of('www.selfharm.test'), 'block category harm.selfharm')
  t.equal(of('locked.test'), 'block locked illegal.csam')
  t.equal(of('vpn.test'), 'block bypass-floor bypass.vpn')
  t.equal(of('help.test'), 'allow protected protected.help')
  const staff = makePolicy('staff', { 'harm.suicide': 'monitor' }, { kind: 'staff' })
  t.equal(of('suicide.test', staff), 'monitor category harm.suicide', 'what is noted stays noted')
  t.equal(of('both.test', staff), 'block category harm.selfharm', 'the stronger of two')
  t.equal(of('vpn.test', staff), 'allow school-allow undefined', 'adults may be given a VPN')
  t.equal(of('of-file.test'), 'allow school-allow undefined', 'the file of the box may, as ever')
  const led = { policy: pupils, hop: 'suicide.test' }
  const games = { 'games.test': {} }
  t.equal(saying(decided('games.test', games, led)), 'block category', 'nor by an alias')
  t.equal(saying(decided('games.test', games, { hop: 'vpn.test' })), 'nothing', 'as of any allow')
  t.end()
})
