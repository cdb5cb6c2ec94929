/** What is told of devices that go past the filter, and of what is not. */
import t from 'tap'
import { ELSEWHERE_LIMITS } from '#capture/watch/elsewhere-table.ts'
import {
  clientHello,
  cryptoFrame,
  DEVICE_MAC,
  dnsQuestion,
  hex,
  ikeInit,
  openvpnReset,
  quicInitial,
  SYN,
  tcp,
  tlsRecord,
  u16,
  udp,
  wireguardHandshake,
} from '#test/support/packets.ts'
import { watch } from './capture-support.ts'

const FROM = '192.0.2.30'
const OTHER = '198.51.100.53'
const out = { from: FROM, to: OTHER }
const DOH_ADDRESS = '198.51.100.99'

const went = (more: object): object => ({
  kind: 'went-elsewhere',
  address: FROM,
  mac: DEVICE_MAC,
  packets: 1,
  ...more,
})
const dnsOverTcp = (): Buffer => Buffer.concat([u16(dnsQuestion().length), dnsQuestion()])

t.test('DNS to another resolver is told, over UDP and TCP, IPv4 and IPv6', (t) => {
  const { see } = watch()
  const told = went({ way: 'dns', sign: 'port-53', server: OTHER, port: 53 })
  t.strictSame(see(0, udp(out, [40_000, 53], dnsQuestion())), [told])
  t.strictSame(see(1, tcp({ ...out, to: '198.51.100.54' }, [40_000, 53], dnsOverTcp())), [
    went({ way: 'dns', sign: 'port-53', server: '198.51.100.54', port: 53 }),
  ])
  const six = { from: '2001:db8::30', to: '2001:db8:53::53' }
  t.match(see(2, udp(six, [40_000, 53], dnsQuestion())), [{ address: six.from, server: six.to }])
  t.end()
})

t.test(
  'to the box, and to resolvers that are named, it is not; nor are answers, nor what is no question',
  (t) => {
    const { see } = watch()
    for (const to of ['192.0.2.2', '192.0.2.10'])
      t.strictSame(see(0, udp({ from: FROM, to }, [40_000, 53], dnsQuestion())), [], to)
    for (const from of ['192.0.2.2', '192.0.2.10'])
      t.strictSame(
        see(1, udp({ from, to: OTHER }, [40_000, 53], dnsQuestion())),
        [],
        `from ${from}`,
      )
    const answer = dnsQuestion()
    answer[2] = 0x81
    t.strictSame(see(2, udp(out, [40_000, 53], answer)), [])
    t.strictSame(see(3, udp(out, [40_000, 53], Buffer.alloc(12))), [])
    t.strictSame(see(4, tcp(out, [40_000, 53], Buffer.alloc(0), SYN)), [])
    t.strictSame(see(5, udp({ from: FROM, to: '224.0.0.251' }, [5353, 53], dnsQuestion())), [])
    t.end()
  },
)

t.test('a server of the school may be asked, and what it asks of others is told', (t) => {
  const { see } = watch()
  for (const to of ['192.0.2.12', '10.9.9.2'])
    t.strictSame(see(0, udp({ from: FROM, to }, [40_000, 53], dnsQuestion())), [], to)
  t.match(see(1, udp({ from: '10.9.9.2', to: OTHER }, [40_000, 53], dnsQuestion())), [
    { address: '10.9.9.2', server: OTHER },
  ])
  t.match(see(2, udp({ from: FROM, to: '10.9.9.4' }, [40_000, 53], dnsQuestion())), [
    { server: '10.9.9.4' },
  ])
  t.end()
})

t.test('a port to send from hides nothing', (t) => {
  const { see } = watch()
  for (const [i, port] of [67, 68, 546, 547, 853, 5353].entries()) {
    const to = `198.51.100.${100 + i}`
    t.match(see(i, udp({ from: FROM, to }, [port, 53], dnsQuestion())), [{ server: to }], `${port}`)
  }
  t.end()
})

t.test('only of devices of the site: its networks, and what is private', (t) => {
  const { see } = watch()
  const from = (address: string) =>
    see(0, udp({ from: address, to: OTHER }, [40_000, 53], dnsQuestion()))
  t.match(from('10.1.2.3'), [{ address: '10.1.2.3' }])
  t.notOk('mac' in (from('10.1.2.4')[0] ?? {}), 'behind a router the MAC is the router')
  t.match(from('203.0.113.9'), [{ address: '203.0.113.9' }], 'a network of the configuration')
  t.strictSame(from('198.51.100.7'), [], 'somebody outside')
  t.end()
})

t.test('DoT is told when it talks, with the name; a mere SYN is not', (t) => {
  const { see } = watch()
  t.strictSame(see(0, tcp(out, [40_000, 853], Buffer.alloc(0), SYN)), [])
  t.strictSame(
    see(1, tcp(out, [40_000, 853], tlsRecord(clientHello('dot.example.net', ['dot'])))),
    [went({ way: 'dot', sign: 'port-853', server: OTHER, port: 853, name: 'dot.example.net' })],
  )
  const doq = quicInitial({ frames: cryptoFrame(0, clientHello('doq.example.net', ['doq'])) })
  t.match(see(2, udp({ ...out, to: '198.51.100.55' }, [40_000, 853], doq)), [
    { way: 'dot', sign: 'port-853', name: 'doq.example.net', port: 853 },
  ])
  t.end()
})

t.test('DoH is told by its name, also below it, and by its address; others are not', (t) => {
  const { see } = watch()
  const hello = (name: string | undefined, to = OTHER, protocols: readonly string[] = ['h2']) =>
    see(0, tcp({ from: FROM, to }, [40_000, 443], tlsRecord(clientHello(name, protocols))))
  t.strictSame(hello('DoH.example.org'), [
    went({ way: 'doh', sign: 'tls-name', server: OTHER, port: 443, name: 'doh.example.org' }),
  ])
  t.match(hello('pupil.doh.example.org', '198.51.100.60'), [{ name: 'pupil.doh.example.org' }])
  t.match(hello('relay.example.org', '198.51.100.61'), [{ way: 'vpn', sign: 'tls-name' }])
  t.match(hello('www.example.org', '198.51.100.62', ['dot']), [{ way: 'dot', sign: 'tls-name' }])
  t.strictSame(hello(undefined, DOH_ADDRESS), [
    went({ way: 'doh', sign: 'known-address', server: DOH_ADDRESS, port: 443 }),
  ])
  for (const name of ['www.example.org', 'nodoh.example.org', 'doh.example.org.example', undefined])
    t.strictSame(hello(name, '198.51.100.63'), [], String(name))
  t.end()
})

t.test('QUIC: the published packets of RFC 9001 and RFC 9369 are made and read', (t) => {
  const rfcHello = hex(`010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c
    00000413011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017
    0018001000070005 04616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba75
    3de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00
    020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff080110010480007530090110
    0f088394c8f03e51570806048000ffff`)
  const frames = Buffer.concat([hex('060040f1'), rfcHello])
  const published = {
    1: [
      'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11',
      'e221af44860018ab0856972e194cd934',
    ],
    2: [
      'd76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485',
      'a18b2faa745b6fe189cf772a9f84cbfc',
    ],
  } as const
  for (const version of [1, 2] as const) {
    const packet = quicInitial({ version, frames })
    const text = packet.toString('hex')
    const [head, tag] = published[version]
    t.ok(text.startsWith(head), 'its beginning is as published')
    t.ok(text.endsWith(tag), 'and the tag, which covers all of it')
    const { see } = watch({ dohNames: ['example.com'] })
    t.match(see(0, udp(out, [40_000, 443], packet)), [
      { way: 'doh', sign: 'quic-name', name: 'example.com', port: 443 },
    ])
  }
  t.end()
})

t.test('QUIC: mixed pieces and hellos of two packets are put together; noise is nothing', (t) => {
  const hello = clientHello('doh.example.org', ['h3'])
  const cut = [0, 40, 70, hello.length]
  const piece = (i: number): Buffer => cryptoFrame(cut[i] ?? 0, hello.subarray(cut[i], cut[i + 1]))
  const { see } = watch()
  const mixed = quicInitial({
    frames: Buffer.concat([piece(2), hex('01 00 00'), piece(0), hex('02 05 00 00 00'), piece(1)]),
  })
  t.match(see(0, udp(out, [40_000, 443], mixed)), [{ name: 'doh.example.org' }])
  const connection = hex('aabbccdd')
  const first = quicInitial({ connection, number: 0, frames: piece(2) })
  const second = quicInitial({ connection, number: 1, frames: Buffer.concat([piece(1), piece(0)]) })
  const to = '198.51.100.70'
  t.strictSame(see(1, udp({ ...out, to }, [40_001, 443], first)), [])
  t.match(see(2, udp({ ...out, to }, [40_001, 443], second)), [
    { server: to, name: 'doh.example.org' },
  ])
  const noise = Buffer.from(mixed)
  noise[600] = (noise[600] ?? 0) ^ 1
  t.strictSame(see(3, udp({ ...out, to: '198.51.100.71' }, [40_000, 443], noise)), [])
  t.strictSame(see(3, udp({ ...out, to: DOH_ADDRESS }, [40_000, 443], noise)), [])
  t.match(
    see(4, udp({ ...out, to: DOH_ADDRESS }, [40_000, 443], quicInitial({ frames: hex('01') }))),
    [{ sign: 'known-address' }],
  )
  t.end()
})

t.test('QUIC: so many hellos a second are deciphered; more are counted', (t) => {
  const { see, tally } = watch()
  const packet = udp(
    out,
    [40_000, 443],
    quicInitial({ frames: cryptoFrame(0, clientHello('www.example.org')) }),
  )
  for (let i = 0; i < 2000; i++) see(i / 1000, packet)
  t.ok(tally().turnedAway >= 1400, `${tally().turnedAway}`)
  t.end()
})

t.test('tunnels are known by their first packet, on the ports where that is sure', (t) => {
  const { see } = watch()
  const datagram = (payload: Buffer, port: number, to = OTHER) =>
    see(0, udp({ from: FROM, to }, [40_000, port], payload))
  t.strictSame(datagram(wireguardHandshake(), 443), [
    went({ way: 'vpn', sign: 'wireguard', server: OTHER, port: 443 }),
  ])
  t.match(datagram(openvpnReset(), 4321), [{ way: 'vpn', sign: 'openvpn', port: 4321 }])
  const signed = Buffer.concat([openvpnReset(), Buffer.alloc(28, 1)])
  t.match(datagram(signed, 1194), [{ sign: 'openvpn', port: 1194 }])
  t.strictSame(datagram(signed, 4322), [], 'elsewhere that could be anything')
  t.match(datagram(ikeInit(), 500), [{ sign: 'ipsec', port: 500 }])
  t.match(datagram(Buffer.concat([Buffer.alloc(4), ikeInit()]), 4500), [
    { sign: 'ipsec', port: 4500 },
  ])
  t.strictSame(datagram(ikeInit(), 501), [])
  t.strictSame(datagram(ikeInit(), 500, '10.0.0.1'), [], "the school's own gateway")
  const stream = Buffer.concat([u16(14), openvpnReset()])
  t.match(see(1, tcp(out, [40_000, 443], stream)), [{ sign: 'openvpn', port: 443 }])
  t.match(see(2, tcp({ ...out, to: '198.51.100.90' }, [40_000, 9001], Buffer.alloc(0), SYN)), [
    { way: 'tor', sign: 'tor-relay', port: 9001 },
  ])
  t.strictSame(
    see(3, tcp({ ...out, to: '198.51.100.91' }, [40_000, 9001], Buffer.alloc(0), SYN)),
    [],
  )
  const noWireguard = wireguardHandshake()
  noWireguard[140] = 1
  t.strictSame(datagram(noWireguard, 443, '198.51.100.80'), [])
  t.match(datagram(noWireguard, 51_820, '198.51.100.80'), [{ sign: 'wireguard' }])
  t.end()
})

t.test(
  'it is told at the first packet, then every ten seconds with the count, and the rest at the end',
  (t) => {
    const { see, sweep, reports } = watch()
    const packet = udp(out, [40_000, 53], dnsQuestion())
    t.match(see(0, packet), [{ packets: 1 }])
    t.strictSame(see(100, packet, packet, packet), [])
    t.match(see(10_001, packet), [{ packets: 4 }])
    t.strictSame(see(10_100, packet, packet), [])
    sweep(15_000)
    t.equal(reports.length, 2, 'not before its time')
    sweep(21_000)
    t.match(reports[2], { packets: 2 })
    t.equal(reports.length, 3)
    t.end()
  },
)

t.test('one device takes no more than its share, and a flood no more than the table', (t) => {
  const { see, tally, reports, sweep } = watch()
  for (let i = 0; i < 500; i++)
    see(
      i / 1000,
      udp({ from: FROM, to: `198.51.${100 + (i >> 8)}.${i & 255}` }, [40_000, 53], dnsQuestion()),
    )
  t.equal(reports.length, ELSEWHERE_LIMITS.waysPerDevice)
  t.equal(tally().turnedAway, 500 - ELSEWHERE_LIMITS.waysPerDevice)
  t.match(see(1, udp({ from: '192.0.2.31', to: OTHER }, [40_000, 53], dnsQuestion())), [
    { address: '192.0.2.31' },
  ])
  for (let i = 0; i < 50_000; i++)
    see(
      10 + i,
      udp(
        { from: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, to: OTHER },
        [40_000, 53],
        dnsQuestion(),
      ),
    )
  const devices = new Set(reports.map((report) => 'address' in report && report.address))
  t.ok(devices.size <= ELSEWHERE_LIMITS.ways + 1, `${devices.size} devices`)
  sweep(200_000)
  t.match(see(200_001, udp({ from: '192.0.2.32', to: OTHER }, [40_000, 53], dnsQuestion())), [
    { address: '192.0.2.32' },
  ])
  t.end()
})

t.test('what is cut anywhere is never read beyond its end', (t) => {
  const { packet } = watch()
  for (const bytes of [
    udp(out, [40_000, 53], dnsQuestion()),
    tcp(out, [40_000, 53], dnsOverTcp()),
    tcp(out, [40_000, 443], tlsRecord(clientHello('doh.example.org', ['h2']))),
    udp(
      out,
      [40_000, 443],
      quicInitial({ frames: cryptoFrame(0, clientHello('doh.example.org')) }),
    ),
    udp(out, [40_000, 500], ikeInit()),
  ])
    for (let length = 0; length < bytes.length; length++)
      t.doesNotThrow(() => packet(bytes.subarray(0, length), length, 1, length))
  t.end()
})
