/** The options of the cache, from the file to the answers of a whole agent. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { cacheLimitsFrom, renewalLimitsFrom } from '#agent/cache/cache-settings.ts'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { startFakeUpstream } from '#test/support/fake-upstream.ts'
import { rawA, rawAnswer, rawSoa } from '#test/support/raw-answer.ts'
import { shortFolder } from '#test/support/short-folder.ts'

function ready(text: string): ReadyConfig {
  const config = parseConfig(text, 'edge.yaml')
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  return normalise(config, { file: undefined, resolvConf: '', localAddresses: [] })
}

t.test('what the file says of the cache, and what holds where it says nothing', (t) => {
  const given = ready(
    `limits: { cache-entries: 1000, cache-bytes: 4194304, cache-ttl-min-seconds: 1, cache-ttl-max-seconds: 2,
      cache-negative-ttl-max-seconds: 3, prefetch-asks: 4, prefetches-in-flight: 5, prefetches-per-second: 6 }`,
  )
  const ttl = { minSeconds: 1, maxSeconds: 2, negativeMaxSeconds: 3 }
  t.strictSame(cacheLimitsFrom(given, 4), { entriesMax: 250, bytesMax: 1_048_576, ttl })
  t.strictSame(renewalLimitsFrom(given), { asksMin: 4, inFlightMax: 5, perSecondMax: 6 })
  t.equal(renewalLimitsFrom(ready('cache: { prefetch: false }')), undefined)
  t.strictSame(ready('').cache, { save: true, prefetch: true, nxdomainBelow: false })
  t.end()
})

t.test('what cannot be is told with what is allowed', (t) => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['cache: { save: maybe }', 'cache.save', 'maybe', 'true, false'],
    ['cache: { prefetch: 1 }', 'cache.prefetch', '1', 'true, false'],
    ['cache: { nxdomain-below: "yes" }', 'cache.nxdomain-below', 'yes', 'true, false'],
    ['cache: [save]', 'cache', 'save', 'save, prefetch, nxdomain-below'],
    ['cache: { safe: true }', 'cache', 'safe', 'did you mean save'],
    [
      'limits: { cache-ttl-min-seconds: 600, cache-ttl-max-seconds: 60 }',
      'limits.cache-ttl-min-seconds',
      '600',
      'a whole number from 0 to 60',
    ],
    ['limits: { cache-ttl-max-seconds: 604801 }', 'cache-ttl-max-seconds', '604801', '604800'],
    ['limits: { cache-negative-ttl-max-seconds: 0 }', 'cache-negative', '0', 'from 1 to 10800'],
  ]
  for (const [text, ...told] of cases) {
    const config = parseConfig(text, 'edge.yaml')
    const said = JSON.stringify(config)
    t.ok(isRefused(config), text)
    for (const word of told) t.ok(said.includes(word), `${word} in ${said}`)
  }
  t.end()
})

t.test('the options as a whole agent has them', async (t) => {
  const folder = shortFolder(t)
  const upstream = await startFakeUpstream(({ name }, query) => {
    if (name.startsWith('gone'))
      return rawAnswer(query, { flags: 0x8183, authorities: [rawSoa(300, 300, 'example.org')] })
    return rawAnswer(query, { answers: [rawA(name.startsWith('short') ? 1 : 300)] })
  })
  t.teardown(() => upstream.close())
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstream.port],
    config: {
      groups: { ks3: { categories: { uncategorised: 'allow' } } },
      cache: { 'nxdomain-below': true },
      limits: {
        'cache-ttl-min-seconds': 2,
        'cache-ttl-max-seconds': 5,
        'cache-negative-ttl-max-seconds': 4,
        'cache-file-bytes': 4_096,
        'prefetch-asks': 2,
        'prefetches-per-second': 1,
      },
    },
  })
  t.teardown(() => agent.stop())
  const asks = (name: string): number => upstream.asked.filter((one) => one.name === name).length
  const askOverTcp = (name: string) => ask(name, 'A', { port: agent.port, transport: 'tcp' })
  for (let tries = 0; tries < 100; tries++) {
    // Metrics come after the first answer.
    const metrics = await fetch(agent.metricsUrl).then(
      (response) => response.text(),
      () => '',
    )
    if (metrics.includes('edge_fast_path_up 1')) break
    await sleep(100)
  }
  for (let i = 0; i < 60; i++) await askOverTcp(`www.name-${i}-${'x'.repeat(40)}.example.org`)
  t.match((await ask('short.example.org', 'A', agent)).answers, [{ ttl: 2 }])
  t.match((await ask('gone.example.org', 'A', agent)).authorities, [{ ttl: 4 }])
  t.equal(rcodeOf(await ask('www.gone.example.org', 'A', agent)), 3)
  t.equal(asks('www.gone.example.org'), 0)
  const names = ['often.example.org', 'also.example.org', 'seldom.example.org']
  for (const name of [...names, ...names.slice(0, 2)])
    t.match((await ask(name, 'A', agent)).answers, [{ data: '192.0.2.1' }])
  await sleep(4_600)
  for (const name of ['seldom.example.org', 'often.example.org', 'also.example.org'])
    await ask(name, 'A', agent)
  await sleep(150)
  t.strictSame(names.map(asks), [2, 1, 1], 'one in a second, and only what is asked often')
  const metrics = await fetch(agent.metricsUrl).then((response) => response.text())
  t.match(metrics, /^edge_fast_path_prefetches_total 1$/m)
  await agent.stop()
  const { size } = statSync(join(agent.stateDir, 'agent', 'answers.cache'))
  t.ok(size <= 4_096 && size > 3_800, `${size}`)
})
