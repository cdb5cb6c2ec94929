/** How much networks cover, and what an IPv6 network says of IPv4 addresses. */
import t from 'tap'
import { formatAddress } from '#domain/ip-address.ts'
import {
  type AddressPrefix,
  carriedNetwork,
  readPrefix,
  whyNotNetwork,
} from '#rules/address-prefix.ts'
import { distinctPrefixes, shareOf } from '#rules/prefix-share.ts'

function read(text: string): AddressPrefix {
  const prefix = readPrefix(text)
  if (!prefix) throw new Error(text)
  return prefix
}
const say = ({ bytes, prefixLength }: AddressPrefix): string =>
  `${formatAddress(bytes)}/${prefixLength}`

t.test('networks are read from text', (t) => {
  for (const text of ['192.0.2.0/24', '0.0.0.0/0', '2001:db8::/32', '::/0'])
    t.equal(say(read(text)), text)
  t.equal(say(read('192.0.2.1')), '192.0.2.1/32', 'an address is a network of itself')
  for (const text of ['192.0.2.1/24', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/2/4', '/8', 'a/8'])
    t.equal(readPrefix(text), undefined, text)
  t.end()
})

t.test('what stands within another network counts once, whatever the order', (t) => {
  const texts = ['192.0.2.0/25', '192.0.2.0/24', '192.0.2.7/32', '192.0.2.0/24', '192.0.3.0/24']
  const distinct = distinctPrefixes([...texts, '2001:db8::/32', '2001:db8:1::/48'].map(read))
  t.strictSame(distinct.map(say).toSorted(), ['192.0.2.0/24', '192.0.3.0/24', '2001:db8::/32'])
  t.equal(shareOf(read('192.0.0.0/16'), distinct), 2 / 256)
  t.equal(shareOf(read('192.0.2.0/30'), distinct), 1, 'all of a part')
  t.equal(shareOf(read('198.51.100.0/24'), distinct), 0)
  t.equal(shareOf(read('2001:d00::/24'), distinct), 1 / 256)
  t.end()
})

t.test('an IPv6 network that carries IPv4 addresses counts as these', (t) => {
  for (const [text, expected] of [
    ['64:ff9b::c000:0/112', '192.0.0.0/16'],
    ['64:ff9b::/96', '0.0.0.0/0'],
    ['64:ff9b::/32', '0.0.0.0/0'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
  ] as const)
    t.equal(say(carriedNetwork(read(text))), expected, text)
  t.end()
})

t.test('how wide a network a list that nobody vouches for may name', (t) => {
  for (const text of ['198.51.96.0/20', '2a02::/32', '64:ff9b::c633:6000/116'])
    t.equal(whyNotNetwork(read(text)), undefined, text)
  for (const text of ['192.0.0.0/16', '151.101.0.0/16', '198.51.96.0/19', '64:ff9b::/96'])
    t.match(whyNotNetwork(read(text)), /wider than \/20/, text)
  t.match(whyNotNetwork(read('2a02::/31')), /wider than \/32/)
  t.match(whyNotNetwork(read('64:ff9b::a00:0/120')), /private/)
  t.end()
})
