/** The self-test of a running agent, with a real resolver that serves what search engines are led to. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { REWRITE_TARGETS } from '#agent/selftest/reach-targets.ts'
import { isFailure } from '#domain/failure.ts'
import { type Ran, run } from '#test/cli/run.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { until } from '#test/support/page-agent.ts'
import { type RealUpstream, startRealUpstream } from '#test/support/real-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const BROKEN = 'strict.bing.com'
const RECORDS = REWRITE_TARGETS.flatMap((name) => [
  `${name}. 300 IN A 192.0.2.10`,
  ...(name.startsWith('safe.') ? [] : [`${name}. 300 IN AAAA 2001:db8::10`]),
])
const HELP = ['childline.org.uk. 300 IN A 192.0.2.20']

interface Lab {
  readonly agent: AgentProcess
  readonly edge: (...words: readonly string[]) => Promise<Ran>
}

async function upstreamWith(
  t: Test,
  records: readonly string[],
): Promise<RealUpstream | undefined> {
  const upstream = await startRealUpstream({ records })
  if (isFailure(upstream)) {
    t.pass(`skipped: ${upstream.detail}`)
    return undefined
  }
  t.teardown(() => upstream.stop())
  return upstream
}

async function start(
  t: Test,
  upstreamPorts: readonly number[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Lab> {
  const folder = shortFolder(t)
  const agent = await startAgentProcess({
    folder,
    upstreamPorts,
    untilBlocked: 'denied.test',
    files: { 'games.txt': 'games.test\n' },
    config: {
      deny: [{ name: 'denied.test', reason: 'a test' }],
      groups: { ks5: { youtube: 'strict' }, ks3: { categories: { 'media.games': 'allow' } } },
      lists: [{ id: 'games', path: 'games.txt', format: 'domains', category: 'media.games' }],
      limits: { 'upstream-timeout-ms': 200, 'upstream-tries': 1 },
      ...config,
    },
  })
  t.teardown(() => agent.stop())
  const edge = (...words: readonly string[]): Promise<Ran> =>
    run(folder, ...words, '--state', agent.stateDir)
  await until(
    async () => (await edge('lists', '--json')).out.includes('"in-force"'),
    'the list in force',
  )
  await until(
    async () => (await edge('status', '--json')).out.match(/"id": ?"games"/) !== null,
    'the list compiled',
  )
  return { agent, edge }
}

t.test(
  'all is well: every group is tried, nothing is recorded or counted, and no client waits',
  async (t) => {
    const upstream = await upstreamWith(t, [...RECORDS, ...HELP])
    if (!upstream) return
    const pagePort = await freeDnsPort()
    const { agent, edge } = await start(t, [upstream.port], {
      block: {
        answer: 'address',
        address: { v4: '127.0.0.1' },
        groups: { staff: { answer: 'nodata' } },
        page: { listen: [{ address: '127.0.0.1', port: pagePort }] },
      },
    })
    await until(async () => /block page {2}on/.test((await edge('status')).out), 'the page')
    const counted = async (): Promise<string> => {
      const text = await (await fetch(agent.metricsUrl)).text()
      return text
        .split('\n')
        .filter((line) => /^edge_(dns|policy)_.*_total.*(rewr|forwarded)/.test(line))
        .join('\n')
    }
    const before = await counted()
    const { out, code } = await edge('selftest')
    t.equal(code, 0, out)
    t.match(out, /^listeners +2 passed$/m)
    t.match(out, /^lists +1 passed$/m)
    t.match(out, /^block page +1 passed$/m)
    for (const group of ['ks1', 'ks2', 'ks3', 'ks4', 'ks5', 'staff', 'guest']) {
      t.match(out, new RegExp(`^categories, ${group} +56 passed$`, 'm'))
      t.match(out, new RegExp(`^safe search, ${group} +257 passed$`, 'm'))
      t.match(out, new RegExp(`^ways round, ${group} +13 passed$`, 'm'))
      t.match(out, new RegExp(`^help, ${group} +2 passed$`, 'm'))
    }
    t.match(out, /^youtube, ks5 +5 passed$/m)
    t.notMatch(out, /^youtube, staff/m, 'off for staff')
    t.match(out, /^search without a lock, ks3 +31 passed$/m)
    t.match(out, /^all is well: \d+ passed, 0 failed, 0 unknown, in \d+ ms$/m)
    t.equal(await counted(), before, 'not a query of any client')
    t.match(await edge('events'), { out: /no safeguarding events/ }, 'no lead is alarmed')
    t.match(await edge('status'), { out: /^selftest {4}0 failed, 0 unknown, \d+ passed at /m })
    t.match(await (await fetch(agent.metricsUrl)).text(), /^edge_selftest_failures 0$/m)
    const one = JSON.parse((await edge('selftest', '--group', 'ks5', '--json')).out)
    t.strictSame(
      new Set(one.checks.flatMap((check: { group?: string }) => check.group ?? [])),
      new Set(['ks5']),
    )
    t.match(await edge('selftest', '--group', 'ks9'), { code: 2, err: /no such group/ })
  },
)

t.test(
  'one mapping that leads nowhere fails, by name, in every group; it is told once',
  async (t) => {
    const records = RECORDS.filter((record) => !record.startsWith(BROKEN))
    const upstream = await upstreamWith(t, [...records, ...HELP])
    if (!upstream) return
    const { agent, edge } = await start(t, [upstream.port])
    const { out, code } = await edge('selftest')
    t.equal(code, 1)
    t.match(
      out,
      /^safe search, ks3 +\d+ passed, 3 FAILED\n {2}failed {3}www\.bing\.com: strict\.bing\.com has no address \(rcode 3\)$/m,
    )
    t.match(out, /^FAILED: 23 failures: /m)
    t.match(await edge('status'), { code: 1, out: /the self-test found 23 failures/ })
    t.match(await (await fetch(agent.metricsUrl)).text(), /^edge_selftest_failures 23$/m)
    await edge('selftest')
    t.equal((await agent.stop()).code, 0)
    const events = readFileSync(join(agent.stateDir, 'agent', 'outbox.db'), 'latin1')
    const wal = statSync(join(agent.stateDir, 'agent', 'outbox.db-wal'), { throwIfNoEntry: false })
    t.equal(wal?.size ?? 0, 0)
    t.equal(events.split('"selftest-changed"').length - 1, 1, 'one event for the same failures')
  },
)

t.test('without an upstream what needs one is unknown, soon, and the rest is tried', async (t) => {
  const { edge } = await start(t, [9])
  const startedMs = performance.now()
  const { out, code } = await edge('selftest')
  t.equal(code, 5, out)
  t.ok(performance.now() - startedMs < 20_000)
  t.match(out, /^categories, ks1 +56 passed$/m)
  t.match(
    out,
    /^safe search, ks1 +0 passed, 257 unknown\n {2}unknown {2}www\.google\.com: no upstream answers/m,
  )
  t.match(out, /^ {2}unknown {2}and 254 more$/m)
  t.match(out, /^help, ks1 +1 passed, 1 unknown$/m)
  t.match(out, /^nothing failed, but not everything could be checked: /m)
})

t.test('what is broken on the box itself is found', async (t) => {
  const upstream = await upstreamWith(t, [...RECORDS, ...HELP])
  if (!upstream) return
  const pagePort = await freeDnsPort()
  const { edge } = await start(t, [upstream.port], {
    rebinding: { enabled: true },
    allow: [{ name: 'search.aol.com', reason: 'a test' }],
    lists: [
      { id: 'games', path: 'games.txt', format: 'domains', category: 'media.games' },
      { id: 'gone', path: 'gone.txt', format: 'domains', category: 'media.games' },
    ],
    block: { page: { listen: [{ address: '192.0.2.80', port: pagePort }] } },
  })
  const { out, code } = await edge('selftest', '--group', 'ks3')
  t.equal(code, 1)
  t.match(out, /^ {2}failed {3}list gone (is not in force|holds no name)$/m)
  t.match(out, /^ {2}failed {3}http 192\.0\.2\.80:\d+: cannot listen: EADDRNOTAVAIL$/m)
  t.match(out, /^search without a lock, ks3 +31 passed$/m, 'the school chose to allow one')
})
