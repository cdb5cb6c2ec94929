/** What a box does with rules of the console: refuses bad ones with reasons, keeps good ones, and previews on its own log. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { matchName } from '#agent/active-policy.ts'
import { checkRules } from '#agent/console-rules/check-rules.ts'
import { previewRules } from '#agent/console-rules/preview.ts'
import { readNews } from '#agent/console-rules/read-news.ts'
import { readRules } from '#agent/console-rules/read-rules.ts'
import { openRulesFile } from '#agent/console-rules/rules-file.ts'
import { RulesTaker } from '#agent/console-rules/rules-taker.ts'
import { TimetableOfConsole } from '#agent/console-rules/timetable-of-console.ts'
import { applyChange, keeperFrom } from '#agent/fastpath/mirrored-policy.ts'
import { isRefused } from '#agent/policy/config.ts'
import { loadConfig } from '#agent/policy/config-source.ts'
import { PolicyKeeper } from '#agent/policy-keeper.ts'
import { QueryFold } from '#agent/queries/query-fold.ts'
import { QueryKeeper } from '#agent/queries/query-keeper.ts'
import type { QueryFilter } from '#agent/queries/query-store.ts'
import { CONSOLE_RULES_MAX, type ConsoleRuleTold } from '#domain/console-rules.ts'
import type { EventBody } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { makeLog } from '#platform/log.ts'
import { decide } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import { domainName, makeRules } from '#test/support/test-rules.ts'

const clock = systemClock
const rules = makeRules([
  ['games.test', 'media.games'],
  ['harm.test', 'harm.selfharm'],
])

function rule(name: string, change: Partial<ConsoleRuleTold> = {}): ConsoleRuleTold {
  const base = {
    id: `r-${name.replaceAll(/[^a-z]/g, '-')}`,
    action: 'deny',
    groups: [],
    reason: 'test',
    who: 'IT',
  } as const
  return { ...base, name, ...change }
}

function lab(t: Test) {
  const folder = t.testdir()
  const path = join(folder, 'edge.yaml')
  writeFileSync(path, JSON.stringify({ networks: [{ cidr: '192.0.2.0/24', group: 'ks3' }] }))
  const config = loadConfig({ kind: 'file', path })
  if (isRefused(config)) throw new Error(config.detail)
  const keeper = new PolicyKeeper(config, rules, { clock })
  const faults: string[] = []
  const told: EventBody[] = []
  const file = openRulesFile(folder, (text) => faults.push(text))
  const timetable = new TimetableOfConsole({ kind: 'file', path }, file.kept?.timetable)
  const reload = (): void => {
    const next = timetable.load()
    if (!isRefused(next)) keeper.useConfig(next)
  }
  const tell = (body: EventBody): number => told.push(body)
  const taker = new RulesTaker({ file, keeper, timetable, reload, tell })
  return { folder, path, keeper, taker, timetable, faults, told, config }
}

function verdictOf(keeper: PolicyKeeper, name: string, address = '192.0.2.7'): string {
  const client = keeper.slot.current.clients.find(address)
  if (!client) return 'nobody'
  const matches = new Matches()
  matchName(keeper.slot.current, nameToWire(domainName(name)), 0, matches, 1)
  const { kind, reason } = decide(client.view, matches)
  return `${kind} ${reason}`
}

t.test('a version is in force at once, in every thread, and after a restart', async (t) => {
  const { folder, keeper, taker, told } = lab(t)
  const worker = keeperFrom(keeper.changes(), clock)
  keeper.onChange((change) => applyChange(worker, structuredClone(change)))
  const before = keeper.slot.current.generation
  t.equal(await taker.take({ id: 'a', version: 1, rules: [rule('news.test')] }), undefined)
  t.equal(verdictOf(keeper, 'www.news.test'), 'block school-deny')
  t.equal(verdictOf(worker, 'www.news.test'), 'block school-deny')
  t.equal(keeper.slot.current.generation, before + 1, 'what is remembered is judged anew')
  t.same(told, [{ kind: 'policy-applied', policy: 'console version 1' }])
  const again = openRulesFile(folder, (text) => t.fail(text))
  t.equal(again.kept?.id, 'a')
  const restarted = new PolicyKeeper(keeper.config, rules, {
    clock,
    consoleRules: again.kept?.rules ?? [],
  })
  t.equal(verdictOf(restarted, 'www.news.test'), 'block school-deny')
  t.equal(verdictOf(keeperFrom(restarted.changes(), clock), 'news.test'), 'block school-deny')
  await taker.take({ id: 'b', version: 2, rules: [] })
  t.notMatch(verdictOf(keeper, 'www.news.test'), 'school-deny')
  t.notMatch(verdictOf(worker, 'www.news.test'), 'school-deny')
})

t.test('a rule ends by the clock, with nobody doing anything', async (t) => {
  const { keeper, taker } = lab(t)
  const until = Date.now() + 60_000
  await taker.take({ id: 'a', version: 1, rules: [rule('games.test', { action: 'allow', until })] })
  const at = (wallMs: number): string => {
    const policy = keeper.policyAt(wallMs)
    const matches = new Matches()
    matchName(policy, nameToWire(domainName('games.test')), 0, matches, 1)
    const view = policy.clients.viewOf('ks3')
    return view ? decide(view, matches).reason : ''
  }
  t.equal(at(until - 1), 'school-allow')
  t.equal(at(until), 'category')
})

t.test('a bad version is refused whole, with reasons, and the old one stays', async (t) => {
  const { keeper, taker, told, folder } = lab(t)
  await taker.take({ id: 'a', version: 1, rules: [rule('news.test')] })
  const kept = readFileSync(join(folder, 'console-rules.json'), 'utf8')
  const bad = [
    [
      rule('harm.test', { action: 'allow' }),
      /allow harm\.test: it is listed for suicide, self-harm/,
    ],
    [rule('www.harm.test', { action: 'allow' }), /allow www\.harm\.test/],
    [rule('co.uk'), /deny co\.uk: this is a public suffix/],
    [rule('com'), /deny com: this is a public suffix/],
    [rule('bad name'), /deny bad name: the name has a blank/],
  ] as const
  for (const [one, says] of bad) {
    t.equal(
      await taker.take({ id: one.name.replace(' ', '-'), version: 2, rules: [one] }),
      undefined,
    )
    t.match(taker.refused?.problems[0], says)
    t.equal(taker.inForce?.id, 'a')
    t.equal(verdictOf(keeper, 'news.test'), 'block school-deny')
  }
  t.equal(readFileSync(join(folder, 'console-rules.json'), 'utf8'), kept)
  t.equal(told.filter(({ kind }) => kind === 'policy-refused').length, bad.length)
  t.same(checkRules([rule('harm.test')], keeper).problems, [], 'to deny it is fine')
  await taker.take({ id: 'c', version: 3, rules: [rule('games.test', { action: 'allow' })] })
  t.equal(taker.refused, undefined)
  t.equal(verdictOf(keeper, 'games.test'), 'allow school-allow')
})

t.test('what cannot be kept is not put in force', async (t) => {
  const { keeper, config, timetable } = lab(t)
  const taker = new RulesTaker({
    file: openRulesFile('/nonexistent/folder', () => undefined),
    keeper,
    timetable,
    reload: () => t.fail('nothing has changed'),
    tell: () => t.fail('nothing has happened'),
  })
  const fault = await taker.take({ id: 'a', version: 1, rules: [rule('news.test')] })
  t.match(fault?.detail, /could not be kept/)
  t.equal(taker.inForce, undefined)
  t.equal(keeper.consoleRules.length, 0)
  t.equal(keeper.config.policyId, config.policyId)
})

t.test('a damaged file holds nothing, and is told', (t) => {
  const { folder } = lab(t)
  const path = join(folder, 'console-rules.json')
  for (const text of ['{', '[]', JSON.stringify({ id: 'a', version: 1, rules: [rule('uk')] })]) {
    writeFileSync(path, text)
    const faults: string[] = []
    t.equal(openRulesFile(folder, (one) => faults.push(one)).kept, undefined)
    t.match(faults, [/none is in force until the collector tells them again/])
  }
  t.end()
})

t.test('news that is not exactly that is refused', (t) => {
  const good = { v: 1, tasks: [], rules: { id: 'a', version: 1, rules: [rule('x.test')] } }
  t.notOk(isFailure(readNews(JSON.stringify(good))))
  const bad = [
    '',
    'null',
    '{}',
    JSON.stringify({ ...good, v: 2 }),
    JSON.stringify({ ...good, tasks: [{ kind: 'erase', task: 'a' }] }),
    JSON.stringify({ ...good, rules: { id: '../a', version: 1, rules: [] } }),
    JSON.stringify({
      ...good,
      rules: { id: 'a', version: 1, rules: Array(CONSOLE_RULES_MAX + 1).fill(rule('x.test')) },
    }),
  ]
  for (const text of bad) t.ok(isFailure(readNews(text)), text.slice(0, 60))
  t.end()
})

t.test('a preview counts what would have gone otherwise, by group, and nothing else', async (t) => {
  const { folder, keeper, taker } = lab(t)
  const settings = { enabled: true, keepMs: 86_400_000, bytesMax: 100_000_000 }
  const log = new QueryKeeper({
    stateDir: folder,
    settings,
    clock,
    log: makeLog('queries', 'error'),
    freeBytesMin: 0,
  })
  t.teardown(() => log.close())
  const fold = new QueryFold()
  const ask = (client: string, name: string, times: number): void => {
    for (let i = 0; i < times; i++)
      fold.add({ client, name, verdict: 'allowed', category: undefined }, Date.now())
  }
  ask('192.0.2.7', 'www.games.test', 3)
  ask('02:00:00:00:00:01@192.0.2.8', 'games.test', 2)
  ask('192.0.2.7', 'other.test', 9)
  ask('192.0.2.7', 'harm.test', 5)
  log.keep(fold.take() ?? { at: 0, rows: new Uint8Array() })
  const parts = {
    keeper,
    queries: { find: (asked: QueryFilter) => Promise.resolve(log.find(asked)) },
    clock,
  }
  const preview = (...told: readonly ConsoleRuleTold[]) =>
    previewRules(readRules(told).rules, parts)
  const allow = { action: 'allow' } as const
  t.match(await preview(rule('games.test', allow)), {
    changes: [{ group: 'ks3', lookups: 5 }],
    isWhole: true,
  })
  t.match(await preview(rule('games.test', { ...allow, groups: ['staff'] })), { changes: [] })
  t.match(await preview(rule('harm.test', allow)), { changes: [] }, 'it stays blocked')
  t.match(await preview(rule('games.test')), { changes: [] }, 'it is blocked already')
  await taker.take({ id: 'a', version: 1, rules: [rule('games.test', allow)] })
  t.match(await preview(), { changes: [{ group: 'ks3', lookups: 5 }] }, 'what is taken out, too')
  log.use({ ...settings, enabled: false })
  t.ok(isFailure(await preview(rule('x.test'))), 'without a log there is none')
})
