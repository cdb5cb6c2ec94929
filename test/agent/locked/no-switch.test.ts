/** Every way that a box has to open something, tried on a locked name: by configuration, list, release and question. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { isRefused } from '#agent/policy/config.ts'
import { loadConfig } from '#agent/policy/config-source.ts'
import { CATEGORIES, isLocked } from '#rules/categories.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { makeTestPublisher } from '#test/support/locked-bundle.ts'
import { runCommand } from '#test/support/run-command.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const digMissing = existsSync('/usr/bin/dig') ? false : 'needs dig: the Debian package `dnsutils`'
const LOCKED = 'locked.example.org'
/** Treated as the other in everything but that no bundle names it. */
const OPEN = 'open.example.org'
const SECRET = '203.0.113.77'
const both = (text: (name: string) => string): string => `${text(LOCKED)}${text(OPEN)}`

/** Everything that a school can say in favour of a name, said of both. */
const CONFIG = {
  networks: [
    { cidr: '127.0.0.0/8', group: 'staff' },
    { cidr: '::1/128', group: 'ks3' },
  ],
  groups: {
    staff: {
      'safe-search': false,
      categories: Object.fromEntries(
        CATEGORIES.filter(({ id, tier }) => !isLocked(id) && tier !== 'allow-locked').map(
          ({ id }) => [id, 'allow'],
        ),
      ),
    },
    ks3: { categories: { uncategorised: 'allow' } },
  },
  allow: [LOCKED, OPEN].map((name) => ({ name, reason: 'we want it' })),
  'deny-addresses': [{ cidr: '203.0.113.0/24', reason: 'all but what is allowed' }],
  rebinding: { enabled: false },
  lists: [
    { id: 'zone', path: 'zone.rpz', format: 'rpz', category: 'media.games', trusted: true },
    { id: 'rules', path: 'rules.txt', format: 'adblock', category: 'media.games', trusted: true },
    {
      id: 'answers',
      path: 'answers.conf',
      format: 'dnsmasq',
      category: 'media.games',
      trusted: true,
    },
    { id: 'games', path: 'games.txt', format: 'domains', category: 'media.games' },
  ],
  block: { answer: 'nodata', groups: { ks3: { answer: 'refused' } } },
}
const FILES = {
  'zone.rpz': both((name) => `${name} CNAME rpz-passthru.\n*.${name} CNAME rpz-passthru.\n`),
  'rules.txt': both((name) => `@@||${name}^$important\n||${name}^$dnsrewrite=${SECRET}\n`),
  'answers.conf': both((name) => `address=/${name}/${SECRET}\n`),
  'games.txt': 'only-games.example.org\n',
}

/** What would switch a locked category off, or fill or empty it, if there were such a thing. */
const REFUSED: readonly (readonly [title: string, config: object])[] = [
  ['an action of a group', { groups: { staff: { categories: { 'illegal.csam': 'allow' } } } }],
  ['monitoring', { groups: { staff: { categories: { 'illegal.terror': 'monitor' } } } }],
  ['even blocking', { groups: { staff: { categories: { 'illegal.other': 'block' } } } }],
  [
    'a schedule',
    {
      schedules: { night: { when: '20:00-06:00' } },
      groups: {
        ks3: { categories: { 'illegal.ip': { in: 'night', action: 'allow', else: 'block' } } },
      },
    },
  ],
  ['a family of them', { groups: { staff: { categories: { illegal: 'allow' } } } }],
  [
    'a list',
    { lists: [{ id: 'x', path: 'x', format: 'domains', category: 'illegal.csam', trusted: true }] },
  ],
  [
    'a UT1 folder',
    { lists: [{ id: 'x', path: 'x', format: 'ut1', categories: { press: 'illegal.csam' } }] },
  ],
  ['how it is told', { block: { categories: { 'illegal.csam': 'null-address' } } }],
  [
    'how it is told to a group',
    { block: { groups: { staff: { categories: { 'illegal.csam': 'nodata' } } } } },
  ],
  ['a section', { locked: { enabled: false } }],
  ['a limit', { limits: { 'locked-names': 0 } }],
]

t.test('no key of the configuration speaks of it', async (t) => {
  const folder = shortFolder(t)
  for (const [title, config] of REFUSED) {
    writeFileSync(join(folder, 'edge.yaml'), JSON.stringify(config))
    t.ok(isRefused(loadConfig({ kind: 'file', path: join(folder, 'edge.yaml') })), title)
  }
})

const QUESTIONS: readonly (readonly string[])[] = [
  [],
  ['+tcp'],
  ['+dnssec'],
  ['+cd'],
  ['+dnssec', '+cd', '+tcp'],
  ['+noedns'],
  ['+norecurse'],
  ['AAAA'],
  ['HTTPS'],
  ['TXT'],
  ['CNAME'],
  ['NS'],
  ['ANY'],
  ['ANY', '+tcp'],
  ['TYPE65400'],
]
const SPELLINGS: readonly (readonly [title: string, of: (name: string) => string])[] = [
  ['as it is', (name) => name],
  ['with its dot', (name) => `${name}.`],
  ['in capitals', (name) => name.toUpperCase()],
  ['with escapes', (name) => `\\${String(name.charCodeAt(0)).padStart(3, '0')}${name.slice(1)}`],
  ['below', (name) => `www.${name}`],
  ['far below', (name) => `a.b.c.d.e.f.g.${name}`],
]

t.test(
  'no way of asking, no list, allowance or release opens a locked name',
  { skip: digMissing, timeout: 100_000 },
  async (t) => {
    const upstream = await startFakeUpstream(({ name }) => ({ answers: [a(name, SECRET)] }))
    t.teardown(() => upstream.close())
    const folder = shortFolder(t)
    const operator = makeTestPublisher()
    const { publisher, key } = operator.handOver(folder)
    writeFileSync(join(folder, 'b'), operator.bundle([`illegal.csam ${LOCKED}`]))
    const edge = (...words: readonly string[]) => runCommand(folder, ...words, '--state', 'state')
    t.match(await edge('locked', 'install', 'b', '--publisher', publisher, '--key', key), {
      code: 0,
    })
    const agent = await startAgentProcess({
      folder,
      upstreamPorts: [upstream.port],
      config: CONFIG,
      files: FILES,
    })
    t.teardown(() => agent.stop())
    const dig = async (server: string, ...words: readonly string[]): Promise<string> => {
      const to = [`@${server}`, '-p', String(agent.port), '+tries=1', '+nocookie']
      return (await promisify(execFile)('dig', [...to, ...words])).stdout
    }
    const giveUpAt = performance.now() + 15_000
    while (!/status: REFUSED/.test(await dig('::1', 'only-games.example.org')))
      if (performance.now() > giveUpAt) throw new Error('the lists are not in force')

    const askAll = async (title: string): Promise<void> => {
      for (const server of ['127.0.0.1', '::1'])
        for (const [spelling, of] of SPELLINGS)
          for (const words of spelling === 'as it is' || spelling === 'below' ? QUESTIONS : [[]]) {
            const text = await dig(server, of(LOCKED), ...words)
            const asked = `${title}: ${spelling} ${words.join(' ')} at ${server}`
            if (text.includes(SECRET)) t.fail(`${asked}\n${text}`)
            if (!words.includes('+noedns'))
              t.match(text, /EDE: 16 .*blocked as the law requires/, asked)
            t.notMatch(text, /illegal|csam|HINFO/, asked)
            const told = server === '::1' ? /status: REFUSED/ : /status: NOERROR.*\n.*ANSWER: 0/
            t.match(text, told, asked)
          }
    }
    await askAll('allowed and excepted')
    for (const server of ['127.0.0.1', '::1'])
      t.match(await dig(server, OPEN), SECRET, 'the same said of another name opens it')

    const what = ['--group', 'ks3', '--minutes', '50', '--reason', 'end of term quiz']
    const byName = await edge('release', '--name', `www.${LOCKED}`, ...what)
    t.match(byName, { code: 4, err: /it is blocked because of locked, which no release lifts\n$/ })
    for (const { id } of CATEGORIES.filter((one) => isLocked(one.id)))
      t.match(await edge('release', '--category', id, ...what), {
        code: 4,
        err: /is never released/,
      })
    // Of all that it is under, so that nothing need be known of the name itself.
    t.match(await edge('release', '--name', 'example.org', ...what), { code: 0 })
    t.match(await edge('release', '--category', 'media.games', ...what), { code: 0 })
    await askAll('released')
  },
)
