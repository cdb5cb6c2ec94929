import { isIP } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import {
  contains,
  formatAddress,
  isLocalAddress,
  networkOf,
  parseAddress,
  parseCidr,
} from '#domain/ip-address.ts'

t.test('addresses are read as Node reads them, and written as RFC 5952 says', (t) => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef:./%g') }),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const withoutZone = text.split('%')[0] ?? ''
      const isKnown = isIP(withoutZone) !== 0
      const bytes = parseAddress(text)
      if ((bytes !== undefined) !== isKnown) return false
      return (
        !bytes ||
        formatAddress(parseAddress(formatAddress(bytes)) ?? bytes) === formatAddress(bytes)
      )
    }),
    { numRuns: 5_000 },
  )
  const written = (text: string): string => formatAddress(parseAddress(text) ?? new Uint8Array())
  t.equal(written('2001:0db8:0:0:1:0:0:1'), '2001:db8::1:0:0:1')
  t.equal(written('::'), '::')
  t.equal(written('::1'), '::1')
  t.equal(written('2001:db8::'), '2001:db8::')
  t.equal(written('::ffff:192.0.2.1'), '192.0.2.1', 'a mapped address is the IPv4 client')
  t.equal(written('fe80::1%eth0'), 'fe80::1')
  t.end()
})

t.test('networks contain what they should', (t) => {
  const within = (cidr: string, address: string): boolean => {
    const network = parseCidr(cidr)
    const bytes = parseAddress(address)
    return Boolean(network && bytes && contains(network, bytes))
  }
  t.ok(within('192.0.2.0/25', '192.0.2.127'))
  t.notOk(within('192.0.2.0/25', '192.0.2.128'))
  t.ok(within('0.0.0.0/0', '198.51.100.1'))
  t.notOk(within('0.0.0.0/0', '2001:db8::1'))
  t.ok(within('2001:db8::/33', '2001:db8:7fff::1'))
  t.notOk(within('2001:db8::/33', '2001:db8:8000::1'))
  t.equal(parseCidr('192.0.2.0/33'), undefined)
  const network = networkOf({ bytes: Uint8Array.of(192, 0, 2, 77), prefixLength: 26 })
  t.equal(formatAddress(network.bytes), '192.0.2.64')
  t.end()
})

t.test('only addresses that can be on site are local', (t) => {
  const local = (text: string): boolean => isLocalAddress(parseAddress(text) ?? new Uint8Array())
  for (const text of [
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
  ])
    t.ok(local(text), text)
  for (const text of ['192.0.2.1', '172.32.0.1', '2001:db8::1', '11.0.0.1', 'fec0::1'])
    t.notOk(local(text), text)
  t.end()
})
