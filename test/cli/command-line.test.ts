import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { COMMANDS } from '#cli/commands.ts'
import { parseHostPort } from '#cli/host-port.ts'
import { startFault } from '#cli/start-fault.ts'
import { printable, printableJson } from '#cli/terminal-text.ts'
import { makeBox, makeList } from '#test/agent/supply/supply-support.ts'
import { tarOf } from '#test/support/make-archive.ts'
import { run } from './run.ts'

t.test('the help names every command, and each has help with the exit codes', async (t) => {
  const folder = t.testdir({})
  const help = await run(folder, '--help')
  t.equal(help.code, 0)
  for (const [name, { load }] of COMMANDS) {
    t.match(help.out, new RegExp(`^  ${name} `, 'm'), name)
    const { usage } = await load()
    t.ok(usage.startsWith(name), usage)
    const own = await run(folder, name, '--help')
    t.match(own, { code: 0, out: /^usage: supercloud-edge / }, name)
    t.match(own.out, /exit codes:\n {2}0 {2}fine/, name)
  }
})

t.test('what is not understood ends with 2 and says what would be', async (t) => {
  const folder = t.testdir({})
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['staus'], /no command "staus"; did you mean status\?/],
    [['status', '--jsn'], /unknown option '--jsn'; see supercloud-edge status --help/],
    [['status', 'more'], /too many arguments/],
    [['explain'], /an argument is missing/],
    [['explain', 'a.test', '--type'], /argument missing|option '--type/],
    [['requests', '--close', '', '--answer', 'no'], /option '--close' needs a value; see/],
    [
      ['requests', '--close', '--answer', 'no'],
      /option '--close' needs a value, which a dash [^\n]+/,
    ],
    [['lists', '--accept', ''], /option '--accept' needs a value/],
    [['explain', 'a.test', '--client', '192.0.2.1', '--group', 'ks1'], /cannot both be given/],
    [['events', '--reveal', '--reason', 'a concern', '--limit', '0'], /from 1 to 500/],
    [['collector', '--console', 'nowhere'], /is not ADDRESS:PORT/],
    [['agent', '--log-level', 'loud'], /--log-level is one of/],
    [['collector', '--oidc-client', 'edge'], /--oidc-issuer, --oidc-client and [^\n]+ go together/],
    [['start', '--oidc-claim', 'sub'], /go together/],
    [['start', '--metrics', '192.0.2.1'], /is not ADDRESS:PORT/],
    [['\u001b[2J'], /no command "\\\\x1b\[2J"/],
  ]
  for (const [words, expected] of cases)
    t.match(await run(folder, ...words), { code: 2, out: '', err: expected }, words.join(' '))
  const { err } = await run(folder, 'requests', '--close', '--answer', 'no')
  t.notMatch(err, /\\x0a/, 'no line breaks of others')
  t.match(await run(folder), { code: 2, out: /^usage:/ }, 'no command at all shows the help')
})

t.test('check tells what is good, with notes, and ends with 0', async (t) => {
  const folder = t.testdir({
    'edge.yaml': 'lists: [{id: mine, path: none.txt, format: domains, category: adult.porn}]',
  })
  const { code, out } = await run(folder, 'check', 'edge.yaml')
  t.equal(code, 0)
  t.match(out, /^good: .*edge\.yaml \(policy [0-9a-f]{16}\)$/m)
  t.match(out, /local addresses in no network get group ks1/)
  t.match(out, /^note: list mine: there is no .*none\.txt$/m)
  t.match(out, /^note: group ks5: .*timetable/m)
  const json = await run(folder, 'check', '--json')
  t.match(JSON.parse(json.out), {
    ok: true,
    file: join(folder, 'edge.yaml'),
    strictestGroup: 'ks1',
  })
})

t.test('check tells of UT1 folders of which nothing is known', async (t) => {
  const list = 'format: ut1, categories: {constructor: off, press: off, mine: media.games}'
  const names = ['games', 'bank', 'constructor', 'toString', 'mine', 'new\u202e']
  const folder = t.testdir({
    'edge.yaml': `lists: [{id: tree, path: tree, ${list}}, {id: tar, path: ut1.tar.gz, ${list}}]`,
    tree: {
      ...Object.fromEntries(names.map((name) => [name, { domains: 'a.test\n' }])),
      other: { readme: 'x' },
    },
  })
  const tarred = names.map((name) => ({ path: `lists/${name}/domains`, body: 'a.test\n' }))
  const usage = { path: 'lists/games/usage', body: 'black\n' }
  writeFileSync(join(folder, 'ut1.tar.gz'), gzipSync(tarOf([...tarred, usage])))
  const { code, out } = await run(folder, 'check', 'edge.yaml')
  t.equal(code, 0)
  t.same(
    out.split('\n').filter((line) => line.includes('folder ')),
    ['tree', 'tar'].flatMap((id) =>
      (id === 'tree' ? ['new', 'toString'] : ['toString', 'new']).map((name) =>
        name === 'new'
          ? `note: list ${id}: folder "new\\u{202e}": it is not used: the name of a folder has at most 64 letters, digits, hyphens and underscores`
          : `note: list ${id}: folder "toString": it is in no table and not used: name it in "categories" of this list, with a category or off`,
      ),
    ),
  )
  const box = makeBox(join(folder, 'state', 'agent'), { namesPort: 9, caFile: '' })
  await box.take(makeList({ path: join(folder, 'ut1.tar.gz'), format: 'ut1' }))
  const address = 'https://lists.example.org/ut1.tar.gz'
  writeFileSync(join(folder, 'url.yaml'), `lists: [{id: games, url: "${address}", ${list}}]`)
  const kept = await run(folder, 'check', 'url.yaml', '--state', 'state')
  t.match(kept.out, /note: list games: folder "toString"/, 'of the version that the agent keeps')
  const many = Array.from({ length: 9 }, (_, i) => ({ path: `many${i}/usage`, body: 'black\n' }))
  writeFileSync(join(folder, 'ut1.tar.gz'), tarOf(many))
  const more = await run(folder, 'check', 'edge.yaml')
  t.match(more.out, /note: list tar: folder "many4".*\nnote: list tar: 4 more folders of this kind/)
  writeFileSync(join(folder, 'ut1.tar.gz'), 'no archive\n')
  t.match(await run(folder, 'check', 'edge.yaml'), { code: 0, out: /list tree: folder/ })
})

t.test('check tells of addresses that no list can be taken from', async (t) => {
  const list = (id: string, url: string, mirror: string): string =>
    `  - {id: ${id}, url: "${url}", mirrors: ["${mirror}"], format: domains, category: adult.porn}`
  const text = [
    'lists:',
    list('a', 'https://10.0.0.1/x', 'https://lists.example.org/x'),
    list('b', 'https://lists.example.org/y', 'https://[fd00::1]/y'),
    list('c', 'https://192.168.7.7/z', 'https://192.0.2.1/z'),
    'downloads: {private-hosts: [192.168.7.7]}',
  ].join('\n')
  const folder = t.testdir({ 'edge.yaml': text })
  const { code, out } = await run(folder, 'check', 'edge.yaml')
  t.equal(code, 0, out)
  t.match(out, /^note: list a: https:\/\/10\.0\.0\.1\/x is not on the internet and is never asked/m)
  t.match(out, /^note: list b: https:\/\/\[fd00::1\]\/y is not on the internet/m)
  t.notMatch(out, /192\.|lists\.example\.org/)
})

t.test('check names denials of what stays open to everybody', async (t) => {
  const denied = ['www.ucas.com', 'childline.org.uk', 'com', 'www.gov.uk', 'x.www.gov.uk']
  const deny = denied.map((name) => `{name: ${name}, reason: x}`)
  const folder = t.testdir({ 'edge.yaml': `deny: [${deny.join(', ')}]` })
  const { code, out } = await run(folder, 'check', 'edge.yaml')
  t.equal(code, 0)
  t.same(out.match(/^note: deny .*$/gm), [
    'note: deny www.ucas.com has no effect: ucas.com is in core.education, which stays open to everybody',
    'note: deny childline.org.uk has no effect: it is in protected.help, which stays open to everybody',
    'note: deny www.gov.uk has no effect on the name itself: it is in core.education, which stays open to everybody',
  ])
})

t.test('check tells every problem with its line and ends with 1', async (t) => {
  const folder = t.testdir({ 'bad.yaml': 'block: {ttl-seconds: -1}\nnetwork: []\n' })
  const file = join(folder, 'bad.yaml')
  const { code, out } = await run(folder, 'check', 'bad.yaml')
  t.equal(code, 1)
  t.equal(
    out,
    [
      `${file}:1:22: block.ttl-seconds: found "-1"; allowed: a whole number from 0 to 3600`,
      `${file}:2:1: network: found "network"; allowed: listen, groups, timetable, schedules, networks, identity, capture, firewall, allow, deny, deny-addresses, rebinding, lists, downloads, upstreams, recursor, strategy, zones, cache, link, selftest, signals, queries, collector, block, limits (unknown key, did you mean networks?)`,
      `refused: ${file}: 2 problems\n`,
    ].join('\n'),
  )
  const json = await run(folder, 'check', 'bad.yaml', '--json')
  t.match(JSON.parse(json.out), {
    ok: false,
    problems: [{ line: 1 }, { line: 2, path: 'network' }],
  })
  t.match(await run(folder, 'check', 'gone.yaml'), { code: 1, out: /no such file/ })
})

t.test('check without a file looks at what the agent would use', async (t) => {
  const folder = t.testdir({})
  t.match(await run(folder, 'check'), {
    code: 0,
    out: /^good: built-in defaults \(policy embedded\)/,
  })
})

t.test(
  'a broken configuration keeps start and agent from starting, with the problems',
  async (t) => {
    const folder = t.testdir({ 'edge.yaml': 'nonsense: 1' })
    const start = await run(folder, 'start', '--state', join(folder, 's'))
    t.match(start, { code: 1, out: '', err: /edge\.yaml:1:1: nonsense: found/ })
    const agent = await run(folder, 'agent', '--state', join(folder, 's'))
    t.match(agent, { code: 78, err: /edge\.yaml:1:1: nonsense: found/ })
  },
)

t.test('a state folder that holds other things keeps start from starting', async (t) => {
  const folder = t.testdir({ other: { file: '' } })
  chmodSync(join(folder, 'other'), 0o755)
  writeFileSync(join(folder, 'edge.yaml'), '')
  const { code, err } = await run(folder, 'start', '--state', 'other')
  t.equal(code, 1)
  t.match(err, /other holds other things; choose an empty folder with --state/)
})

t.test('text made printable moves no cursor and hides nothing', (t) => {
  t.equal(printable('a\u0000\u001b[1m\u007f\u0085\n'), 'a\\x00\\x1b[1m\\x7f\\x85\\x0a')
  t.equal(printable('\u202ea\u200bb\u2066'), '\\u{202e}a\\u{200b}b\\u{2066}')
  t.equal(printable('plain ünïcode 例'), 'plain ünïcode 例')
  const value = { a: 'x\u001b\u009b\u202e\ny' }
  const json = printableJson(value)
  t.strictSame(JSON.parse(json), value, 'JSON stays what it was')
  t.match(json.replaceAll('\n', ''), /^[ -~]+$/)
  t.end()
})

t.test('a place to listen on is an address and a port', (t) => {
  t.strictSame(parseHostPort('127.0.0.1:8080'), { host: '127.0.0.1', port: 8080 })
  t.strictSame(parseHostPort('[::1]:0'), { host: '::1', port: 0 })
  t.strictSame(parseHostPort('localhost:1'), { host: 'localhost', port: 1 })
  for (const bad of ['', '8080', '::1:80', '127.0.0.1:99999', 'example.org:80', '127.0.0.1:'])
    t.match(parseHostPort(bad), { failure: 'usage' }, bad)
  t.end()
})

t.test('what the system refuses at start is told with what to do', (t) => {
  const refused = (code: string, more: object) => Object.assign(new Error('raw'), { code, ...more })
  t.match(
    startFault(refused('EADDRINUSE', { address: '::1', port: 53 })),
    /^port 53 on ::1 is taken/,
  )
  t.match(startFault(refused('EACCES', { address: '::1', port: 53 })), /needs a privilege/)
  t.equal(startFault(refused('EADDRINUSE', {})), 'raw')
  t.equal(startFault('odd'), 'odd')
  t.end()
})
