import t from 'tap'
import { TRY_NAMES, type TryItFacts, tryItLines } from '#cli/try-it.ts'

const facts: TryItFacts = {
  listeners: [
    { address: '::1', port: 5300 },
    { address: '127.0.0.1', port: 5300 },
  ],
  hasUpstream: true,
  console: {
    url: 'http://127.0.0.1:8080',
    signIn: { command: 'supercloud-edge sign-in-code --state /s' },
  },
  capture: { state: 'off', detail: 'the cap addon is not built' },
  configFile: undefined,
}

t.test(
  'the block says how to see it work, how to get in, what is off and where to change it',
  (t) => {
    t.equal(
      tryItLines(facts).join('\n'),
      `SuperCloud Edge is running. Try it:
  dig @127.0.0.1 -p 5300 www.example.org    is answered
  dig @127.0.0.1 -p 5300 use-application-dns.net    is blocked
  dig @127.0.0.1 -p 5300 www.google.com    becomes its safe search
console: http://127.0.0.1:8080    for a code: supercloud-edge sign-in-code --state /s
off: packet capture (the cap addon is not built)
off: port 53 (listening on 5300; set listen to change it)
configuration: built-in defaults; copy docs/edge.example.yaml to edge.yaml to change them`,
    )
    t.end()
  },
)

t.test('what is on is not called off, and what is missing is', (t) => {
  const text = tryItLines({
    ...facts,
    listeners: [{ address: '0.0.0.0', port: 53 }],
    hasUpstream: false,
    console: { url: 'http://127.0.0.1:8080', signIn: { code: 'ABCD-EFGH' } },
    configFile: '/etc/a\u001b.yaml',
  }).join('\n')
  t.match(text, /dig @127\.0\.0\.1 localhost {4}is answered/, 'something that needs no upstream')
  t.match(text, /one-time code ABCD-EFGH/)
  t.notMatch(text, /off: port 53/)
  t.match(text, /off: forwarding \(no upstream/)
  t.match(text, /configuration: \/etc\/a\\x1b\.yaml/)
  t.end()
})

t.test('the names to try differ', (t) => {
  const names = Object.values(TRY_NAMES)
  t.equal(new Set(names).size, names.length)
  t.end()
})
