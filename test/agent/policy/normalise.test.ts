import t from 'tap'
import { EMPTY_CONFIG, isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { formatAddress } from '#domain/ip-address.ts'
import { CATEGORIES } from '#rules/categories.ts'
import { plainUpstream } from '#test/support/plain-upstream.ts'

const RESOLV_CONF = 'nameserver 192.0.2.53\n'

function ready(text: string, resolvConf = RESOLV_CONF, local: readonly string[] = []): ReadyConfig {
  const config = parseConfig(text, 'edge.yaml')
  if (isRefused(config)) throw new Error(config.detail)
  const file = { path: '/etc/school/edge.yaml', text }
  return normalise(config, { file, resolvConf, localAddresses: local })
}

function embedded(): ReadyConfig {
  const machine = { file: undefined, resolvConf: RESOLV_CONF, localAddresses: [] }
  return normalise(EMPTY_CONFIG, machine)
}

t.test('without a file every default holds', (t) => {
  const config = embedded()
  t.equal(config.policyId, 'embedded')
  t.equal(config.file, undefined)
  t.strictSame(config.listen, {
    cookies: 'answer',
    dns: [
      { address: '127.0.0.1', port: 5300 },
      { address: '::1', port: 5300 },
    ],
    metrics: { address: '127.0.0.1', port: 9153 },
    udp: 'batch',
    workers: 1,
    encrypted: { dot: [], doh: [], files: undefined, name: undefined, addresses: [] },
  })
  t.strictSame([...config.groups.keys()], ['ks1', 'ks2', 'ks3', 'ks4', 'ks5', 'staff', 'guest'])
  t.strictSame(
    config.networks.map(({ network, group, name }) => [
      formatAddress(network.bytes),
      network.prefixLength,
      group,
      name,
    ]),
    [
      ['::1', 128, 'ks3', '::1/128'],
      ['127.0.0.0', 8, 'ks3', '127.0.0.0/8'],
    ],
  )
  t.equal(config.strictestGroup, 'ks1')
  t.strictSame([config.schoolAllow, config.schoolDeny, config.lists], [[], [], []])
  t.strictSame(config.upstreams, [{ ...plainUpstream(53), address: '192.0.2.53' }])
  t.strictSame([config.strategy, config.zones], ['in-order', []])
  t.strictSame(config.link, { targets: [], intervalSeconds: 10, backupAddress: undefined })
  t.strictSame(config.collector, { url: 'http://127.0.0.1:8080' })
  t.strictSame(config.block, {
    answer: 'nxdomain',
    ttlSeconds: 30,
    harmReason: 'named',
    categories: new Map(),
    address: { v4: undefined, v6: undefined },
    page: undefined,
    groups: new Map(),
  })
  t.strictSame([config.denyAddresses, config.rebinding], [[], { enabled: true, allowZones: [] }])
  t.strictSame(
    [...config.groups.values()].map(({ ech }) => ech),
    ['strip', 'strip', 'strip', 'strip', 'strip', 'pass', 'strip'],
  )
  t.strictSame(config.limits, {
    queriesInFlight: 2048,
    clientQueriesPerSecond: 1000,
    clientQueryBurst: 5000,
    clientQueriesWaiting: 1000,
    zoneQuestionsInFlight: 100,
    zoneMissesPerSecond: 500,
    tcpClients: 500,
    tcpClientsPerAddress: 20,
    tcpIdleMs: 10_000,
    tcpQueriesPerConnection: 1000,
    upstreamTimeoutMs: 1500,
    upstreamTries: 3,
    cacheEntries: 20_000,
    cacheBytes: 33_554_432,
    cacheTtlMinSeconds: 0,
    cacheTtlMaxSeconds: 86_400,
    cacheNegativeTtlMaxSeconds: 3_600,
    cacheFileBytes: 4_194_304,
    prefetchAsks: 3,
    prefetchesInFlight: 32,
    prefetchesPerSecond: 50,
    listDownloadBytes: 134_217_728,
    listDownloadMs: 600_000,
    listIdleMs: 30_000,
    listBytes: 268_435_456,
    listNames: 5_000_000,
    refusedLinesKept: 100,
    outboxMemoryEvents: 10_000,
    outboxRows: 1_000_000,
    shipTimeoutMs: 10_000,
    eventWindows: 10_000,
    signalNamesPerSecond: 2_000,
    signalAlertsPerSecond: 500,
    signalNamesPerClient: 200,
    queryLogBytes: 1_073_741_824,
    controlConnections: 16,
    controlBodyBytes: 65_536,
  })
  t.end()
})

t.test('each profile brings a complete policy of its own', (t) => {
  const { groups } = embedded()
  const shown = [...groups.values()].map(
    ({ group, profile, kind, safeSearch, youtube, actions }) => {
      t.strictSame([...actions.keys()].toSorted(), CATEGORIES.map(({ id }) => id).toSorted(), group)
      return [group, profile, kind, safeSearch, youtube, actions.get('uncategorised')]
    },
  )
  t.strictSame(shown, [
    ['ks1', 'ks1', 'pupil', true, 'strict', 'block'],
    ['ks2', 'ks2', 'pupil', true, 'strict', 'block'],
    ['ks3', 'ks3', 'pupil', true, 'moderate', 'monitor'],
    ['ks4', 'ks4', 'pupil', true, 'moderate', 'monitor'],
    ['ks5', 'ks5', 'pupil', true, 'moderate', 'monitor'],
    ['staff', 'staff', 'staff', true, 'off', 'allow'],
    ['guest', 'guest', 'guest', true, 'moderate', 'monitor'],
  ])
  t.end()
})

t.test(
  'what would follow a timetable is blocked, and said in a note unless the file decides',
  (t) => {
    const timetabled = CATEGORIES.filter(({ defaults }) => defaults.sixth === 'timetable')
    t.ok(timetabled.length > 0, 'there are such categories')
    const { groups, notes } = embedded()
    for (const { id } of timetabled) t.equal(groups.get('ks5')?.actions.get(id), 'block', id)
    t.match(notes.join('\n'), /^group ks5: .*would follow a timetable/m)
    const decided = timetabled.map(({ id }) => `${id}: allow`).join(', ')
    const own = ready(`groups: {ks5: {categories: {${decided}}}}`)
    for (const { id } of timetabled) t.equal(own.groups.get('ks5')?.actions.get(id), 'allow', id)
    t.notMatch(own.notes.join('\n'), /group ks5/)
    t.end()
  },
)

t.test('a file changes groups and adds others', (t) => {
  const { groups } = ready(
    'groups: {ks3: {safe-search: false, youtube: "off", categories: {ai.chat: monitor}}, lab: {profile: staff}}',
  )
  const ks3 = groups.get('ks3')
  t.match(ks3, { group: 'ks3', profile: 'ks3', kind: 'pupil', safeSearch: false, youtube: 'off' })
  t.equal(ks3?.actions.get('ai.chat'), 'monitor')
  t.match(groups.get('lab'), { group: 'lab', profile: 'staff', kind: 'staff' })
  t.equal(groups.size, 8)
  t.end()
})

t.test('the strictest group is the youngest, then the one that blocks most, then by name', (t) => {
  t.equal(ready('groups: {a: {profile: ks2}, b: {profile: staff}}').strictestGroup, 'ks1')
  const more =
    'categories: {prod.webmail: block, prod.filehost: block, info.misinfo: block, media.video: block, media.music: block}'
  t.equal(ready(`groups: {zz: {profile: ks1, ${more}}}`).strictestGroup, 'zz')
  t.equal(ready('groups: {aa: {profile: ks1}, zz: {profile: ks1}}').strictestGroup, 'aa')
  t.end()
})

t.test('networks stand longest prefix first, with their names', (t) => {
  const { networks } = ready(
    'networks: [{cidr: 10.0.0.0/8, group: ks1}, {cidr: 10.1.2.0/24, group: ks4, name: Lab}, {cidr: 10.1.0.0/16, group: ks2}]',
  )
  t.strictSame(
    networks.map(({ group, name }) => [group, name]),
    [
      ['ks4', 'Lab'],
      ['ks2', '10.1.0.0/16'],
      ['ks1', '10.0.0.0/8'],
    ],
  )
  t.end()
})

const KEY = 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3'

t.test('a downloaded list is complete: addresses in turn, a day, no signature', (t) => {
  const url = 'https://lists.example.org/l'
  const { lists, downloads } = ready(
    `{lists: [{id: a, url: "${url}", format: hosts, category: adult.porn}, {id: b, url: "${url}", mirrors: ["${url}2"], every: 90m, member: m, signature: {key: ${KEY}}, format: hosts, category: adult.porn}], downloads: {private-hosts: [lists.example.org], ca: ca.pem}}`,
  )
  t.match(lists[0], {
    source: url,
    member: undefined,
    origin: { kind: 'url', urls: [url], everyMs: 86_400_000, signature: undefined },
  })
  t.match(lists[1], {
    member: 'm',
    origin: { urls: [url, `${url}2`], everyMs: 5_400_000, signature: { key: KEY } },
  })
  t.strictSame(downloads, { privateHosts: ['lists.example.org'], caFile: '/etc/school/ca.pem' })
  t.strictSame(embedded().downloads, { privateHosts: [], caFile: undefined })
  t.end()
})

t.test('lists become absolute and complete', (t) => {
  const { lists } = ready(
    'lists: [{id: a, path: l/a.txt, format: hosts, category: adult.porn}, {id: u, path: /srv/u, format: ut1, title: T, licence: L, source: S, trusted: true, categories: {x: off}}]',
  )
  t.strictSame(lists, [
    {
      id: 'a',
      origin: { kind: 'file', path: '/etc/school/l/a.txt' },
      member: undefined,
      title: 'a',
      licence: 'not stated',
      source: 'l/a.txt',
      trusted: false,
      format: 'hosts',
      category: 'adult.porn',
    },
    {
      id: 'u',
      origin: { kind: 'file', path: '/srv/u' },
      member: undefined,
      title: 'T',
      licence: 'L',
      source: 'S',
      trusted: true,
      format: 'ut1',
      categories: new Map([['x', 'off']]),
    },
  ])
  t.end()
})

t.test('school rules keep reason and author, and reach every group unless some are named', (t) => {
  const { schoolAllow, schoolDeny } = ready(
    'allow: [{name: "*.Example.org", reason: r, author: a}]\ndeny: [{name: x.test, reason: s, groups: [ks1]}]',
  )
  t.match(schoolAllow, [{ name: 'example.org', reason: 'r', author: 'a', groups: 'all' }])
  t.match(schoolDeny, [{ name: 'x.test', reason: 's', author: '', groups: ['ks1'] }])
  t.end()
})

t.test('the answer to a block: the most particular wins, group before all', (t) => {
  const { block, notes } = ready(`rebinding: {enabled: false}
block:
  answer: refused
  address: {v4: 192.0.2.1, v6: "2001:db8::1"}
  categories: {adult.porn: address, media.games: nodata}
  groups: {staff: {answer: nxdomain, ttl-seconds: 5, categories: {media.games: refused}}}`)
  t.match(block, { answer: 'refused', ttlSeconds: 30 })
  t.equal(formatAddress(block.address.v6 ?? new Uint8Array(4)), '2001:db8::1')
  t.strictSame(block.groups.get('staff'), {
    answer: 'nxdomain',
    ttlSeconds: 5,
    harmReason: 'named',
    categories: new Map([
      ['adult.porn', 'address'],
      ['media.games', 'refused'],
    ]),
  })
  t.match(notes.join('\n'), /rebinding is off/)
  t.end()
})

t.test('denied addresses keep reason and author, zones become names', (t) => {
  const { denyAddresses, rebinding } = ready(
    'deny-addresses: [{cidr: 192.0.2.0/24, reason: r, groups: [ks1]}, {cidr: "2001:db8::/32", reason: s, author: a}]\nrebinding: {allow-zones: ["*.Intranet.example.org"]}',
  )
  t.match(denyAddresses, [
    { reason: 'r', author: '', groups: ['ks1'] },
    { reason: 's', author: 'a', groups: 'all' },
  ])
  t.strictSame(rebinding, { enabled: true, allowZones: ['intranet.example.org'] })
  t.end()
})

t.test('an upstream that is this agent itself is left out, and that is said', (t) => {
  const text = 'listen: {dns: [{address: 0.0.0.0, port: 53}, {address: "::", port: 53}]}'
  const resolv =
    'nameserver 127.0.0.1\nnameserver 192.0.2.7\nnameserver 192.0.2.53\nnameserver ::1\n'
  const { upstreams, notes } = ready(text, resolv, ['192.0.2.7'])
  t.strictSame(upstreams, [{ ...plainUpstream(53), address: '192.0.2.53' }])
  t.equal(notes.filter((note) => note.endsWith('is this agent itself and is left out')).length, 3)
  const stub = ready('', 'nameserver 127.0.0.53\n').upstreams
  const expected = [{ ...plainUpstream(53), address: '127.0.0.53' }]
  t.strictSame(stub, expected, 'a local stub resolver is another')
  t.end()
})

t.test('no upstream is a state, said in a note', (t) => {
  for (const config of [ready('', ''), ready('upstreams: []')]) {
    t.strictSame(config.upstreams, [])
    t.match(config.notes.join('\n'), /no upstream/)
  }
  t.end()
})

t.test('the policy id is of the text: sixteen hex digits that change with it', (t) => {
  const a = ready('block: {ttl-seconds: 1}').policyId
  t.match(a, /^[0-9a-f]{16}$/)
  t.equal(ready('block: {ttl-seconds: 1}').policyId, a)
  t.not(ready('block: {ttl-seconds: 2}').policyId, a)
  t.end()
})

t.test(
  'encrypted DNS: usual ports, paths beside the file, and the addresses that clients reach',
  (t) => {
    const encrypted = (listen: string, localAddresses: readonly string[] = []) => {
      const config = parseConfig(`listen: {${listen}}`, 'edge.yaml')
      if (isRefused(config)) throw new Error(config.detail)
      const file = { path: '/etc/edge/edge.yaml', text: '' }
      return normalise(config, { file, resolvConf: '', localAddresses }).listen.encrypted
    }
    const plain = encrypted(
      'dot: [{address: 192.0.2.1}], doh: [{address: 192.0.2.1, port: 8443}], tls: {certificate: tls/a.crt, key: /k/a.key}',
    )
    t.strictSame(plain.dot, [{ address: '192.0.2.1', port: 853 }])
    t.strictSame(plain.doh, [{ address: '192.0.2.1', port: 8443 }])
    t.strictSame(plain.files, { certificate: '/etc/edge/tls/a.crt', key: '/k/a.key' })
    t.strictSame(plain.addresses, [Uint8Array.of(192, 0, 2, 1)])
    t.strictSame(encrypted('doh: [{address: 192.0.2.1}]').doh, [
      { address: '192.0.2.1', port: 443 },
    ])
    const machine = ['127.0.0.1', '192.0.2.7', '::1', 'fe80::1', '2001:db8::7']
    const all = encrypted('dot: [{address: 0.0.0.0}, {address: "::"}]', machine).addresses
    t.strictSame(all.map(formatAddress), ['192.0.2.7', '2001:db8::7'])
    const both = encrypted('dot: [{address: 127.0.0.1}, {address: 192.0.2.7}]').addresses
    t.strictSame(both.map(formatAddress), ['192.0.2.7'])
    t.strictSame(encrypted('dot: [{address: 127.0.0.1}]').addresses.map(formatAddress), [
      '127.0.0.1',
    ])
    t.end()
  },
)
