/** The configuration of cookies and limits in a whole agent: what the file says is what clients meet. */

import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { OPTION, optionIn, optionOf, optOf, queryOf, readReply } from '#test/rfc/raw-message.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'

const START_TIMEOUT_MS = 90_000
const BURST = 10
const localhost = (): Buffer => queryOf({ name: wireName('localhost'), opt: optOf() })

t.test('one agent, two groups', async (t) => {
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [],
    addresses: ['127.0.0.1'],
    startTimeoutMs: START_TIMEOUT_MS,
    config: {
      groups: { servers: { profile: 'staff', 'rate-limit': false } },
      networks: [
        { cidr: '127.0.0.0/8', group: 'ks3' },
        { cidr: '127.0.9.0/24', group: 'servers' },
      ],
      limits: { 'client-queries-per-second': 1, 'client-query-burst': BURST },
    },
  })
  t.teardown(() => agent.stop())
  const { port, metricsUrl } = agent
  const many = Array.from({ length: 40 }, localhost)
  const pupil = await startFloodClient({ port, from: '127.0.8.1' })
  const server = await startFloodClient({ port, from: '127.0.9.1' })
  t.teardown(() => Promise.all([pupil.close(), server.close()]))
  const held = await pupil.askAll(many, 15)
  const whole = held.filter(({ isTruncated }) => !isTruncated).length
  t.ok(whole >= BURST && whole < 2 * BURST, `${whole} of 40`)
  t.equal((await server.askAll(many, 0)).length, 40, 'exempt')
  const cookie = optionOf(OPTION.cookie, Buffer.from('0011223344556677', 'hex'))
  const query = queryOf({ name: wireName('localhost'), opt: optOf({ options: [cookie] }) })
  const reply = readReply((await askRaw(query, { port, transport: 'tcp' })) ?? query)
  t.equal(optionIn(reply, OPTION.cookie)?.length, 24, 'cookies by default')
  const metrics = await (await fetch(metricsUrl)).text()
  t.match(metrics, /^edge_dns_limited_total\{limit="client-rate"\} [1-9]/m)
})

t.test('cookies as the file has them', (t) => {
  for (const cookies of ['answer', 'require', 'off']) {
    const config = parseConfig(`listen: {cookies: ${cookies}}`, 'edge.yaml')
    const ready =
      !isRefused(config) &&
      normalise(config, { file: undefined, resolvConf: '', localAddresses: [] })
    t.equal(ready && ready.listen.cookies, cookies)
  }
  t.end()
})

t.test('what is wrong in the file is told with what is allowed', (t) => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['listen: {cookies: demand}', 'demand', /answer, require, off/],
    ['groups: {staff: {rate-limit: 500}}', '500', /true, false/],
    ['limits: {client-queries-per-second: 0}', '0', /a whole number from 1 to 1000000/],
    ['limits: {client-query-burst: many}', 'many', /a whole number from 1 to 1000000/],
    ['limits: {client-queries-waiting: -1}', '-1', /a whole number from 1 to 65536/],
    ['limits: {zone-questions-in-flight: 1.5}', '1.5', /a whole number from 1 to 65536/],
    ['limits: {zone-misses-per-second: 2000000}', '2000000', /a whole number from 1 to 1000000/],
  ]
  for (const [text, found, allowed] of cases) {
    const config = parseConfig(text, 'edge.yaml')
    if (!isRefused(config)) {
      t.fail(text)
      continue
    }
    t.equal(config.problems.length, 1, text)
    t.match(config.problems[0], { allowed })
    t.match(JSON.stringify(config.problems[0]), found)
  }
  t.end()
})
