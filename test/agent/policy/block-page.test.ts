import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { describeProblem } from '#agent/policy/problem.ts'

function problemsOf(text: string): readonly string[] {
  const outcome = parseConfig(text, 'edge.yaml')
  if (!isRefused(outcome)) return []
  return outcome.problems.map((problem) => describeProblem('edge.yaml', problem))
}

function ready(text: string) {
  const config = parseConfig(text, 'edge.yaml')
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  const file = { path: '/etc/school/edge.yaml', text }
  return normalise(config, { file, resolvConf: 'nameserver 192.0.2.53', localAddresses: [] })
}

t.test('every fault of the page is told with its line', (t) => {
  const text = `block:
  page:
    listen: [{ address: 192.0.2.80, port: 80 }, { address: box.example.org, port: 70000 }]
    tls:
      listen: [{ address: 192.0.2.80, port: 443 }]
      certificate: ""
    school: "two
      \\nlines"
    requests: yes
    language: cy
    colour: red
`
  t.strictSame(problemsOf(text), [
    'edge.yaml:3:60: block.page.listen[1].address: found "box.example.org"; allowed: an IPv4 or IPv6 address (a name cannot stand here)',
    'edge.yaml:3:83: block.page.listen[1].port: found "70000"; allowed: a whole number from 0 to 65535',
    'edge.yaml:4:5: block.page.tls.key: found nothing; allowed: a file: one line of at most 300 characters',
    'edge.yaml:6:20: block.page.tls.certificate: found ""; allowed: a file: one line of at most 300 characters',
    'edge.yaml:7:13: block.page.school: found "two \\nlines"; allowed: the school\'s name: one line of at most 100 characters',
    'edge.yaml:9:15: block.page.requests: found "yes"; allowed: true, false',
    'edge.yaml:10:15: block.page.language: found "cy"; allowed: en',
    'edge.yaml:11:5: block.page.colour: found "colour"; allowed: listen, tls, school, contact, requests, language (unknown key)',
  ])
  t.match(problemsOf('block: {page: {school: x}}'), [/block\.page\.listen: found nothing/])
  const twice = `block:
  page:
    listen: [{ address: 192.0.2.80, port: 80 }]
    tls: { listen: [{ address: 192.0.2.80, port: 80 }], certificate: a, key: b }
`
  t.match(problemsOf(twice), [
    /:4:21: block\.page\.tls\.listen\[0\].*http and https need a port each/,
  ])
  t.end()
})

t.test('files are relative to the configuration; what is left out has its default', (t) => {
  const { block } = ready(
    'block: {page: {listen: [{address: "::", port: 80}], tls: {listen: [], certificate: a.crt, key: /k}}}',
  )
  t.strictSame(block.page, {
    listen: [{ address: '::', port: 80 }],
    tls: { listen: [], certificate: '/etc/school/a.crt', key: '/k' },
    school: '',
    contact: '',
    requests: true,
    language: 'en',
  })
  t.equal(ready('').block.page, undefined, 'off by default')
  t.end()
})

t.test('what does not fit together is noted', (t) => {
  const notes = (block: string): readonly string[] =>
    ready(`block: ${block}`).notes.filter((note) => note.startsWith('block.'))
  const page = 'page: {listen: [{address: 192.0.2.80, port: 80}], contact: me}'
  const led = 'address: {v4: 192.0.2.80}'
  t.strictSame(notes(`{answer: address, ${led}, ${page}}`), [])
  t.match(notes(`{answer: address, ${led}}`), [/no block\.page is served by this box/])
  t.match(notes(`{${page}}`), [/no block\.address leads to it/])
  t.match(notes(`{${led}, ${page}}`), [/nobody sees it/])
  t.strictSame(notes(`{${led}, ${page}, groups: {ks3: {categories: {media.games: address}}}}`), [])
  t.match(notes(`{answer: address, address: {v4: 192.0.2.81}, ${page}}`), [
    /192\.0\.2\.81 is not among/,
  ])
  const every = 'page: {listen: [{address: 0.0.0.0, port: 80}], contact: me}'
  t.strictSame(notes(`{answer: address, ${led}, ${every}}`), [])
  t.match(notes(`{answer: address, address: {v6: "2001:db8::80"}, ${every}}`), [/is not among/])
  t.match(notes(`{answer: address, ${led}, page: {listen: [{address: 192.0.2.80, port: 80}]}}`), [
    /contact is empty/,
  ])
  t.end()
})
