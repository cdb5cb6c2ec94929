/** Lists of every format in the files of a running agent: configured, answered, explained, counted. */
import t from 'tap'
import { run } from '#test/cli/run.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const NXDOMAIN = 3
const REFUSED = 5
const category = 'adult.porn'

const FILES = {
  'lists/filter.txt':
    '||plain.test^\n||ads*.shop.test^\n||typed.test^$dnstype=AAAA\n@@||good.plain.test^\n',
  'lists/trusted.txt': '||own.test^$dnsrewrite=192.0.2.77\n||to.test^$dnsrewrite=plain.test\n',
  'lists/policy.rpz': `*.zone.test CNAME .
dropped.test CNAME rpz-drop.
1.rpz-ip CNAME .
24.0.100.51.198.rpz-ip CNAME .
tcp.test CNAME rpz-tcp-only.
`,
  'lists/clients.rpz': '128.1.zz.rpz-client-ip CNAME .\n',
  'lists/names.conf': 'address=/masq.test/\n',
  'lists/regex.txt':
    '(^|\\.)expression\\.test$\n^ads\n^ads?[0-9]*\\.re\\.test$\n(\u001b]0;|evil)[0-9]+\\.esc\\.test$\n',
}
const lists = [
  { id: 'filter', path: 'lists/filter.txt', format: 'adblock', category },
  { id: 'own', path: 'lists/trusted.txt', format: 'adblock', category, trusted: true },
  { id: 'zone', path: 'lists/policy.rpz', format: 'rpz', category },
  { id: 'clients', path: 'lists/clients.rpz', format: 'rpz', category, trusted: true },
  { id: 'names', path: 'lists/names.conf', format: 'dnsmasq', category },
  { id: 'regex', path: 'lists/regex.txt', format: 'regex', category },
]

t.test('a running agent honours lists of every format and explains what they did', async (t) => {
  const folder = shortFolder(t)
  const fake = await startFakeUpstream(({ name }) => ({
    answers: [a(name, name === 'answer.test' ? '198.51.100.9' : '192.0.2.1')],
  }))
  t.teardown(() => fake.close())
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [fake.port],
    config: { lists },
    files: FILES,
    untilBlocked: 'plain.test',
  })
  t.teardown(() => agent.stop())
  const rcode = async (name: string, type = 'A') =>
    rcodeOf(await ask(name, type, { port: agent.port }))
  for (const name of ['plain.test', 'good.plain.test', 'ads1.shop.test', 'to.test'])
    t.equal(await rcode(name), NXDOMAIN, name)
  for (const name of ['a.zone.test', 'www.masq.test', 'www.expression.test', 'ads7.re.test'])
    t.equal(await rcode(name), NXDOMAIN, name)
  t.equal(await rcode('answer.test'), NXDOMAIN)
  t.equal((await ask('tcp.test', 'A', { port: agent.port })).flag_tc, true)
  t.equal(rcodeOf(await ask('plain.org', 'A', { port: agent.port, address: '::1' })), NXDOMAIN)
  t.equal(await rcode('plain.org'), 0)
  t.equal(await rcode('dropped.test'), REFUSED)
  t.equal(await rcode('typed.test', 'AAAA'), NXDOMAIN)
  t.equal(await rcode('typed.test', 'A'), 0)
  t.match(await ask('own.test', 'A', { port: agent.port }), { answers: [{ data: '192.0.2.77' }] })

  const explain = async (name: string, ...words: string[]) =>
    (await run(folder, 'explain', name, ...words, '--state', agent.stateDir)).out
  t.match(
    await explain('ads1.shop.test'),
    /shop\.test \(subtree; pattern \*\.ads\*\.shop\.test\) in list filter: adult\.porn/,
  )
  t.match(await explain('typed.test', '--type', 'AAAA'), /only types AAAA/)
  t.match(await explain('dropped.test'), /answered refused/)
  t.match(
    await explain('ads7.re.test'),
    /re\.test \(subtree; expression \/\^ads\?\[0-9\]\*\\\.re\\\.test\$\/\) in list regex: adult\.porn/,
  )
  t.match(await explain('evil1.esc.test'), /no rule matches/, 'such a line is refused')
  t.match(
    await explain('answer.test'),
    /leads to 198\.51\.100\.0\/24 \(rpz-ip\) in list zone: adult\.porn: block because of category/,
  )
  t.match(await explain('tcp.test'), /in list zone: TCP only, adult\.porn.*asked again over TCP/)
  t.match(
    await explain('plain.org', '--client', '::1'),
    /the client is in ::1\/128 \(rpz-client-ip\) in list clients: adult\.porn => block because of/,
  )
  t.match(await explain('own.test'), /answered from list own/)
  t.match(await explain('to.test'), /an alias of plain\.test: block because of category/)
  const { out } = await run(folder, 'status', '--json', '--state', agent.stateDir)
  const refused = new Map<string, number>(
    JSON.parse(out).lists.map((one: { id: string; refusedLines: number }) => [
      one.id,
      one.refusedLines,
    ]),
  )
  t.same(
    lists.map(({ id }) => [id, refused.get(id)]),
    [
      ['filter', 1],
      ['own', 0],
      ['zone', 1],
      ['clients', 0],
      ['names', 0],
      ['regex', 2],
    ],
  )
  const metrics = await (await fetch(agent.metricsUrl)).text()
  t.match(metrics, /edge_list_conditional_rules\{list="filter"\} 2/)
})
