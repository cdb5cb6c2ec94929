import t from 'tap'
import { readResolvConf } from '#agent/policy/resolv-conf.ts'

t.test('name servers are read in their order, once each, and all else is passed over', (t) => {
  const text = `# made by hand
search example.org
nameserver 192.0.2.1
 nameserver\t2001:db8::53   # second
nameserver 192.0.2.1
nameserver fe80::1%eth0
nameserver not-an-address
options edns0
nameserver 192.0.2.2`
  t.strictSame(readResolvConf(text), [
    { address: '192.0.2.1', port: 53 },
    { address: '2001:db8::53', port: 53 },
    { address: 'fe80::1%eth0', port: 53 },
    { address: '192.0.2.2', port: 53 },
  ])
  t.strictSame(readResolvConf(''), [])
  t.end()
})
