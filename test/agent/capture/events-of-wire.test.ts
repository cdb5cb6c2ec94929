/** From the packet to what people see, of a whole agent: each way round the filter, each stranger that plays a server, and who a device is. */
import t from 'tap'
import type { BypassGrade, BypassSign } from '#domain/bypass-event.ts'
import { makeLab, noLab } from '#test/support/capture-lab.ts'
import {
  advertisement,
  arp,
  clientHello,
  cryptoFrame,
  dhcp,
  dhcpv6,
  ikeInit,
  mdnsAnswer,
  openvpnReset,
  quicInitial,
  routerAdvertisement,
  SYN,
  tcp,
  tlsRecord,
  u16,
  udp,
  wireguardHandshake,
} from '#test/support/packets.ts'
import { type CaptureAgent, startCaptureAgent } from './capture-agent.ts'
import { BLOCKED_NAME } from './dns-loop.ts'

const TOLD_WITHIN_MS = 10_000
/** Of `guard-addresses.ts`: Quad9's, which serves nothing else. */
const PUBLIC_RESOLVER = '9.9.9.9'
/** Of `tor-authorities.ts`. */
const TOR_AUTHORITY = '199.58.81.140'
const SERVER = '198.51.100.55'
const ROGUE = '02:00:5e:00:53:66'
const SCHOOLS_OWN = '02:00:5e:00:53:f1'

t.setTimeout(115_000)

interface Case {
  readonly what: string
  /** Of the device `from` and its MAC. */
  readonly packet: (from: string, fromMac: string) => Buffer
  readonly sign: BypassSign
  readonly grade: BypassGrade
  readonly sample: string
}

const quic = (name: string): Buffer =>
  quicInitial({ frames: cryptoFrame(0, clientHello(name, ['h3'])) })

const CASES: readonly Case[] = [
  {
    what: 'DNS over HTTPS by the name in a QUIC Initial',
    packet: (from, fromMac) =>
      udp({ from, fromMac, to: SERVER }, [40_000, 443], quic('cloudflare-dns.com')),
    sign: 'doh-elsewhere',
    grade: 'medium',
    sample: `cloudflare-dns.com (${SERVER} port 443)`,
  },
  {
    what: 'DNS over HTTPS by the address of a public resolver, under a name that says nothing',
    packet: (from, fromMac) =>
      tcp(
        { from, fromMac, to: PUBLIC_RESOLVER },
        [40_000, 443],
        tlsRecord(clientHello('front.example.org')),
      ),
    sign: 'doh-elsewhere',
    grade: 'medium',
    sample: `front.example.org (${PUBLIC_RESOLVER} port 443)`,
  },
  {
    what: 'DNS over QUIC',
    packet: (from, fromMac) =>
      udp({ from, fromMac, to: SERVER }, [40_000, 853], quic('doq.example.org')),
    sign: 'dot-elsewhere',
    grade: 'medium',
    sample: `doq.example.org (${SERVER} port 853)`,
  },
  {
    what: 'a private relay by the name in TLS',
    packet: (from, fromMac) =>
      tcp({ from, fromMac, to: SERVER }, [40_000, 443], tlsRecord(clientHello('mask.icloud.com'))),
    sign: 'vpn-used',
    grade: 'medium',
    sample: `mask.icloud.com (${SERVER} port 443)`,
  },
  {
    what: 'WireGuard',
    packet: (from, fromMac) =>
      udp({ from, fromMac, to: SERVER }, [40_000, 51_820], wireguardHandshake()),
    sign: 'vpn-used',
    grade: 'medium',
    sample: `${SERVER} port 51820`,
  },
  {
    what: 'OpenVPN',
    packet: (from, fromMac) => udp({ from, fromMac, to: SERVER }, [40_000, 1194], openvpnReset()),
    sign: 'vpn-used',
    grade: 'medium',
    sample: `${SERVER} port 1194`,
  },
  {
    what: 'OpenVPN over TCP',
    packet: (from, fromMac) =>
      tcp({ from, fromMac, to: SERVER }, [40_000, 443], Buffer.concat([u16(14), openvpnReset()])),
    sign: 'vpn-used',
    grade: 'medium',
    sample: `${SERVER} port 443`,
  },
  {
    what: 'IPsec, by which phones also make calls',
    packet: (from, fromMac) => udp({ from, fromMac, to: SERVER }, [500, 500], ikeInit()),
    sign: 'vpn-used',
    grade: 'low',
    sample: `${SERVER} port 500`,
  },
  {
    what: 'Tor',
    packet: (from, fromMac) =>
      tcp({ from, fromMac, to: TOR_AUTHORITY }, [40_000, 443], Buffer.alloc(0), SYN),
    sign: 'tor-used',
    grade: 'medium',
    sample: `${TOR_AUTHORITY} port 443`,
  },
]

const deviceOf = (index: number): { readonly address: string; readonly mac: string } => ({
  address: `192.0.2.${100 + index}`,
  mac: `02:00:5e:00:54:${(16 + index).toString(16)}`,
})

/** What is sent of a device, and what is said of its address then. */
const DEVICES: readonly {
  readonly address: string
  readonly packet: Buffer
  readonly said: RegExp
}[] = [
  {
    address: '192.0.2.131',
    packet: arp('00:00:5e:00:53:01', '192.0.2.131'),
    said: /device 00:00:5e:00:53:01 by capture \(80 %, strong\)$/,
  },
  {
    address: '192.0.2.132',
    packet: dhcp({
      mac: '00:00:5e:00:53:02',
      type: 3,
      from: '192.0.2.132',
      ciaddr: '192.0.2.132',
      options: [
        [12, Buffer.from('lab-07')],
        [55, Buffer.of(1, 3, 6, 15)],
        [60, Buffer.from('MSFT 5.0')],
      ],
    }),
    said: /device 00:00:5e:00:53:02 by capture \(80 %, strong\); called lab-07 by capture \(40 %, fair\); DHCP class MSFT 5\.0; asks DHCP for 1,3,6,15$/,
  },
  {
    address: '192.0.2.133',
    packet: mdnsAnswer({ mac: '00:00:5e:00:53:03', from: '192.0.2.133', name: 'ipad-12.local' }),
    said: /device 00:00:5e:00:53:03 by capture \(80 %, strong\); called ipad-12 by capture \(40 %, fair\)$/,
  },
  {
    address: '2001:db8::134',
    packet: advertisement('00:00:5e:00:53:04', '2001:db8::134'),
    said: /device 00:00:5e:00:53:04 by capture \(80 %, strong\)$/,
  },
  {
    address: '2001:db8::135',
    packet: dhcpv6({
      mac: '00:00:5e:00:53:05',
      type: 5,
      from: 'fe80::5eff:fe00:5305',
      hostname: 'tablet-3',
      leased: '2001:db8::135',
    }),
    said: /device 00:00:5e:00:53:05 by capture \(80 %, strong\); called tablet-3 by capture \(40 %, fair\)$/,
  },
]

t.test('a whole agent', { skip: noLab() }, async (t) => {
  const lab = makeLab(t)
  const box = await startCaptureAgent(lab, {
    resolvers: ['198.51.100.10'],
    'dhcp-servers': ['192.0.2.1', 'fe80::1'],
    routers: ['fe80::1'],
  })

  await t.test('each way round the filter is one event of its device within 10 s', async (t) => {
    const startedMs = performance.now()
    await lab.send(
      CASES.flatMap(({ packet }, index) => {
        const { address, mac } = deviceOf(index)
        return [packet(address, mac)]
      }),
    )
    await box.becomes(
      'an event of each',
      () => box.events('bypass-noticed').length >= CASES.length,
      TOLD_WITHIN_MS,
    )
    t.comment(`${CASES.length} events within ${Math.round(performance.now() - startedMs)} ms`)
    const events = box.events('bypass-noticed')
    for (const [index, { what, sign, grade, sample }] of CASES.entries()) {
      const { address, mac } = deviceOf(index)
      const own = events.filter(({ body }) => body.client.address === address)
      const body = { mac, group: 'ks3', grade, evidence: [{ sign, count: 1, samples: [sample] }] }
      t.match(own, [{ body }], what)
      t.equal(own.length, 1, `${what}: one event`)
    }
    t.equal(events.length, CASES.length, 'and none of anybody else')
  })

  await t.test('strangers that play DHCP server or router are events within 10 s', async (t) => {
    await lab.send(strangers())
    const found = () => box.events('rogue-server-seen')
    await box.becomes('an event of each', () => found().length >= 3, TOLD_WITHIN_MS)
    t.match(
      found()
        .map(({ body }) => body)
        .toSorted((a, b) => a.mac.localeCompare(b.mac)),
      [
        {
          part: 'dhcp',
          mac: ROGUE,
          address: '192.0.2.66',
          detail: 'resolvers 198.51.100.66',
          count: 1,
        },
        { part: 'dhcp', address: 'fe80::67', detail: 'resolvers 2001:db8:66::53', count: 1 },
        {
          part: 'router',
          address: 'fe80::68',
          detail: 'prefix 2001:db8:66::/64; resolvers 2001:db8:66::53; lifetime 1800 s',
          count: 1,
        },
      ],
    )
    t.equal(found().length, 3, 'the school’s own are none')
  })

  await t.test(
    'who a device is is known from the wire alone, with its source and how sure that is',
    async (t) => {
      const [first] = DEVICES
      t.match(explain(box, first?.address ?? ''), /nothing is known of who that is$/, 'before')
      await lab.send(DEVICES.map(({ packet }) => packet))
      for (const { address, said } of DEVICES) {
        let told = ''
        const isSaid = (): boolean => said.test((told = explain(box, address)))
        await box.becomes(`${address} to be known`, isSaid, TOLD_WITHIN_MS).catch(() => undefined)
        t.match(told, said, address)
      }
    },
  )
})

function offer(from: string, fromMac: string): Buffer {
  const options = [
    [54, Buffer.from(from.split('.').map(Number))],
    [6, Buffer.of(198, 51, 100, 66)],
  ] as const
  return dhcp({ mac: ROGUE, type: 2, isReply: true, from, fromMac, yiaddr: '192.0.2.90', options })
}

/** Three, and the school's own who do the same. */
function strangers(): readonly Buffer[] {
  const resolver = '2001:db8:66::53'
  const six = (mac: string, from: string): Buffer => dhcpv6({ mac, type: 7, from, resolver })
  return [
    offer('192.0.2.1', SCHOOLS_OWN),
    six(SCHOOLS_OWN, 'fe80::1'),
    routerAdvertisement(SCHOOLS_OWN, 'fe80::1', resolver),
    offer('192.0.2.66', ROGUE),
    six('02:00:5e:00:53:67', 'fe80::67'),
    routerAdvertisement('02:00:5e:00:53:68', 'fe80::68', resolver),
  ]
}

function explain(box: CaptureAgent, address: string): string {
  return /client .*/.exec(box.edge('explain', BLOCKED_NAME, '--client', address))?.[0] ?? ''
}
