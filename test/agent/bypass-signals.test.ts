/** Signs of ways round the filter, counted for the group that asked: by the batch worker, and by the main thread. */
import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { BYPASS_WAYS, GROUPS_TOLD_MAX } from '#agent/bypass-way.ts'
import { SharedTally, tallyDelta } from '#agent/fastpath/shared-tally.ts'
import { Query } from '#agent/query.ts'
import { newToldMark } from '#agent/signals/told-mark.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import { compileView } from '#rules/policy-view.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'

const ASKED = [
  ['use-application-dns.net', 'A', 'canary'],
  ['mask.icloud.com', 'AAAA', 'canary'],
  ['_dns.resolver.arpa', 'TYPE64', 'ddr'],
  ['dns.google', 'A', 'doh'],
  ['canary-bypass-vpn.test', 'A', 'vpn'],
  ['www.example.org', 'A', 'none'],
] as const
const MONITORED = { 'bypass.vpn': 'monitor', 'bypass.doh': 'monitor' } as const
const NXDOMAIN = 3

async function signalsOf({ metricsUrl }: AgentProcess): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(metricsUrl)).text()
  const lines = text.matchAll(/^edge_bypass_signals_total\{way="(\w+)",group="([\w-]+)"\} (\d+)$/gm)
  return Object.fromEntries(
    [...lines].map(([, way, group, count]) => [`${way} ${group}`, Number(count)]),
  )
}

async function askAll(port: number): Promise<void> {
  for (const transport of ['udp', 'tcp'] as const)
    for (const address of ['127.0.0.1', '::1'])
      for (const [name, type] of ASKED) await ask(name, type, { port, address, transport })
}

for (const udp of ['batch', 'node'] as const)
  t.test(`${udp}: each way is counted for its group, also when groups change`, async (t) => {
    const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '203.0.113.7')] }))
    const networks = (pupils: string) => [
      { cidr: '127.0.0.0/8', group: pupils },
      { cidr: '::1/128', group: 'staff' },
    ]
    const agent = await startAgentProcess({
      folder: shortFolder(t),
      upstreamPorts: [fake.port],
      udp,
      config: { networks: networks('ks3'), groups: { staff: { categories: MONITORED } } },
    })
    t.teardown(() => Promise.all([agent.stop(), fake.close()]))
    await askAll(agent.port)
    const first = {
      'canary ks3': 4,
      'ddr ks3': 2,
      'doh ks3': 2,
      'vpn ks3': 2,
      'canary staff': 4,
      'ddr staff': 2,
      'doh staff': 2,
      'vpn staff': 2,
    }
    await until(async () => (await signalsOf(agent))['vpn staff'] === 2, 'counts of the worker')
    t.same(await signalsOf(agent), first)
    // Another group comes first now, and one is gone from the networks.
    const config = JSON.parse(readFileSync(agent.configFile, 'utf8'))
    const changed = {
      ...config,
      networks: networks('annexe'),
      groups: { annexe: { profile: 'ks3' }, ...config.groups },
      deny: [{ name: 'reloaded.test', reason: 'a test' }],
    }
    writeFileSync(agent.configFile, JSON.stringify(changed))
    for (const transport of ['udp', 'tcp'] as const)
      await until(
        async () => rcodeOf(await ask('reloaded.test', 'A', { ...agent, transport })) === NXDOMAIN,
        `the new configuration over ${transport}`,
      )
    await askAll(agent.port)
    await until(async () => (await signalsOf(agent))['vpn staff'] === 4, 'counts of the worker')
    t.same(await signalsOf(agent), {
      ...first,
      'canary staff': 8,
      'ddr staff': 4,
      'doh staff': 4,
      'vpn staff': 4,
      'canary annexe': 4,
      'ddr annexe': 2,
      'doh annexe': 2,
      'vpn annexe': 2,
    })
  })

t.test('another worker goes on with the numbers of groups, and too many groups are one', (t) => {
  const view = compileView(makeRules([['a.test', 'adult.porn']]), makePolicy('any'))
  const first = new SharedTally()
  const count = (tally: SharedTally, group: string): void => {
    const query = new Query()
    query.begin('udp', '192.0.2.1')
    query.client = {
      address: '192.0.2.1',
      key: '192.0.2.1',
      group,
      view,
      rules: NO_ADDRESS_RULES,
      source: 'network',
      isForwarder: false,
      confidence: 0,
      queries: 0,
      told: newToldMark(),
    }
    query.asksForResolver = true
    query.result = 'local'
    tally.count(query)
  }
  const told = (tally: SharedTally, before: Float64Array): Record<string, number> => {
    const found: Record<string, number> = {}
    tallyDelta(before, tally.snapshot()).ways(
      (number) => first.groupAt(number),
      (way, group, times) => {
        found[`${way} ${group}`] = times
      },
    )
    return found
  }
  const start = first.snapshot()
  count(first, 'b')
  count(first, 'a')
  const second = new SharedTally(first.memory)
  count(second, 'a')
  count(second, 'c')
  t.same(told(first, start), { 'ddr b': 1, 'ddr a': 2, 'ddr c': 1 })
  const middle = first.snapshot()
  for (let i = 0; i < GROUPS_TOLD_MAX; i++) count(second, `group-${i}`)
  const many = told(first, middle)
  t.equal(Object.keys(many).length, GROUPS_TOLD_MAX - 3 + 1)
  t.equal(many['ddr other'], 3)
  t.end()
})

t.test('a count whose group cannot be read yet waits for the next snapshot', (t) => {
  const before = new Float64Array(4_096)
  const now = before.map((_, i) => i)
  const visited: string[] = []
  tallyDelta(before, now).ways(
    () => undefined,
    (way) => visited.push(way),
  )
  t.same(visited, [])
  tallyDelta(
    now,
    now.map((_, i) => i),
  ).ways(
    () => 'late',
    (way) => visited.push(way),
  )
  t.same(new Set(visited), new Set(BYPASS_WAYS))
  t.end()
})
