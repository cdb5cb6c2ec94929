/** Who plays DHCP server or router, and may not. */
import t from 'tap'
import { dhcp, dhcpv6, routerAdvertisement } from '#test/support/packets.ts'
import { watch } from './capture-support.ts'

const CLIENT = '02:00:5e:00:53:01'
const ROGUE = '02:00:5e:00:53:66'

function offer(from: string, serverId = from, type = 2): Buffer {
  const id = Buffer.from(serverId.split('.').map(Number))
  const options = [
    [54, id],
    [6, Buffer.of(198, 51, 100, 66)],
    [3, Buffer.of(192, 0, 2, 66)],
  ] as const
  return dhcp({
    mac: CLIENT,
    type,
    isReply: true,
    from,
    fromMac: ROGUE,
    yiaddr: '192.0.2.90',
    options,
  })
}

t.test('a DHCP server that is not named is told with what it hands out, once a minute', (t) => {
  const { see } = watch()
  t.strictSame(see(0, offer('192.0.2.66')), [
    {
      kind: 'rogue-server-seen',
      part: 'dhcp',
      mac: ROGUE,
      address: '192.0.2.66',
      detail: 'resolvers 198.51.100.66; router 192.0.2.66',
    },
  ])
  t.strictSame(see(59_000, offer('192.0.2.66')), [])
  t.equal(see(60_001, offer('192.0.2.66')).length, 1)
  t.strictSame(
    see(61_000, offer('192.0.2.66', '192.0.2.66', 5)),
    [],
    'and what it gives is not believed',
  )
  t.end()
})

t.test('one that says it is another is told; who is named is not, nor the box itself', (t) => {
  const { see } = watch()
  t.match(see(0, offer('192.0.2.66', '192.0.2.1')), [{ detail: /^says it is 192\.0\.2\.1; / }])
  const byRelay = see(1, offer('192.0.2.1', '192.0.2.67'))
  t.match(byRelay, [{ detail: /^says it is 192\.0\.2\.67; / }], 'an allowed sender, another server')
  t.strictSame(see(1, offer('192.0.2.1')), [])
  t.strictSame(see(2, offer('192.0.2.2')), [])
  t.end()
})

t.test('without servers in the configuration it is not known who may', (t) => {
  const { see } = watch({ dhcpServers: [], routers: [] })
  t.strictSame(see(0, offer('192.0.2.66')), [])
  t.strictSame(see(1, routerAdvertisement(ROGUE, 'fe80::66', '2001:db8:66::53')), [])
  const six = watch({ dhcpServers: ['192.0.2.1'] })
  t.strictSame(
    six.see(0, dhcpv6({ mac: ROGUE, type: 7, from: 'fe80::66' })),
    [],
    'none of this family is named',
  )
  t.end()
})

t.test('the same of DHCP for IPv6', (t) => {
  const { see } = watch()
  t.match(see(0, dhcpv6({ mac: ROGUE, type: 7, from: 'fe80::66', resolver: '2001:db8:66::53' })), [
    { part: 'dhcp', address: 'fe80::66', detail: 'resolvers 2001:db8:66::53' },
  ])
  t.strictSame(see(1, dhcpv6({ mac: ROGUE, type: 7, from: 'fe80::1' })), [])
  t.end()
})

t.test('a router that is not named is told with its prefix and resolvers', (t) => {
  const { see } = watch()
  t.strictSame(see(0, routerAdvertisement(ROGUE, 'fe80::66', '2001:db8:66::53')), [
    {
      kind: 'rogue-server-seen',
      part: 'router',
      mac: ROGUE,
      address: 'fe80::66',
      detail: 'prefix 2001:db8:66::/64; resolvers 2001:db8:66::53; lifetime 1800 s',
    },
  ])
  t.strictSame(
    see(1, routerAdvertisement(ROGUE, 'fe80::1', '2001:db8:66::53')),
    [],
    'named by address',
  )
  t.strictSame(
    see(2, routerAdvertisement(ROGUE, 'fe80::2', '2001:db8:66::53')),
    [],
    'the box itself',
  )
  const byMac = watch({ routers: [ROGUE] })
  t.strictSame(byMac.see(0, routerAdvertisement(ROGUE, 'fe80::66', '2001:db8:66::53')), [])
  const far = routerAdvertisement(ROGUE, 'fe80::67', '2001:db8:66::53')
  far[14 + 7] = 64
  t.strictSame(see(3, far), [], 'one from another link is heeded by nobody')
  t.end()
})

t.test('a flood of servers is told up to the limit', (t) => {
  const { see, reports } = watch()
  for (let i = 0; i < 2000; i++) see(i, offer(`10.9.${i >> 8}.${i & 255}`))
  t.ok(reports.length <= 256, `${reports.length}`)
  t.ok(reports.length >= 200)
  t.end()
})
