/** What is told of devices, by packets as raw bytes. */
import t from 'tap'
import { DEVICE_LIMITS } from '#capture/watch/device-table.ts'
import {
  advertisement,
  arp,
  DEVICE_MAC,
  dhcp,
  dhcpv6,
  ethernet,
  hex,
  mdnsAnswer,
  solicitation,
} from '#test/support/packets.ts'
import { watch } from './capture-support.ts'

const MAC = DEVICE_MAC
const seen = (more: object): object => ({ kind: 'device-seen', mac: MAC, ...more })

t.test('ARP tells who has an address; who has none yet has none', (t) => {
  const { see } = watch()
  t.strictSame(see(0, arp(MAC, '192.0.2.30')), [seen({ by: 'arp', address: '192.0.2.30' })])
  t.strictSame(see(1, arp(MAC, '0.0.0.0')), [seen({ by: 'arp' })], 'a try whether it is free')
  t.strictSame(see(2, arp('02:00:5e:00:53:fe', '192.0.2.2')), [], 'the box itself')
  t.strictSame(see(3, arp('01:00:5e:00:00:01', '192.0.2.31')), [], 'a group is no device')
  t.strictSame(
    see(4, arp(MAC, '192.0.2.32', { fromMac: '02:00:5e:00:53:09' })),
    [],
    'speaks for another',
  )
  t.end()
})

t.test('tagged frames are read, with one tag and with two, and no more', (t) => {
  const { see, tally } = watch()
  for (const [i, tags] of [[10], [10, 20]].entries())
    t.match(see(i, arp(MAC, `192.0.2.4${i}`, { tags })), [seen({ address: `192.0.2.4${i}` })])
  t.strictSame(see(3, arp(MAC, '192.0.2.43', { tags: [10, 20, 30] })), [])
  t.equal(tally().malformed, 1)
  t.end()
})

t.test('Linux cooked captures are read, of both kinds, and raw ones', (t) => {
  const { packet, reports, tally } = watch()
  const body = arp(MAC, '192.0.2.50').subarray(14)
  const cooked = Buffer.concat([hex('0000 0001 0006'), hex(MAC), hex('0000 0806'), body])
  packet(cooked, cooked.length, 113, 0)
  const again = arp(MAC, '192.0.2.51').subarray(14)
  const cooked2 = Buffer.concat([
    hex('0806 0000 00000002 0001 00 06'),
    hex(MAC),
    hex('0000'),
    again,
  ])
  packet(cooked2, cooked2.length, 276, 1)
  t.match(reports, [{ address: '192.0.2.50' }, { address: '192.0.2.51' }])
  const raw = dhcp({ mac: MAC, type: 3, options: [[12, Buffer.from('lab-07')]] }).subarray(14)
  packet(raw, raw.length, 101, 2)
  t.match(reports[2], { by: 'dhcp', hostname: 'lab-07' })
  packet(raw, raw.length, 147, 3)
  t.equal(reports.length, 3, 'another link is none of our business')
  t.strictSame(tally(), { packets: 4, malformed: 0, turnedAway: 0 })
  t.end()
})

t.test('neighbour discovery tells of IPv6; from another link it is not believed', (t) => {
  const { see } = watch()
  const link = 'fe80::5eff:fe00:5301'
  t.strictSame(see(0, solicitation(MAC, link)), [seen({ by: 'nd', address: link })])
  t.strictSame(see(1, advertisement(MAC, '2001:db8::30')), [
    seen({ by: 'nd', address: '2001:db8::30' }),
  ])
  t.strictSame(see(2, solicitation(MAC, '::')), [seen({ by: 'nd' })])
  const far = advertisement(MAC, '2001:db8::31')
  far[14 + 7] = 254
  t.strictSame(see(3, far), [])
  t.end()
})

t.test(
  'DHCP tells name, fingerprint and class, also where options stand in the field for a file',
  (t) => {
    const { see } = watch()
    const options = [
      [55, Buffer.of(1, 3, 6, 15)],
      [60, Buffer.from('MSFT 5.0')],
    ] as const
    t.strictSame(
      see(0, dhcp({ mac: MAC, type: 1, options: [[12, Buffer.from('lab-07')], ...options] })),
      [seen({ by: 'dhcp', hostname: 'lab-07', fingerprint: '1,3,6,15', vendorClass: 'MSFT 5.0' })],
    )
    t.strictSame(
      see(1, dhcp({ mac: MAC, type: 1, options, inFile: [[12, Buffer.from('in-file')]] })),
      [seen({ by: 'dhcp', hostname: 'in-file', fingerprint: '1,3,6,15', vendorClass: 'MSFT 5.0' })],
    )
    const fqdn = Buffer.concat([Buffer.of(4, 0, 0, 5), Buffer.from('ipad1'), Buffer.of(0)])
    t.match(see(2, dhcp({ mac: MAC, type: 3, ciaddr: '192.0.2.60', options: [[81, fqdn]] })), [
      seen({ hostname: 'ipad1', address: '192.0.2.60' }),
    ])
    const cut = Buffer.concat([Buffer.of(4, 0, 0, 6), Buffer.from('ipad1')])
    const [report] = see(2, dhcp({ mac: MAC, type: 3, options: [[81, cut]] }))
    t.notOk(report && 'hostname' in report, 'a name that is cut is none')
    t.strictSame(
      see(
        3,
        dhcp({
          mac: MAC,
          type: 5,
          isReply: true,
          from: '192.0.2.1',
          yiaddr: '192.0.2.61',
          options: [[54, Buffer.of(192, 0, 2, 1)]],
        }),
      ),
      [seen({ by: 'dhcp', address: '192.0.2.61' })],
    )
    t.end()
  },
)

t.test('DHCP for IPv6 tells name and the address that is renewed', (t) => {
  const { see } = watch()
  const from = 'fe80::5eff:fe00:5301'
  t.strictSame(
    see(0, dhcpv6({ mac: MAC, type: 1, from, hostname: 'tablet', leased: '2001:db8::70' })),
    [seen({ by: 'dhcp', hostname: 'tablet' })],
  )
  t.strictSame(
    see(1, dhcpv6({ mac: MAC, type: 5, from, hostname: 'tablet', leased: '2001:db8::70' })),
    [seen({ by: 'dhcp', address: '2001:db8::70', hostname: 'tablet' })],
  )
  t.end()
})

t.test('mDNS: a device is believed of the address that it sends from, and of no other', (t) => {
  const { see } = watch()
  const from = '192.0.2.80'
  t.strictSame(see(0, mdnsAnswer({ mac: MAC, from, name: 'ipad-12.local' })), [
    seen({ by: 'mdns', address: from, hostname: 'ipad-12' }),
  ])
  t.strictSame(see(1, mdnsAnswer({ mac: MAC, from, name: 'head.local', has: '192.0.2.81' })), [])
  t.strictSame(see(2, mdnsAnswer({ mac: MAC, from, name: 'gone.local', ttl: 0 })), [])
  t.strictSame(see(3, mdnsAnswer({ mac: MAC, from, name: 'a.b.local' })), [])
  t.strictSame(see(4, mdnsAnswer({ mac: MAC, from, name: 'www.example' })), [])
  t.match(see(5, mdnsAnswer({ mac: MAC, from: 'fe80::80', name: 'six.local' })), [
    seen({ address: 'fe80::80', hostname: 'six' }),
  ])
  t.end()
})

t.test('names are hostile: what is invisible is left out, what is long is cut', (t) => {
  const { see } = watch()
  const name = '\u001b[31m<b>\u202e' + 'x'.repeat(200)
  const [report] = see(
    0,
    dhcp({ mac: MAC, type: 3, options: [[12, Buffer.from(name).subarray(0, 255)]] }),
  )
  t.match(report, { hostname: /^\[31m<b>x{1,64}$/ })
  t.ok(report && 'hostname' in report && (report.hostname?.length ?? 0) <= 64)
  const [bad] = see(1, dhcp({ mac: MAC, type: 3, options: [[12, Buffer.of(0xff, 0xfe, 0)]] }))
  t.notOk(bad && 'hostname' in bad)
  t.end()
})

t.test('the same is told once a minute', (t) => {
  const { see } = watch()
  const packet = arp(MAC, '192.0.2.30')
  t.equal(see(0, packet).length, 1)
  t.equal(see(59_000, packet, packet).length, 0)
  t.equal(see(60_000, packet).length, 1)
  t.end()
})

t.test(
  'a device that says something else all the time is told so often a minute and no more',
  (t) => {
    const { see } = watch()
    for (let i = 0; i < 200; i++) see(i, arp(MAC, `192.0.2.${i + 10}`))
    t.equal(see(1000, arp(MAC, '192.0.2.254')).length, 0)
    t.equal(see(70_000, arp(MAC, '192.0.2.254')).length, 1)
    t.end()
  },
)

t.test('a flood of made-up MACs pushes out nobody who was there', (t) => {
  const { see, reports, tally } = watch()
  const macOf = (i: number): string =>
    `02:0${i % 10}:${[16, 8, 0].map((shift) => ((i >> shift) & 255).toString(16).padStart(2, '0')).join(':')}:aa`
  const known = Array.from({ length: 300 }, (_, i) => arp(macOf(i), `192.0.2.${10 + (i % 200)}`))
  see(0, ...known)
  see(DEVICE_LIMITS.knownAfterMs + 1000, ...known)
  t.equal(reports.length, 300)
  const floodAt = 20_000
  for (let i = 0; i < 100_000; i++) see(floodAt + i / 5, arp(macOf(1000 + i), '192.0.2.77'))
  const told = reports.length - 300
  t.ok(
    told <= DEVICE_LIMITS.newAtOnce + 20 * DEVICE_LIMITS.newPerSecond + 1,
    `${told} of 100,000 told`,
  )
  t.ok(tally().turnedAway >= 100_000 - told)
  t.equal(
    see(floodAt + 20_000, ...known).length,
    0,
    'told less than a minute ago, and still remembered',
  )
  t.equal(see(80_000, ...known).length, 300, 'then told anew, as ever')
  t.end()
})

t.test('what is cut anywhere is never read beyond its end', (t) => {
  const whole = [
    arp(MAC, '192.0.2.30'),
    solicitation(MAC, 'fe80::1:1'),
    dhcp({
      mac: MAC,
      type: 3,
      options: [
        [12, Buffer.from('lab')],
        [81, Buffer.of(4, 0, 0, 1, 97, 0)],
      ],
    }),
    dhcpv6({ mac: MAC, type: 5, from: 'fe80::9', hostname: 'a', leased: '2001:db8::1' }),
    mdnsAnswer({ mac: MAC, from: '192.0.2.80', name: 'a.local' }),
  ]
  const { packet } = watch()
  for (const bytes of whole)
    for (let length = 0; length < bytes.length; length++)
      t.doesNotThrow(() => packet(bytes.subarray(0, length), length, 1, length))
  t.end()
})

t.test('frames of other types are counted as packets and nothing else', (t) => {
  const { see, tally } = watch()
  t.strictSame(see(0, ethernet(0x88cc, Buffer.alloc(40)), ethernet(40, Buffer.alloc(40))), [])
  t.strictSame(tally(), { packets: 2, malformed: 0, turnedAway: 0 })
  t.end()
})
