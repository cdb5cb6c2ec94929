/** Options that are set for one group, in the answers that an agent gives to clients of two. */
import t, { type Test } from 'tap'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const PUPIL = '127.0.0.1'
const LAB = '::1'
const BLOCKED = { categories: { 'media.games': 'block', 'contact.social': 'block' } }
const [NOERROR, NXDOMAIN, REFUSED] = [0, 3, 5]

/** An agent with pupils of ks3 at 127.0.0.1 and a group of the school's own at ::1. */
async function start(
  t: Test,
  { groups, ...config }: Readonly<Record<string, unknown>> & { readonly groups: object },
): Promise<AgentProcess> {
  const fake = await startFakeUpstream(({ name, type }) => ({
    answers: type === 'A' ? [a(name, '192.0.2.1')] : [],
  }))
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [fake.port],
    untilBlocked: 'started.test',
    files: { 'games.txt': 'games.test\n', 'social.txt': 'social.test\n' },
    config: {
      networks: [
        { cidr: '127.0.0.0/8', group: 'ks3' },
        { cidr: '::1/128', group: 'lab' },
      ],
      groups,
      deny: [{ name: 'started.test', reason: 'a test' }],
      lists: [
        { id: 'games', path: 'games.txt', format: 'domains', category: 'media.games' },
        { id: 'social', path: 'social.txt', format: 'domains', category: 'contact.social' },
      ],
      ...config,
    },
  })
  t.teardown(() => Promise.all([agent.stop(), fake.close()]))
  return agent
}

/** The same over both transports; code and first record. */
async function seen(agent: AgentProcess, name: string, address: string): Promise<string> {
  const found = new Set<string>()
  for (const transport of ['udp', 'tcp'] as const) {
    const reply = await ask(name, 'A', { port: agent.port, address, transport })
    const [first] = reply.answers ?? []
    const data = first?.type === 'A' || first?.type === 'CNAME' ? first.data : 'nothing'
    found.add(`${rcodeOf(reply)} ${data}`)
  }
  return [...found].join(' or ')
}

t.test('youtube leads each group where its own setting says, and nowhere when off', async (t) => {
  const video = { 'media.youtube': 'allow' }
  const both = await start(t, {
    groups: {
      ks3: { youtube: 'strict', categories: video },
      lab: { profile: 'ks3', youtube: 'moderate', categories: video },
    },
  })
  for (const name of ['www.youtube.com', 'm.youtube.com']) {
    t.equal(await seen(both, name, PUPIL), `${NOERROR} restrict.youtube.com`)
    t.equal(await seen(both, name, LAB), `${NOERROR} restrictmoderate.youtube.com`)
  }
  const off = await start(t, {
    groups: {
      ks3: { youtube: 'off', categories: video },
      lab: { profile: 'ks3', youtube: 'strict', categories: video },
    },
  })
  t.equal(await seen(off, 'www.youtube.com', PUPIL), `${NOERROR} 192.0.2.1`)
  t.equal(await seen(off, 'www.youtube.com', LAB), `${NOERROR} restrict.youtube.com`)
})

t.test('what a group says of a category wins over what is said of it for all', async (t) => {
  const agent = await start(t, {
    groups: { ks3: BLOCKED, lab: { profile: 'ks3', ...BLOCKED } },
    block: {
      categories: { 'media.games': 'nodata', 'contact.social': 'null-address' },
      groups: { lab: { answer: 'nodata', categories: { 'media.games': 'refused' } } },
    },
  })
  await until(
    async () => (await seen(agent, 'games.test', PUPIL)) === `${NOERROR} nothing`,
    'the list in force',
  )
  t.equal(await seen(agent, 'games.test', LAB), `${REFUSED} nothing`)
  t.equal(await seen(agent, 'social.test', LAB), `${NOERROR} 0.0.0.0`, 'said for all, else')
})

t.test('a school rule is for the groups that it names; one without effect is told', async (t) => {
  const agent = await start(t, {
    groups: { lab: { profile: 'ks3' } },
    deny: [
      { name: 'started.test', reason: 'a test' },
      { name: 'shut.test', reason: 'a test', groups: ['lab'] },
      { name: 'childline.org.uk', reason: 'a test' },
    ],
    allow: [
      { name: 'social.test', reason: 'a test', groups: ['ks3'] },
      { name: 'shut.test', reason: 'a test' },
    ],
  })
  await until(async () => (await seen(agent, 'social.test', LAB)).startsWith(`${NXDOMAIN}`), 'list')
  t.equal(await seen(agent, 'social.test', PUPIL), `${NOERROR} 192.0.2.1`)
  t.equal(await seen(agent, 'shut.test', PUPIL), `${NOERROR} 192.0.2.1`)
  t.equal(await seen(agent, 'shut.test', LAB), `${NXDOMAIN} nothing`)
  const told = ednsError(await ask('shut.test', 'A', { port: agent.port, address: LAB }))
  t.equal(told?.code, 17)
  t.equal(await seen(agent, 'childline.org.uk', LAB), `${NOERROR} 192.0.2.1`)
  t.match(agent.log(), /deny childline\.org\.uk has no effect/)
})
