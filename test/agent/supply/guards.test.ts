/** What a list that was downloaded must not do, whatever it says: make what a school needs unreachable. */
import t, { type Test } from 'tap'
import {
  makeAuthority,
  namesText,
  sends,
  startListServer,
  startNames,
} from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeBox, makeList, type Wish } from './supply-support.ts'

const authority = makeAuthority(shortFolder(t))
const certificate = authority.certify('lists.test')
const GOOD = namesText(20)

interface Case {
  readonly what: string
  readonly format: 'rpz' | 'adblock' | 'domains'
  readonly rules: readonly string[]
  /** Why it is refused; undefined: it is not. */
  readonly told?: RegExp
  readonly wish?: Wish
}

async function vets(t: Test, cases: readonly Case[]): Promise<void> {
  const server = await startListServer(t, authority, certificate)
  const namesPort = await startNames(t)
  const { caFile } = authority
  for (const { what, format, rules, told, wish } of cases) {
    const box = makeBox(shortFolder(t), { namesPort, caFile })
    const padding = format === 'domains' ? GOOD : ''
    server.serve = sends(`${rules.join('\n')}\n${padding}`)
    const list = makeList({ urls: [server.url('/l')], format, ...wish })
    const { result, record } = await box.take(list)
    t.equal(result, told ? 'refused' : 'updated', `${what}: ${record.fault?.detail}`)
    if (told) t.match(record.fault?.detail, told, what)
  }
}

/** `CNAME .` for so many networks of a length, one after another from an address on. */
function networks(count: number, from: number, length: number, kind = 'ip'): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const address = from + i * 2 ** (32 - length)
    const bytes = [0, 8, 16, 24].map((shift) => Math.floor(address / 2 ** shift) % 256)
    return `${length}.${bytes.join('.')}.rpz-${kind} CNAME .`
  })
}
const at = (a: number, b = 0): number => a * 2 ** 24 + b * 2 ** 16
const named = Array.from({ length: 5 }, (_, i) => `name${i}.listed.test CNAME .`)

t.test('rules on networks', (t) => {
  const wide = ['16.0.0.0.192.rpz-ip CNAME .', '16.0.0.101.151.rpz-ip CNAME .']
  return vets(t, [
    { what: 'wide ones alone', format: 'rpz', rules: wide, told: /all of its 2 lines are refused/ },
    { what: 'wide ones among others: as lines', format: 'rpz', rules: [...named, ...wide] },
    {
      what: 'many at the limit',
      format: 'rpz',
      rules: networks(1_025, at(20), 20),
      told: /more than 1\/1024 of all IPv4 addresses, which a school must reach/,
    },
    { what: 'as many as may be', format: 'rpz', rules: networks(1_024, at(20), 20) },
    {
      what: 'a few, by a list that is trusted',
      format: 'rpz',
      rules: ['8.0.0.0.20.rpz-ip CNAME .'],
      wish: { trusted: true },
      told: /of all IPv4 addresses/,
    },
    {
      what: 'all of it through NAT64',
      format: 'rpz',
      rules: ['96.zz.ff9b.64.rpz-ip CNAME .'],
      wish: { trusted: true },
      told: /of all IPv4 addresses/,
    },
    {
      what: 'IPv6',
      format: 'rpz',
      rules: Array.from(
        { length: 513 },
        (_, i) => `32.zz.${(i + 1).toString(16)}.2a0f.rpz-ip CNAME .`,
      ),
      told: /of all IPv6 addresses/,
    },
    {
      what: 'a delivery network in pieces',
      format: 'rpz',
      rules: networks(8, at(151, 101), 20),
      told: /more than 1\/64 of the addresses of Fastly/,
    },
    { what: 'a few addresses of one', format: 'rpz', rules: networks(30, at(151, 101), 32) },
    {
      what: 'a public resolver',
      format: 'rpz',
      rules: ['24.0.8.8.8.rpz-ip CNAME .'],
      told: /blocks 8\.8\.8\.8, which/,
    },
  ])
})

t.test('rules on devices: none but of a trusted list, and no whole networks in a download', (t) => {
  const trusted = { trusted: true }
  const told = /blocks whole networks of devices/
  return vets(t, [
    {
      what: 'untrusted',
      format: 'rpz',
      rules: networks(1, at(10), 32, 'client-ip'),
      told: /no usable rule/,
    },
    { what: 'one', format: 'rpz', rules: networks(1, at(10), 32, 'client-ip'), wish: trusted },
    { what: 'a room', format: 'rpz', rules: networks(1, at(10), 24, 'client-ip'), wish: trusted },
    {
      what: 'two',
      format: 'rpz',
      rules: networks(2, at(10), 24, 'client-ip'),
      wish: trusted,
      told,
    },
    {
      what: 'a private network',
      format: 'rpz',
      rules: ['12.0.0.16.172.rpz-client-ip CNAME .'],
      wish: trusted,
      told,
    },
    {
      what: 'IPv6',
      format: 'rpz',
      rules: ['48.zz.1.fd00.rpz-client-ip CNAME .'],
      wish: trusted,
      told,
    },
  ])
})

t.test('domains of delivery networks, by whatever rule; single customers may be named', (t) => {
  const told = (zone: string): RegExp => new RegExp(`blocks ${zone.replaceAll('.', '\\.')}[ ,]`)
  const all: Case[] = ['fastly.net', 'akamaiedge.net', 'cloudfront.net', 'edgekey.net'].map(
    (zone) => ({ what: zone, format: 'domains', rules: [zone], told: told(zone) }),
  )
  return vets(t, [
    ...all,
    { what: 'above', format: 'domains', rules: ['azure.com'], told: told('cloudapp.azure.com') },
    {
      what: 'below only',
      format: 'rpz',
      rules: ['*.trafficmanager.net CNAME .'],
      told: told('trafficmanager.net'),
    },
    {
      what: 'a pattern',
      format: 'adblock',
      rules: ['||*.azureedge.net^'],
      told: told('azureedge.net'),
    },
    {
      what: 'with customers left out',
      format: 'adblock',
      rules: ['||cloudfront.net^$denyallow=d111.cloudfront.net|d222.cloudfront.net'],
      told: told('cloudfront.net'),
    },
    {
      what: 'a part where customers are',
      format: 'domains',
      rules: ['map.fastly.net'],
      told: told('fastly.net'),
    },
    {
      what: 'customers',
      format: 'domains',
      rules: ['d123.cloudfront.net', 'ads.map.fastly.net', 'e77.dscb.akamaiedge.net'],
    },
  ])
})

t.test('a guard name is guarded whatever is asked of it', (t) =>
  vets(
    t,
    [
      ['all but addresses', '~A|~AAAA'],
      ['mail', 'MX'],
      ['HTTPS', 'HTTPS'],
      ['a type without a name', 'TYPE65280'],
      ['all but that too', '~A|~AAAA|~TYPE65280'],
    ].map(([what = '', types]) => ({
      what,
      format: 'adblock',
      rules: ['||a.test^', `||www.bbc.co.uk^$dnstype=${types}`],
      told: /blocks www\.bbc\.co\.uk, which/,
    })),
  ),
)

t.test('more types than there are make no list', (t) => {
  const rules = Array.from({ length: 129 }, (_, i) => `||a${i}.test^$dnstype=TYPE${i + 1_000}`)
  return vets(t, [
    { what: 'one too many', format: 'adblock', rules, told: /more than 128 record types/ },
    { what: 'as many as may be', format: 'adblock', rules: rules.slice(1) },
  ])
})
