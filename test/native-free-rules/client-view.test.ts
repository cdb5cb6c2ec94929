import t from 'tap'
import type { CategoryId } from '#rules/categories.ts'
import { viewForClient } from '#rules/client-view.ts'
import { asksForTcp, decide } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { firstReleasedEntry } from '#rules/extra-entries.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { RuleEffect } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { compileView, type PolicyAction } from '#rules/policy-view.ts'
import { ReleasedNames } from '#rules/released-names.ts'
import { makePolicy } from '#test/support/test-rules.ts'
import { domain, opened, SEED, testSource } from './make-index.ts'

const CLIENT = Uint8Array.of(192, 0, 2, 1)
const NETWORK = { trigger: 'client-ip', bytes: CLIENT, prefixLength: 32 } as const

/** What a client gets for a name, whom a list has a rule of this effect on. */
function verdictFor(
  name: string,
  effect: RuleEffect,
  {
    kind = 'pupil',
    actions = {},
    released = '',
  }: {
    readonly kind?: 'pupil' | 'staff'
    readonly actions?: Readonly<Partial<Record<CategoryId, PolicyAction>>>
    readonly released?: string
  } = {},
): string {
  const builder = new IndexBuilder({ seed: SEED })
  const other = builder.list(testSource('other'))
  other.add('help.test', 'subtree', { kind: 'categorise', category: 'protected.help' })
  other.add('core.test', 'subtree', { kind: 'categorise', category: 'core.infra' })
  other.add('locked.test', 'subtree', { kind: 'categorise', category: 'illegal.csam' })
  other.add('allowed.test', 'subtree', { kind: 'school-allow', groups: 'all' })
  other.add('denied.test', 'subtree', { kind: 'school-deny', groups: 'all' })
  other.add('tools.test', 'subtree', { kind: 'categorise', category: 'prod.webmail' })
  const zone = builder.list({ ...testSource('zone'), isNearestOnly: true })
  zone.add('own.test', 'subtree', { kind: 'categorise', category: 'adult.porn' })
  zone.addNetwork(NETWORK, effect)
  const index = opened(builder.build())
  const entries = index.addresses.find('client-ip', [CLIENT]).map(({ entry }) => entry)
  const names = released === '' ? [] : [domain(released)]
  const group = compileView(
    index,
    makePolicy('g', { uncategorised: 'allow', ...actions }, { kind }),
    {
      nowMs: 0,
      releasedCategories: new Set(),
      releasedNames: names.map(() => true),
    },
  )
  const view = viewForClient(group, index, entries)
  const matches = new Matches()
  const wire = nameToWire(domain(name))
  index.match(wire, 0, matches)
  new ReleasedNames(names, firstReleasedEntry(index)).match(wire, 0, matches)
  const verdict = decide(view, matches)
  const isOverTcp = asksForTcp(view, matches.entries, matches.count, verdict)
  return `${verdict.kind} ${verdict.reason} ${verdict.category ?? '-'}${isOverTcp ? ', over TCP' : ''}`
}

const games: RuleEffect = { kind: 'categorise', category: 'media.games' }
const vpn: RuleEffect = { kind: 'categorise', category: 'bypass.vpn' }
const BLOCK = { 'media.games': 'block', 'prod.webmail': 'allow' } as const

t.test('a rule on a client stands where its category does', async (t) => {
  for (const [name, expected] of [
    ['plain.test', 'block category media.games'],
    ['tools.test', 'block category media.games'],
    ['help.test', 'allow protected protected.help'],
    ['core.test', 'allow core core.infra'],
    ['locked.test', 'block locked illegal.csam'],
    ['allowed.test', 'allow school-allow -'],
    ['denied.test', 'block school-deny -'],
    ['own.test', 'block category media.games'],
  ] as const)
    t.equal(verdictFor(name, games, { actions: BLOCK }), expected, name)
})

t.test('the action of the category decides: monitored and allowed clients are so', async (t) => {
  const monitor = { 'media.games': 'monitor', 'prod.webmail': 'block' } as const
  t.equal(verdictFor('plain.test', games, { actions: monitor }), 'monitor category media.games')
  t.equal(verdictFor('tools.test', games, { actions: monitor }), 'block category prod.webmail')
  const allow = { 'media.games': 'allow', 'prod.webmail': 'block' } as const
  t.equal(verdictFor('plain.test', games, { actions: allow }), 'allow category media.games')
  t.equal(verdictFor('tools.test', games, { actions: allow }), 'block category prod.webmail')
})

t.test('a release opens a name to such a client, but no way round the filter', async (t) => {
  const released = 'plain.test'
  t.equal(verdictFor('plain.test', games, { actions: BLOCK, released }), 'allow teacher-release -')
  t.equal(verdictFor('plain.test', vpn, { released }), 'block bypass-floor bypass.vpn')
  const adult = { kind: 'staff', actions: { 'bypass.vpn': 'block' }, released } as const
  t.equal(verdictFor('plain.test', vpn, adult), 'block category bypass.vpn')
  t.equal(verdictFor('allowed.test', vpn), 'block bypass-floor bypass.vpn')
})

t.test('an exception sets the other rules of its list aside, and those only', async (t) => {
  const except: RuleEffect = { kind: 'except' }
  t.equal(verdictFor('own.test', except), 'allow default uncategorised')
  t.equal(verdictFor('denied.test', except), 'block school-deny -')
})

t.test(
  'TCP only holds where the category is blocked, and yields as a block would not',
  async (t) => {
    const tcp: RuleEffect = { kind: 'tcp-only', category: 'media.games' }
    const say = (
      name: string,
      actions: typeof BLOCK | { readonly 'media.games': 'allow' } = BLOCK,
    ) => verdictFor(name, tcp, { actions })
    t.equal(say('plain.test'), 'allow default uncategorised, over TCP')
    t.equal(say('plain.test', { 'media.games': 'allow' }), 'allow default uncategorised')
    t.equal(say('help.test'), 'allow protected protected.help')
    t.equal(say('core.test'), 'allow core core.infra')
    t.equal(say('allowed.test'), 'allow school-allow -')
    const released = verdictFor('plain.test', tcp, { actions: BLOCK, released: 'plain.test' })
    t.equal(released, 'allow teacher-release -')
  },
)
