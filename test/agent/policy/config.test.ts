import t from 'tap'
import { isRefused, parseConfig, SECTIONS } from '#agent/policy/config.ts'
import { FILE_LIMITS } from '#agent/policy/limits.ts'
import { describeProblem } from '#agent/policy/problem.ts'

/** Every problem of a text, as one line each. */
function problemsOf(text: string): readonly string[] {
  const outcome = parseConfig(text, 'edge.yaml')
  if (!isRefused(outcome)) return []
  return outcome.problems.map((problem) => describeProblem('edge.yaml', problem))
}

const sizedText = (bytes: number): string => `#${'x'.repeat(bytes - 1)}`
const groupsText = (count: number): string =>
  `groups:\n${Array.from({ length: count }, (_, i) => `  g${i}: {profile: ks1}\n`).join('')}`
const networksText = (...cidrs: readonly string[]): string =>
  `networks:\n${cidrs.map((cidr) => `  - {cidr: "${cidr}", group: ks1}\n`).join('')}`
const listText = (rest: string): string => `lists: [{id: a, path: x, ${rest}}]`
const denyText = (rule: string): string => `deny: [{${rule}}]`
const urlText = (text: string): string => `collector: {url: "${text}"}`
const loopText = (listen: string, upstream: string): string =>
  `listen: {dns: [{address: "${listen}", port: 53}]}\nupstreams: [{address: "${upstream}"}]`

t.test('workers are counted from 1 to 8', (t) => {
  for (const found of ['0', '9', '1.5', 'two', '-1'])
    t.strictSame(problemsOf(`listen: {workers: ${found}}\n`), [
      `edge.yaml:1:19: listen.workers: found "${found}"; allowed: a whole number from 1 to 8`,
    ])
  t.strictSame(problemsOf('listen: {workers: 8}\n'), [])
  t.end()
})

t.test('an empty file, a comment and empty sections say nothing and are good', (t) => {
  for (const text of ['', '# nothing\n', 'lists:\nallow:\n', '{}'])
    t.strictSame(problemsOf(text), [], JSON.stringify(text))
  t.end()
})

t.test(
  'all problems are told at once, each with line, column, path, found, allowed and hint',
  (t) => {
    const text = `listen:
  dns: [{address: 127.0.0.1, port: 99999}]
  metrcs: {}
groups:
  ks3:
    safeSearch: false
    categories:
      illegal.csam: allow
      bypass.vpn: allow
      core.infra: block
      adult.pron: block
  Year 7: {profile: ks33}
networks:
  - {cidr: 10.20.1.0/16, group: ks9}
deny:
  - name: "https://example.org/x"
lists: [{id: a, path: "https://example.org/l", format: hosts}]
upstreams: [{address: 127.0.0.1, port: 5300}]
collector: {url: http://192.0.2.1}
limits: {tcp-clients: 0}
foo: 1
`
    t.strictSame(problemsOf(text), [
      'edge.yaml:2:36: listen.dns[0].port: found "99999"; allowed: a whole number from 0 to 65535',
      'edge.yaml:3:3: listen.metrcs: found "metrcs"; allowed: dns, metrics, udp, workers, cookies, dot, doh, tls (unknown key, did you mean metrics?)',
      'edge.yaml:6:5: groups.ks3.safeSearch: found "safeSearch"; allowed: profile, categories, safe-search, youtube, ech, rate-limit (unknown key, did you mean safe-search?)',
      'edge.yaml:8:7: groups.ks3.categories["illegal.csam"]: found "illegal.csam"; allowed: nothing (illegal.csam is locked by law and has no switch)',
      'edge.yaml:9:19: groups.ks3.categories["bypass.vpn"]: found "allow"; allowed: block (bypass.vpn is always blocked for pupils, it leads round the filter)',
      'edge.yaml:10:7: groups.ks3.categories["core.infra"]: found "core.infra"; allowed: nothing (core.infra is always allowed and has no switch)',
      'edge.yaml:11:7: groups.ks3.categories["adult.pron"]: found "adult.pron"; allowed: a known category (did you mean adult.porn?)',
      'edge.yaml:12:3: groups["Year 7"]: found "Year 7"; allowed: lower-case letters, digits and hyphens, at most 32',
      'edge.yaml:12:21: groups["Year 7"].profile: found "ks33"; allowed: ks1, ks2, ks3, ks4, ks5, staff, guest (did you mean ks3?)',
      'edge.yaml:14:12: networks[0].cidr: found "10.20.1.0/16"; allowed: 10.20.0.0/16 (the bits after the prefix must be zero)',
      'edge.yaml:14:33: networks[0].group: found "ks9"; allowed: ks1, ks2, ks3, ks4, ks5, staff, guest (no such group, did you mean ks1?)',
      'edge.yaml:16:5: deny[0].reason: found nothing; allowed: a reason: one line of at most 200 characters',
      'edge.yaml:16:11: deny[0].name: found "https://example.org/x"; allowed: a domain name such as example.org; it covers all names below it (write only the name: example.org)',
      'edge.yaml:17:9: lists[0].category: found nothing; allowed: a category (format hosts needs one)',
      'edge.yaml:17:23: lists[0].path: found "https://example.org/l"; allowed: the path of a file on this machine, relative to this file (a list that is to be downloaded has url instead)',
      'edge.yaml:18:13: upstreams[0]: found a block of keys; allowed: another resolver (this agent listens there itself)',
      'edge.yaml:19:18: collector.url: found "http://192.0.2.1"; allowed: an https:// address, or http:// on this machine (without https anyone on the way could read it)',
      'edge.yaml:20:23: limits.tcp-clients: found "0"; allowed: a whole number from 1 to 10000',
      `edge.yaml:21:1: foo: found "foo"; allowed: ${SECTIONS.join(', ')} (unknown key)`,
    ])
    t.end()
  },
)

t.test('what is not strict YAML is refused with its line', (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['block: {}\nblock: {}\n', /^edge\.yaml:2:1: .*each key once.*/],
    ['groups:\n\tks3: {}\n', /^edge\.yaml:2:1: .*spaces as indentation/],
    ['block: !secret x\n', /^edge\.yaml:1:8: .*without a !tag/],
    ['---\nblock: {}\n---\nblock: {}\n', /one document/],
    ['block: [1, 2\n', /well-formed YAML 1\.2/],
    ['block: *nowhere\n', /known anchors/],
    ['- 1\n', /found a list of 1; allowed: a block with listen/],
    ['just text\n', /found "just text"/],
  ]
  for (const [text, expected] of cases) t.match(problemsOf(text)[0], expected, JSON.stringify(text))
  t.end()
})

t.test('an alias bomb is refused, and soon', (t) => {
  const levels = Array.from({ length: 12 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}*a${i - 1}]`,
  )
  const startedAt = performance.now()
  t.match(problemsOf(levels.join('\n'))[0], /aliases resolved at most 100 times/)
  t.ok(performance.now() - startedAt < 1000, 'within a second')
  t.end()
})

t.test(
  'a file beyond the size limit is refused before it is parsed, one at the limit is not',
  (t) => {
    t.strictSame(problemsOf(sizedText(FILE_LIMITS.configBytes)), [])
    t.match(problemsOf(sizedText(FILE_LIMITS.configBytes + 1))[0], /found a larger file/)
    t.end()
  },
)

t.test('what was found is quoted and cut', (t) => {
  const [problem = ''] = problemsOf(`collector: {url: "${'x'.repeat(500)}"}`)
  t.match(problem, /found "x{60}\.\.\."/)
  t.match(problemsOf('block: {answer: "a\\u001bb"}')[0], /found "a\\u001bb"/)
  t.end()
})

t.test('no more than fifty problems are listed, and all are counted', (t) => {
  const keys = Array.from({ length: 80 }, (_, i) => `x${i}: 1`).join('\n')
  const outcome = parseConfig(keys, 'edge.yaml')
  t.ok(isRefused(outcome))
  t.match(outcome, { detail: /80 problems, the first 50 shown/ })
  t.equal(isRefused(outcome) ? outcome.problems.length : 0, 50)
  t.end()
})

t.test(
  'networks: the same one twice is refused in any spelling, one within another is not',
  (t) => {
    t.strictSame(problemsOf(networksText('10.0.0.0/8', '10.1.0.0/16', '::/0', '2001:db8::/32')), [])
    t.match(
      problemsOf(networksText('2001:db8::/32', '2001:DB8:0::/32'))[0],
      /:3:.*each network once.*networks\[0\]/,
    )
    t.match(problemsOf(networksText('10.0.0.1'))[0], /the \/length is missing/)
    t.match(problemsOf(networksText('2001:db8::1/32'))[0], /allowed: 2001:db8::\/32/)
    t.match(problemsOf(networksText('fe80::%eth0/64'))[0], /allowed: a network such as/)
    t.end()
  },
)

t.test('groups: what each may and may not say', (t) => {
  t.strictSame(problemsOf('groups: {year-7: {profile: ks3, categories: {bypass.vpn: block}}}'), [])
  t.strictSame(problemsOf('groups: {staff: {categories: {bypass.vpn: allow}}}'), [], 'staff may')
  t.strictSame(problemsOf('groups:\n  ks1:\n'), [], 'an empty group is its profile')
  t.match(problemsOf('groups: {year-7: {}}')[0], /a group needs a profile/)
  t.match(problemsOf('groups: {ks1: {profile: staff}}')[0], /group ks1 always has its own profile/)
  t.match(problemsOf('groups: {ks1: {categories: {bypass.doh: monitor}}}')[0], /allowed: block/)
  t.match(problemsOf('groups: {staff: {categories: {illegal.other: monitor}}}')[0], /locked by law/)
  t.match(problemsOf('groups: {staff: {categories: {protected.help: block}}}')[0], /always allowed/)
  t.match(problemsOf('groups: {ks1: {safe-search: yes}}')[0], /found "yes"; allowed: true, false/)
  t.strictSame(problemsOf(groupsText(FILE_LIMITS.groups - 7)), [])
  t.match(problemsOf(groupsText(FILE_LIMITS.groups - 6))[0], /at most 57 own groups/)
  t.end()
})

t.test('lists: one place to come from, and what only downloads have', (t) => {
  const from = (rest: string): string =>
    `lists: [{id: a, format: domains, category: adult.porn, ${rest}}]`
  const url = 'url: "https://example.org/l"'
  t.strictSame(problemsOf(from(`${url}, every: 7d, mirrors: ["https://example.org/m"]`)), [])
  for (const [rest, told] of [
    ['title: x', /lists\[0\]\.path: found nothing; allowed: path or url/],
    [`path: x, ${url}`, /not both of them/],
    ['path: x, every: 24h', /lists\[0\]\.every: .*only a list with url has it/],
    ['path: x, mirrors: []', /only a list with url has it/],
    ['url: "http://example.org/l"', /downloaded over https only/],
    ['url: "https://a:b@example.org/l"', /without a user name or password/],
    ['url: "https://example.org/l#x"', /without the part after #/],
    ['url: x', /allowed: an https address/],
    [`${url}, mirrors: ["ftp://example.org/"]`, /mirrors\[0\]: .*https only/],
    [`${url}, every: 5m`, /a time such as 90m, 24h or 7d, from 1h to 30d/],
    [`${url}, every: 31d`, /from 1h to 30d/],
    [`${url}, every: 24`, /from 1h to 30d/],
    [`${url}, signature: {key: x}`, /signature\.key: found "x"; allowed: a minisign public key/],
    [`${url}, signature: {key: x, url: "http://x"}`, /https only|minisign/],
  ] as const)
    t.match(problemsOf(from(rest))[0], told, rest)
  t.match(problemsOf('lists: [{id: a, path: x, format: ut1, member: m}]')[0], /takes its folders/)
  for (const [rest, told] of [
    ['private-hosts: ["a b"]', /private-hosts\[0\]: .*a host name or an address/],
    ['private-hosts: ["lists.example.org:443"]', /without a port/],
    ['ca: ""', /a file of certificates/],
    ['private-host: []', /unknown key, did you mean private-hosts\?/],
  ] as const)
    t.match(problemsOf(`downloads: {${rest}}`)[0], told, rest)
  t.strictSame(problemsOf('downloads: {private-hosts: [10.0.0.1, "fd00::1", lists.test]}'), [])
  t.end()
})

t.test('lists: the format decides what else must be said', (t) => {
  t.strictSame(problemsOf(listText('format: domains, category: adult.porn')), [])
  t.strictSame(problemsOf(listText('format: ut1, categories: {adult: adult.porn, press: off}')), [])
  t.match(problemsOf(listText('format: domains'))[0], /format domains needs one/)
  t.match(problemsOf(listText('format: ut1, category: adult.porn'))[0], /the folders have them/)
  t.match(
    problemsOf(listText('format: hosts, category: adult.porn, categories: {}'))[0],
    /only format ut1/,
  )
  t.match(
    problemsOf(listText('format: hosts, category: illegal.csam'))[0],
    /not for a school's lists/,
  )
  t.match(
    problemsOf(listText('format: hosts, category: core.infra'))[0],
    /not for a school's lists/,
  )
  t.match(problemsOf(listText('format: host, category: adult.porn'))[0], /did you mean hosts\?/)
  const two = 'lists: [{id: a, path: x, format: ut1}, {id: a, path: y, format: ut1}]'
  t.match(problemsOf(two)[0], /each id once \(lists\[0\] has the same\)/)
  for (const id of ['canaries', 'bypass-canaries'])
    t.match(
      problemsOf(`lists: [{id: ${id}, path: x, format: ut1}]`)[0],
      new RegExp(`found "${id}"; allowed: an id of your own`),
    )
  t.end()
})

t.test('a key that no block can have is told, and those that every object has are keys', (t) => {
  const ut1 = (folder: string): string => listText(`format: ut1, categories: {${folder}: off}`)
  t.strictSame(problemsOf(ut1('constructor')), [])
  t.match(problemsOf(ut1('__proto__')), [/__proto__.*allowed: another name than __proto__/])
  t.match(problemsOf('groups: {__proto__: {profile: ks1}}'), [/another name than __proto__/])
  t.end()
})

t.test('block: known categories and groups, and an address where one is needed', (t) => {
  const allowed = 'allowed: nxdomain, nodata, null-address, refused, address'
  t.strictSame(problemsOf('block: {answer: address, address: {v4: 192.0.2.1}}'), [])
  for (const place of [
    'categories: {illegal.csam: refused}',
    'groups: {ks1: {categories: {illegal.ip: nodata}}}',
  ])
    t.match(problemsOf(`block: {${place}}`)[0], /an answer of its own would tell what illegal/)
  t.match(problemsOf('block: {answer: drop}')[0], new RegExp(allowed))
  t.match(problemsOf('block: {answer: address}')[0], /block\.address says where to/)
  t.match(problemsOf('block: {categories: {adult.porn: address}}')[0], /block\.address says where/)
  t.match(
    problemsOf('block: {groups: {ks1: {categories: {adult.porn: address}}}}')[0],
    /block\.groups\.ks1\.categories\["adult\.porn"\].*says where/,
  )
  t.match(problemsOf('block: {categories: {adult.pron: nodata}}')[0], /did you mean adult\.porn\?/)
  t.match(
    problemsOf('block: {categories: {core.infra: nodata}}')[0],
    /core\.infra is never blocked/,
  )
  t.match(problemsOf('block: {groups: {ks11: {answer: nodata}}}')[0], /did you mean ks1\?/)
  t.match(problemsOf('block: {groups: {ks1: {address: {}}}}')[0], /unknown key/)
  t.match(problemsOf('block: {address: {v4: "::1"}}')[0], /an IPv4 address/)
  t.match(problemsOf('block: {address: {v6: 192.0.2.1}}')[0], /an IPv6 address/)
  t.end()
})

t.test('deny-addresses and rebinding: networks with reasons, known groups, names', (t) => {
  t.strictSame(problemsOf('deny-addresses: [{cidr: 192.0.2.0/24, reason: x, groups: [ks1]}]'), [])
  t.match(problemsOf('deny-addresses: [{cidr: 192.0.2.1, reason: x}]')[0], /\/length is missing/)
  t.match(problemsOf('deny-addresses: [{cidr: 192.0.2.0/24}]')[0], /a reason: one line/)
  t.match(
    problemsOf('deny-addresses: [{cidr: 192.0.2.0/24, reason: x, groups: [ks11]}]')[0],
    /did you mean ks1\?/,
  )
  t.match(problemsOf('rebinding: {allow-zones: ["."]}')[0], /every name there is/)
  t.match(problemsOf('rebinding: {enabled: no}')[0], /true, false/)
  t.match(problemsOf('groups: {ks1: {ech: strop}}')[0], /did you mean strip\?/)
  t.end()
})

t.test('allow and deny: a name, a reason, known groups', (t) => {
  t.strictSame(problemsOf(denyText('name: Example.ORG., reason: x, author: y, groups: [ks1]')), [])
  t.match(problemsOf(denyText('name: ., reason: x'))[0], /every name there is/)
  t.match(problemsOf(denyText('name: "a..b", reason: x'))[0], /empty label/)
  t.match(problemsOf(denyText('name: example.org, reason: ""'))[0], /a reason: one line/)
  t.match(problemsOf(denyText('name: example.org, reason: 7'))[0], /put it in quotes/)
  t.match(
    problemsOf(denyText('name: example.org, reason: x, groups: [kss1]'))[0],
    /did you mean ks1\?/,
  )
  t.end()
})

t.test('collector: https, or http on this machine, and nothing but an origin', (t) => {
  for (const good of ['https://collector.example.org', 'http://[::1]:8080', 'http://localhost:1'])
    t.strictSame(problemsOf(urlText(good)), [], good)
  t.match(problemsOf(urlText('http://collector.example.org'))[0], /anyone on the way/)
  t.match(problemsOf(urlText('https://a:b@example.org'))[0], /no user or password/)
  t.match(problemsOf(urlText('https://example.org/x'))[0], /write https:\/\/example\.org/)
  t.match(problemsOf(urlText('ftp://example.org'))[0], /an https:\/\/ address/)
  t.end()
})

t.test('upstreams: this agent itself is refused in every spelling', (t) => {
  for (const [listen, upstream] of [
    ['0.0.0.0', '127.0.0.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['::', '::1'],
    ['2001:db8::1', '2001:DB8:0::1'],
  ] as const)
    t.match(
      problemsOf(loopText(listen, upstream))[0],
      /listens there itself/,
      `${listen} ${upstream}`,
    )
  t.strictSame(problemsOf(loopText('192.0.2.1', '192.0.2.2')), [])
  t.strictSame(problemsOf('upstreams: []'), [], 'none at all is allowed')
  t.end()
})

t.test('upstreams and zones: what does not fit together is refused with its value', (t) => {
  const one = (keys: string): string => `upstreams: [{address: 192.0.2.1, ${keys}}]`
  const zone = (keys: string): string => `zones: [{${keys}}]`
  const own = 'upstreams: [{address: 192.0.2.1}]'
  for (const [text, said] of [
    [one('transport: tls'), /found "tls"; allowed: udp, tcp, dot, doh/],
    [one('transport: dot'), /allowed: name: the name in the certificate.*only used with a name/],
    [one('transport: doh, name: 192.0.2.1'), /found "192.0.2.1"; .*an address is no name/],
    [one('transport: doh, name: a.test, path: dns'), /found "dns"; allowed: a path such as/],
    [
      one('transport: dot, name: a.test, path: /q'),
      /found "\/q"; allowed: only with transport: doh/,
    ],
    [one('name: a.test'), /found "a.test"; allowed: only with transport: dot or doh/],
    [one('ca: x.pem'), /found "x.pem"; allowed: only with transport: dot or doh/],
    ['upstreams: [{address: dns.example.org}]', /allowed: an IPv4 or IPv6 address/],
    ['strategy: fast', /found "fast"; allowed: in-order, fastest, spread/],
    [zone(`zone: localhost, ${own}`), /found "localhost"; .*answered here/],
    [zone(`zone: ., ${own}`), /found "."; allowed: a domain name/],
    [zone('zone: a.test, upstreams: []'), /allowed: a list of at least one upstream/],
    [`zones: [{zone: a.test, ${own}}, {zone: A.test, ${own}}]`, /each zone once/],
    [zone('zone: a.test, upstreams: [{address: 127.0.0.1, port: 5300}]'), /listens there itself/],
    ['limits: {upstream-tries: 4}', /found "4"; allowed: a whole number from 1 to 3/],
  ] as const)
    t.match(problemsOf(text).join(' '), said, text)
  const good = 'transport: doh, name: dns.example.org, path: /q, ca: x.pem, validates: true'
  t.strictSame(problemsOf(`${one(good)}\nstrategy: spread\n${zone(`zone: a.test, ${own}`)}`), [])
  t.end()
})

t.test('listen: the same place twice is refused, port 0 never is', (t) => {
  const one = '{address: 127.0.0.1, port: 5300}'
  t.match(problemsOf(`listen: {dns: [${one}, ${one}]}`)[0], /each listener once/)
  const any = '{address: 127.0.0.1, port: 0}'
  t.strictSame(problemsOf(`listen: {dns: [${any}, ${any}]}`), [])
  t.end()
})

t.test('encrypted DNS: what cannot be is told, with what stood there', (t) => {
  const listen = (text: string): readonly string[] =>
    problemsOf(`listen: {${text}}`).map((line) => line.replace(/^edge\.yaml:1:\d+: /, ''))
  const host =
    'a host name of letters, digits and hyphens such as dns.school.example, at most 100 characters'
  t.strictSame(listen('dot: [{address: 192.0.2.1}], doh: [{address: 192.0.2.1}]'), [])
  t.strictSame(listen('tls: {certificate: a.crt, key: a.key, name: DNS.school.example}'), [])
  for (const name of [
    'localhost',
    'a_b.example',
    '-a.example',
    'a..example',
    `${'a.'.repeat(50)}example`,
  ])
    t.match(listen(`tls: {name: "${name}"}`)[0], `listen.tls.name: found "${name.slice(0, 60)}`)
  t.strictSame(listen('tls: {name: "192.0.2.1/x"}'), [
    `listen.tls.name: found "192.0.2.1/x"; allowed: ${host}`,
  ])
  t.strictSame(listen('tls: {certificate: a.crt}'), [
    'listen.tls.key: found nothing; allowed: a file (certificate needs its key; without both the box makes its own)',
  ])
  t.strictSame(listen('tls: {key: a.key}'), [
    'listen.tls.certificate: found nothing; allowed: a file (key needs its certificate; without both the box makes its own)',
  ])
  t.strictSame(listen('dot: [{address: dns.example, port: 70000}]'), [
    'listen.dot[0].address: found "dns.example"; allowed: an IPv4 or IPv6 address (a name cannot stand here)',
    'listen.dot[0].port: found "70000"; allowed: a whole number from 0 to 65535',
  ])
  t.strictSame(listen('dot: [{address: 192.0.2.1, port: 443}], doh: [{address: 192.0.2.1}]'), [
    'listen.doh[0]: found a block of keys; allowed: each listener once (listen.dot[0] is the same)',
  ])
  t.end()
})
