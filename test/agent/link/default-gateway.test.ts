import t from 'tap'
import { parseIpv6Routes, parseRoutes } from '#agent/link/default-gateway.ts'

t.test('the IPv4 gateway is read least significant byte first', (t) => {
  const text = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
ppp0	00000000	00000000	0001	0	0	0	00000000	0	0	0
`
  t.same(parseRoutes(text), ['192.0.2.1'])
  t.end()
})

t.test('an IPv6 gateway on the link carries its interface', (t) => {
  const zero = '0'.repeat(32)
  const text = `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000002 00000000 00000003     eth0
${zero} 00 ${zero} 00 20010db8000000000000000000000001 00000400 00000002 00000000 00000003     eth0
20010db8000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0
${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo
`
  t.same(parseIpv6Routes(text), [
    'fe80:0000:0000:0000:0000:0000:0000:0001%eth0',
    '2001:0db8:0000:0000:0000:0000:0000:0001',
  ])
  t.end()
})

t.test('nonsense has no gateway', (t) => {
  for (const text of ['', 'x', '\n\n', 'eth0 00000000 zz 0003 0 0 0 00000000']) {
    t.same(parseRoutes(text), [])
    t.same(parseIpv6Routes(text), [])
  }
  t.end()
})
