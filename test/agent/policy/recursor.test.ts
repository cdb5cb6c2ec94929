import t from 'tap'
import { type Config, isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { ownLoopback } from '#platform/own-loopback.ts'

const FILE = '/etc/edge/edge.yaml'

function ready(text: string): ReadyConfig {
  const config: Config | object = parseConfig(text, FILE)
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  return normalise(config as Config, {
    file: { path: FILE, text },
    resolvConf: 'nameserver 192.0.2.1\n',
    localAddresses: [],
    recursorAddress: '127.64.0.9',
  })
}

function problems(text: string): readonly string[] {
  const config = parseConfig(text, FILE)
  return isRefused(config) ? config.problems.map((one) => describeProblem(FILE, one)) : []
}

const OWN = {
  address: '127.64.0.9',
  port: 5310,
  transport: 'udp',
  name: '',
  path: '',
  caFile: undefined,
  validates: true,
}

t.test('switched on, it is the one upstream, and its word on signatures counts', (t) => {
  const { upstreams, recursor } = ready('recursor: true')
  t.strictSame(upstreams, [OWN])
  t.match(recursor, { forwarders: [], rootHints: undefined, trustAnchors: undefined })
  const given = ready('{ recursor: true, upstreams: [{ address: 192.0.2.53 }] }')
  t.strictSame(given.upstreams, [OWN])
  t.match(given.recursor?.forwarders, [{ address: '192.0.2.53', port: 53 }])
  t.equal(given.recursor?.forwarders.length, 1, 'and not those of /etc/resolv.conf')
  t.end()
})

t.test('switched off, or not there, nothing changes', (t) => {
  for (const text of ['{}', 'recursor: false', 'recursor: { enabled: false, port: 6000 }']) {
    const { upstreams, recursor } = ready(text)
    t.equal(recursor, undefined, text)
    t.match(upstreams, [{ address: '192.0.2.1', validates: false }], text)
  }
  t.end()
})

t.test('files are relative to the configuration', (t) => {
  const { recursor } = ready('recursor: { port: 6000, root-hints: a.hints, trust-anchors: /b.key }')
  t.match(recursor, { port: 6000, rootHints: '/etc/edge/a.hints', trustAnchors: '/b.key' })
  t.end()
})

t.test('what Unbound cannot do is a problem that quotes it', (t) => {
  const on = (upstreams: string): string => `recursor: true\nupstreams: [${upstreams}]`
  const rows: readonly (readonly [string, RegExp])[] = [
    [
      'recursor: maybe',
      /recursor: found "?maybe"?; allowed: true, false, or a block with enabled, port/,
    ],
    ['recursor: [1]', /recursor: .*true, false, or a block/],
    ['recursor: { ports: 1 }', /ports.*did you mean port/],
    ['recursor: { port: 53 }', /recursor\.port: found "?53"?; allowed: a whole number from 1024/],
    [
      '{ recursor: true, listen: { dns: [{ address: 127.0.0.1, port: 5310 }] } }',
      /with another port/,
    ],
    [
      on('{ address: 192.0.2.1, transport: doh, name: d.example.org }'),
      /upstreams\[0\]\.transport: found "?doh"?; allowed: udp, tcp, dot with recursor \(Unbound cannot forward over doh/,
    ],
    [
      on('{ address: 192.0.2.1 }, { address: 192.0.2.2, transport: tcp }'),
      /upstreams\[1\]\.transport: found "?tcp"?; .*the first upstream, udp/,
    ],
    [
      on('{ address: 192.0.2.1, transport: tcp }, { address: 192.0.2.2 }'),
      /upstreams\[1\]: .*the first upstream, tcp/,
    ],
    [
      on(
        '{ address: 192.0.2.1, transport: dot, name: d.example.org, ca: a.pem }, { address: 192.0.2.2, transport: dot, name: e.example.org, ca: b.pem }',
      ),
      /upstreams\[1\]\.ca: found "?b\.pem"?; .*the same ca.*the first has a\.pem/,
    ],
    [on('{ address: "fe80::1%a\\" b" }'), /upstreams\[0\]\.address: .*an interface of letters/],
    [
      'recursor: { root-hints: a }\nupstreams: [{ address: 192.0.2.1 }]',
      /recursor\.root-hints: found "?a"?; .*only without upstreams/,
    ],
  ]
  for (const [text, expected] of rows) t.match(problems(text).join('\n'), expected, text)
  t.strictSame(
    problems('upstreams: [{ address: 192.0.2.1, transport: doh, name: d.example.org }]'),
    [],
  )
  t.end()
})

t.test('a strategy that Unbound does not follow is told', (t) => {
  const text = (strategy: string): string =>
    `{ recursor: true, strategy: ${strategy}, upstreams: [{ address: 192.0.2.1 }, { address: 192.0.2.2 }] }`
  t.match(ready(text('spread')).notes.join('\n'), /recursor: Unbound asks the fastest.*spread/)
  t.notMatch(ready(text('fastest')).notes.join('\n'), /recursor/)
  t.end()
})

t.test('each process has a loopback address of its own', (t) => {
  const pids = [1, 2, 255, 256, 65_535, 65_536, 4_194_303]
  t.equal(new Set(pids.map(ownLoopback)).size, pids.length)
  t.equal(ownLoopback(4_194_303), '127.127.255.255')
  t.equal(ownLoopback(0x010203), '127.65.2.3')
  t.equal(ownLoopback(), ownLoopback(process.pid))
  t.end()
})
