/** The self-test from each network: as its clients have it, over sockets where the machine is in it, and past the filter. */
import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { readProof } from '#agent/proof/proof-log.ts'
import { placesIn } from '#agent/selftest/network-places.ts'
import { run } from '#test/cli/run.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const NETWORKS = [
  { cidr: '127.0.0.0/8', group: 'ks3', name: 'pupils' },
  { cidr: '127.9.0.0/16', group: 'staff', name: 'staff room' },
  { cidr: '127.9.0.0/28', group: 'ks1', name: 'nursery' },
  { cidr: '2001:db8:1::/64', group: 'ks4' },
]

t.setTimeout(300_000)

t.test(
  'each network is tried, and an open port 53 is found and kept as evidence',
  { timeout: 280_000 },
  async (t) => {
    const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '203.0.113.7')] }))
    const other = await startFakeUpstream(({ name }) => ({ answers: [a(name, '203.0.113.9')] }))
    const agent = await startAgentProcess({
      folder: shortFolder(t),
      upstreamPorts: [fake.port],
      config: {
        networks: NETWORKS,
        selftest: { 'leak-resolvers': [{ address: '127.0.0.1', port: other.port }] },
      },
    })
    t.teardown(() => Promise.all([agent.stop(), fake.close(), other.close()]))
    const edge = (...words: readonly string[]) =>
      run(agent.folder, ...words, '--state', agent.stateDir)
    const { out } = await edge('selftest')
    t.match(out, /^network pupils, ks3 +\d+ passed, asked over UDP from 127\.0\.0\.1$/m)
    const inBox = 'rehearsed in the box, which has no address there'
    t.match(out, new RegExp(`^network staff room, staff +\\d+ passed, ${inBox}$`, 'm'))
    t.match(out, new RegExp(`^network nursery, ks1 +\\d+ passed, ${inBox}$`, 'm'))
    t.match(out, new RegExp(`^network 2001:db8:1::/64, ks4 +\\d+ passed, ${inBox}$`, 'm'))
    t.match(
      out,
      /^leaks +0 passed, 1 FAILED\n {2}failed {3}127\.0\.0\.1 port \d+ answers in network pupils: port 53 is open$/m,
    )
    t.equal(other.asked.length, 1)
    t.match(other.asked, [{ name: /^canary-.*\.test$/ }])
    t.match(await edge('events'), { out: /no safeguarding events/ }, 'nobody is alarmed')
    const proof = await edge('proof')
    t.equal(proof.code, 1)
    t.match(proof.out, /^ {2}failed {2}leaks: 127\.0\.0\.1 port \d+ answers in network pupils/m)
    const { rows } = readProof(`${agent.stateDir}/agent`, 0)
    t.equal(rows.length, 1)
    t.ok((rows[0]?.right['network nursery, ks1'] ?? 0) > 50)

    const config = JSON.parse(readFileSync(agent.configFile, 'utf8'))
    // Where nobody answers, and where an answer is our own.
    for (const port of [9, agent.port]) {
      const before = JSON.parse((await edge('status', '--json')).out).policy
      const resolver = { address: '127.0.0.1', port }
      const selftest = { 'leak-resolvers': [resolver] }
      writeFileSync(agent.configFile, JSON.stringify({ ...config, selftest }))
      await until(
        async () => JSON.parse((await edge('status', '--json')).out).policy !== before,
        'the new configuration',
      )
      t.match(await edge('selftest'), { out: /^leaks +1 passed$/m }, `port ${port}`)
    }
  },
)

t.test('a client is played in a network, in none that lies within it', async (t) => {
  const parsed = parseConfig(
    JSON.stringify({
      networks: [
        ...NETWORKS,
        { cidr: '198.51.100.0/31', group: 'ks1' },
        { cidr: '198.51.100.0/32', group: 'ks2' },
        { cidr: '198.51.100.1/32', group: 'ks3' },
      ],
    }),
    'edge.yaml',
  )
  if (isRefused(parsed)) throw new Error(parsed.detail)
  const { networks } = normalise(parsed, { file: undefined, resolvConf: '', localAddresses: [] })
  const places = placesIn(networks, ['127.9.2.200', '127.9.0.3'])
  t.strictSame(
    new Map(places.map(({ network, address, isOurs }) => [network.name, [address, isOurs]])),
    new Map<string, unknown>([
      ['198.51.100.0/32', ['198.51.100.0', false]],
      ['198.51.100.1/32', ['198.51.100.1', false]],
      ['2001:db8:1::/64', ['2001:db8:1::1', false]],
      ['198.51.100.0/31', [undefined, false]],
      ['nursery', ['127.9.0.3', true]],
      ['staff room', ['127.9.2.200', true]],
      ['pupils', ['127.0.0.1', false]],
    ]),
  )
  const [, , , , , staff] = placesIn(networks, [])
  t.equal(staff?.address, '127.9.64.1', 'beside the nursery')
})
