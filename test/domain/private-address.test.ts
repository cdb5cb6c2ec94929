import t from 'tap'
import { parseAddress } from '#domain/ip-address.ts'
import { isPrivateAddress, mayBeServer } from '#domain/private-address.ts'
import { addresses } from '#test/support/service-record.ts'

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '64:ff9b::c612:1',
  '64:ff9b::a00:1',
  '64:ff9b:1::1',
  '2002:a00:1::1',
  '::a00:1',
]
const PUBLIC = [
  '192.0.0.170',
  '192.0.1.0',
  '192.0.2.1',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '9.255.255.255',
  '11.0.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '192.167.255.255',
  '2001:db8::1',
  'fb00::1',
  '64:ff9b::c000:201',
  '2002:c000:201::1',
]

t.test('addresses of the site, of this machine and of nothing are private, others are not', (t) => {
  for (const text of PRIVATE) t.ok(isPrivateAddress(addresses(text)), text)
  for (const text of PUBLIC) t.notOk(isPrivateAddress(addresses(text)), text)
  t.end()
})

t.test('a download comes from none of these, nor from what the IETF has assigned', (t) => {
  for (const text of [...PRIVATE, '192.0.0.170', '64:ff9b::c000:aa'])
    t.notOk(mayBeServer(addresses(text)), text)
  for (const text of ['192.0.1.0', '192.0.2.1', '2001:db8::1'])
    t.ok(mayBeServer(addresses(text)), text)
  t.end()
})

t.test('a mapped IPv4 address in sixteen bytes is judged as the IPv4 address', (t) => {
  t.ok(isPrivateAddress(addresses('::ffff:a00:1')))
  t.ok(isPrivateAddress(addresses('::ffff:0:0')))
  t.notOk(isPrivateAddress(addresses('::ffff:c000:201')))
  t.equal(parseAddress('::ffff:10.0.0.1')?.length, 4, 'as text it becomes four bytes before')
  t.end()
})
