import {
  advertisement,
  arp,
  clientHello,
  cryptoFrame,
  DEVICE_MAC,
  dhcp,
  dhcpv6,
  dnsQuestion,
  ikeInit,
  mdnsAnswer,
  openvpnReset,
  quicInitial,
  routerAdvertisement,
  SYN,
  solicitation,
  tcp,
  tlsRecord,
  u16,
  udp,
  wireguardHandshake,
} from './packets.ts'

const FROM = '192.0.2.30'
const FROM6 = '2001:db8::30'
const ROGUE = '02:00:5e:00:53:66'

/** One of each kind that the capture process knows; servers are those of the tests' settings. */
export function samplePackets(): readonly Buffer[] {
  const out = { from: FROM, to: '198.51.100.53' }
  const out6 = { from: FROM6, to: '2001:db8:53::53' }
  const hello = tlsRecord(clientHello('doh.example.org', ['h2']))
  const quic = quicInitial({ frames: cryptoFrame(0, clientHello('doh.example.org', ['h3'])) })
  const stream = Buffer.concat([u16(dnsQuestion().length), dnsQuestion()])
  return [
    arp(DEVICE_MAC, FROM),
    arp(DEVICE_MAC, '192.0.2.31', { tags: [10] }),
    solicitation(DEVICE_MAC, 'fe80::5eff:fe00:5301'),
    advertisement(DEVICE_MAC, FROM6),
    dhcp({
      mac: DEVICE_MAC,
      type: 3,
      ciaddr: FROM,
      options: [
        [12, Buffer.from('lab-07')],
        [55, Buffer.of(1, 3, 6, 15)],
        [60, Buffer.from('MSFT 5.0')],
      ],
    }),
    dhcpv6({
      mac: DEVICE_MAC,
      type: 5,
      from: 'fe80::5eff:fe00:5301',
      hostname: 'tablet',
      leased: FROM6,
    }),
    mdnsAnswer({ mac: DEVICE_MAC, from: FROM, name: 'ipad-12.local' }),
    udp(out, [40_000, 53], dnsQuestion()),
    udp(out6, [40_000, 53], dnsQuestion()),
    tcp({ ...out, to: '198.51.100.54' }, [40_000, 53], stream),
    tcp(out, [40_000, 853], hello),
    tcp(out6, [40_000, 853], hello),
    tcp(out, [40_000, 443], hello),
    tcp(out6, [40_000, 443], hello),
    udp({ ...out, to: '198.51.100.56' }, [40_000, 443], quic),
    udp({ ...out6, to: '2001:db8:53::56' }, [40_000, 443], quic),
    udp({ ...out, tags: [10, 20], to: '198.51.100.57' }, [40_000, 53], dnsQuestion()),
    udp(out, [40_000, 51_820], wireguardHandshake()),
    udp(out6, [40_000, 51_820], wireguardHandshake()),
    udp(out, [40_000, 1194], openvpnReset()),
    udp(out6, [40_000, 4321], openvpnReset()),
    tcp({ ...out, to: '198.51.100.58' }, [40_000, 1194], Buffer.concat([u16(14), openvpnReset()])),
    udp(out, [40_000, 500], ikeInit()),
    udp(out6, [40_000, 500], ikeInit()),
    tcp({ ...out, to: '198.51.100.90' }, [40_000, 9001], Buffer.alloc(0), SYN),
    tcp({ ...out, to: '198.51.100.90' }, [40_000, 443], Buffer.alloc(0), SYN),
    dhcp({
      mac: DEVICE_MAC,
      type: 2,
      isReply: true,
      from: '192.0.2.66',
      fromMac: ROGUE,
      yiaddr: '192.0.2.90',
      options: [
        [54, Buffer.of(192, 0, 2, 66)],
        [6, Buffer.of(198, 51, 100, 66)],
      ],
    }),
    routerAdvertisement(ROGUE, 'fe80::66', '2001:db8:66::53'),
  ]
}
