/** Whoever ends a query tells of it, once: cached, forwarded, blocked, over every transport, by worker and main thread. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { TRANSPORTS } from '#agent/query.ts'
import { ask } from '#test/support/dns-client.ts'
import { a, cname, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { over, startPipelineServer } from '#test/support/pipeline-server.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'
import { until } from '#test/support/until.ts'

const rules = makeRules([
  ['blocked.test', 'harm.selfharm'],
  ['betting.test', 'commerce.gambling'],
  ['games.test', 'media.games'],
  ['help.test', 'protected.help'],
  ['locked.test', 'illegal.terror'],
])
const policies = [
  makePolicy('pupils', { 'commerce.gambling': 'monitor', 'media.games': 'monitor' }),
]

for (const udp of ['node', 'batch'] as const)
  t.test(`UDP by ${udp}`, async (t) => {
    const upstream = await startFakeUpstream(({ name }) =>
      name.startsWith('to-locked')
        ? { answers: [cname(name, 'x.locked.test'), a('x.locked.test', '192.0.2.9')] }
        : { answers: [a(name, '192.0.2.9')] },
    )
    t.teardown(() => upstream.close())
    const server = await startPipelineServer({
      rules,
      policies,
      upstreamPort: upstream.port,
      udp,
      encrypted: true,
    })
    t.teardown(() => server.close())
    await server.workerUp()
    for (const transport of TRANSPORTS) {
      const at = { ...over(server, transport), timeoutMs: 2_000 }
      const names = ['miss', 'x.blocked', 'x.betting', 'x.games', 'x.help'].map(
        (name) => `${transport}-${name}.test`,
      )
      for (const name of names) await ask(name, 'A', at)
      // Twice more from the cache.
      for (let i = 0; i < 2; i++) await ask(names[0] ?? '', 'A', at)
      await ask(`to-locked-${transport}.test`, 'A', at)
    }
    await until('told', () => server.observed().length >= TRANSPORTS.length * 7)
    await sleep(50)
    const told = server
      .observed()
      .map(({ name, verdict, category }) => `${name} ${verdict} ${category ?? ''}`)
    const expected = TRANSPORTS.flatMap((transport) => [
      ...Array.from({ length: 3 }, () => `${transport}-miss.test allowed uncategorised`),
      `${transport}-x.blocked.test blocked harm.selfharm`,
      `${transport}-x.betting.test monitored commerce.gambling`,
      `${transport}-x.games.test allowed media.games`,
    ])
    const open = told.filter((one) => !one.startsWith('#'))
    t.same(open.toSorted(), expected.toSorted(), 'each once, help never')
    const hashed = told.filter((one) => one.startsWith('#'))
    t.equal(hashed.length, TRANSPORTS.length)
    for (const one of hashed) t.match(one, / blocked illegal\.terror$/)
    const monitored = server.recorded.filter(({ isMonitored }) => isMonitored)
    t.ok(monitored.length > 0, 'watched lookups are recorded')
    for (const one of monitored) t.equal(one.category, 'commerce.gambling')
    t.ok(
      server.recorded.some(
        ({ category, isMonitored }) => category === 'harm.selfharm' && !isMonitored,
      ),
    )
  })
