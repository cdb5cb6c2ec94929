/** Packets as raw bytes, made by hand: each kind that the capture process knows. */
import { createCipheriv, createHmac } from 'node:crypto'
import { parseAddress } from '#domain/ip-address.ts'

export const BOX_MAC = '02:00:5e:00:53:fe'
export const DEVICE_MAC = '02:00:5e:00:53:01'
const ALL = 'ff:ff:ff:ff:ff:ff'

export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/[\s:]/g, ''), 'hex')
}

export function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255)
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function address(text: string): Buffer {
  const bytes = parseAddress(text)
  if (!bytes) throw new Error(`no address: ${text}`)
  return Buffer.from(bytes)
}

export interface Between {
  readonly fromMac?: string
  readonly toMac?: string
  /** 802.1Q tags, the outer first. */
  readonly tags?: readonly number[]
}

export function ethernet(type: number, payload: Buffer, link: Between = {}): Buffer {
  const { fromMac = DEVICE_MAC, toMac = BOX_MAC, tags = [] } = link
  const tagged = tags.map((tag, i) =>
    Buffer.concat([u16(i + 1 < tags.length ? 0x88a8 : 0x8100), u16(tag)]),
  )
  return Buffer.concat([hex(toMac), hex(fromMac), ...tagged, u16(type), payload])
}

export interface Ends extends Between {
  readonly from: string
  readonly to: string
  readonly hops?: number
}

/** IPv4 or IPv6, by the addresses. */
export function ip(protocol: number, payload: Buffer, ends: Ends): Buffer {
  const source = address(ends.from)
  const target = address(ends.to)
  if (source.length === 16) {
    const head = Buffer.concat([
      hex('60000000'),
      u16(payload.length),
      Buffer.of(protocol, ends.hops ?? 64),
    ])
    return ethernet(0x86dd, Buffer.concat([head, source, target, payload]), ends)
  }
  const head = Buffer.concat([
    hex('4500'),
    u16(20 + payload.length),
    hex('00004000'),
    Buffer.of(ends.hops ?? 64, protocol),
    hex('0000'),
    source,
    target,
  ])
  head.writeUInt16BE(checksum(head), 10)
  return ethernet(0x0800, Buffer.concat([head, payload]), ends)
}

function checksum(bytes: Buffer): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

export function udp(ends: Ends, ports: readonly [number, number], payload: Buffer): Buffer {
  return ip(
    17,
    Buffer.concat([u16(ports[0]), u16(ports[1]), u16(8 + payload.length), hex('0000'), payload]),
    ends,
  )
}

export const SYN = 0x02
export const PUSH_ACK = 0x18

export function tcp(
  ends: Ends,
  ports: readonly [number, number],
  payload: Buffer,
  flags: number = PUSH_ACK,
): Buffer {
  const head = Buffer.concat([u16(ports[0]), u16(ports[1]), u32(1), u32(1)])
  return ip(6, Buffer.concat([head, Buffer.of(0x50, flags), hex('ffff00000000'), payload]), ends)
}

export function arp(sender: string, from: string, link: Between = {}): Buffer {
  const body = Buffer.concat([
    hex('0001080006040001'),
    hex(sender),
    address(from),
    hex('000000000000'),
    address('192.0.2.1'),
  ])
  return ethernet(0x0806, body, { fromMac: sender, toMac: ALL, ...link })
}

function icmpv6(ends: Ends, body: Buffer): Buffer {
  return ip(58, body, { hops: 255, ...ends })
}

/** Somebody asks for a neighbour. */
export function solicitation(sender: string, from: string): Buffer {
  const body = Buffer.concat([
    hex('8700000000000000'),
    address('2001:db8::1'),
    hex('0101'),
    hex(sender),
  ])
  return icmpv6({ from, to: 'ff02::1:ff00:1', fromMac: sender, toMac: '33:33:ff:00:00:01' }, body)
}

/** Somebody says that an address is his. */
export function advertisement(sender: string, target: string, from: string = target): Buffer {
  const body = Buffer.concat([hex('8800000020000000'), address(target), hex('0201'), hex(sender)])
  return icmpv6({ from, to: 'ff02::1', fromMac: sender, toMac: '33:33:00:00:00:01' }, body)
}

export function routerAdvertisement(sender: string, from: string, resolver: string): Buffer {
  const prefix = Buffer.concat([
    hex('0304 40c0 00015180 00003840 00000000'),
    address('2001:db8:66::'),
  ])
  const rdnss = Buffer.concat([hex('1903 0000 00000e10'), address(resolver)])
  const body = Buffer.concat([hex('86000000 4000 0708 00000000 00000000'), prefix, rdnss])
  return icmpv6({ from, to: 'ff02::1', fromMac: sender, toMac: '33:33:00:00:00:01' }, body)
}

export interface Dhcp {
  readonly mac: string
  readonly type: number
  readonly isReply?: boolean
  readonly from?: string
  readonly fromMac?: string
  readonly ciaddr?: string
  readonly yiaddr?: string
  /** Code and value of further options. */
  readonly options?: readonly (readonly [number, Buffer])[]
  /** Put into the field for a file's name instead. */
  readonly inFile?: readonly (readonly [number, Buffer])[]
}

function optionBytes(options: readonly (readonly [number, Buffer])[]): Buffer {
  return Buffer.concat(options.flatMap(([code, value]) => [Buffer.of(code, value.length), value]))
}

export function dhcp(message: Dhcp): Buffer {
  const { mac, type, isReply = false, options = [], inFile = [] } = message
  const fields = Buffer.alloc(236)
  fields[0] = isReply ? 2 : 1
  fields[1] = 1
  fields[2] = 6
  address(message.ciaddr ?? '0.0.0.0').copy(fields, 12)
  address(message.yiaddr ?? '0.0.0.0').copy(fields, 16)
  hex(mac).copy(fields, 28)
  if (inFile.length > 0) Buffer.concat([optionBytes(inFile), Buffer.of(255)]).copy(fields, 108)
  const overload: readonly (readonly [number, Buffer])[] =
    inFile.length > 0 ? [[52, Buffer.of(1)]] : []
  const all = optionBytes([[53, Buffer.of(type)], ...overload, ...options])
  const payload = Buffer.concat([fields, hex('63825363'), all, Buffer.of(255)])
  const ports = isReply ? ([67, 68] as const) : ([68, 67] as const)
  return udp(
    {
      from: message.from ?? '0.0.0.0',
      to: '255.255.255.255',
      fromMac: message.fromMac ?? mac,
      toMac: ALL,
    },
    ports,
    payload,
  )
}

function option6(code: number, value: Buffer): Buffer {
  return Buffer.concat([u16(code), u16(value.length), value])
}

export function dhcpv6(message: {
  readonly mac: string
  readonly type: number
  readonly from: string
  readonly hostname?: string
  readonly leased?: string
  readonly resolver?: string
}): Buffer {
  const { mac, type, from, hostname, leased, resolver } = message
  const isReply = type === 7 || type === 2
  const parts = [
    option6(1, Buffer.concat([hex('00030001'), hex(mac)])),
    ...(hostname === undefined
      ? []
      : [
          option6(
            39,
            Buffer.concat([Buffer.of(0, hostname.length), Buffer.from(hostname), Buffer.of(0)]),
          ),
        ]),
    ...(leased === undefined
      ? []
      : [
          option6(
            3,
            Buffer.concat([
              Buffer.alloc(12),
              option6(5, Buffer.concat([address(leased), Buffer.alloc(8)])),
            ]),
          ),
        ]),
    ...(resolver === undefined ? [] : [option6(23, address(resolver))]),
  ]
  const payload = Buffer.concat([Buffer.of(type, 1, 2, 3), ...parts])
  return udp(
    { from, to: 'ff02::1:2', fromMac: mac, toMac: '33:33:00:01:00:02' },
    isReply ? [547, 546] : [546, 547],
    payload,
  )
}

/** A name in wire form. */
export function wireName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.of(0)])
}

export function mdnsAnswer(answer: {
  readonly mac: string
  readonly from: string
  readonly name: string
  readonly has?: string
  readonly ttl?: number
}): Buffer {
  const { mac, from, name, has = from, ttl = 120 } = answer
  const data = address(has)
  const record = Buffer.concat([
    wireName(name),
    u16(data.length === 4 ? 1 : 28),
    hex('8001'),
    u32(ttl),
    u16(data.length),
    data,
  ])
  const payload = Buffer.concat([hex('0000 8400 0000 0001 0000 0000'), record])
  const isV6 = data.length === 16
  return udp(
    { from, to: isV6 ? 'ff02::fb' : '224.0.0.251', fromMac: mac, toMac: '01:00:5e:00:00:fb' },
    [5353, 5353],
    payload,
  )
}

export function dnsQuestion(name = 'www.example.org'): Buffer {
  return Buffer.concat([hex('1234 0100 0001 0000 0000 0000'), wireName(name), hex('00010001')])
}

/** The handshake message alone. */
export function clientHello(name: string | undefined, protocols: readonly string[] = []): Buffer {
  const host = Buffer.from(name ?? '')
  const list = Buffer.concat(
    protocols.map((one) => Buffer.concat([Buffer.of(one.length), Buffer.from(one)])),
  )
  const extensions = Buffer.concat([
    option6(0xdada, Buffer.alloc(1)),
    ...(name === undefined
      ? []
      : [option6(0, Buffer.concat([u16(host.length + 3), Buffer.of(0), u16(host.length), host]))]),
    ...(protocols.length === 0 ? [] : [option6(16, Buffer.concat([u16(list.length), list]))]),
    option6(43, hex('020304')),
  ])
  const body = Buffer.concat([
    hex('0303'),
    Buffer.alloc(32, 7),
    Buffer.of(0),
    hex('00021301'),
    hex('0100'),
    u16(extensions.length),
    extensions,
  ])
  return Buffer.concat([Buffer.of(1, 0), u16(body.length), body])
}

/** In a record, as TCP carries it. */
export function tlsRecord(message: Buffer): Buffer {
  return Buffer.concat([hex('160301'), u16(message.length), message])
}

const QUIC = {
  1: { version: 1, salt: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a', label: 'quic', first: 0xc0 },
  2: {
    version: 0x6b3343cf,
    salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
    label: 'quicv2',
    first: 0xd0,
  },
} as const

export interface Initial {
  readonly version?: 1 | 2
  readonly connection?: Buffer
  readonly number?: number
  /** Frames; padded to 1,162 bytes. */
  readonly frames: Buffer
}

/** A CRYPTO frame. */
export function cryptoFrame(offset: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(6), u16(0x4000 | offset), u16(0x4000 | bytes.length), bytes])
}

/** A client's Initial packet, enciphered: 1,200 bytes. */
export function quicInitial({
  version = 1,
  connection = hex('8394c8f03e515708'),
  number = 2,
  frames,
}: Initial): Buffer {
  const { version: code, salt, label, first } = QUIC[version]
  const secret = expand(hmac(hex(salt), connection), 'client in', 32)
  const nonce = expand(secret, `${label} iv`, 12)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8)
  const plain = Buffer.concat([frames, Buffer.alloc(1200 - 22 - 16 - frames.length)])
  const header = Buffer.concat([
    Buffer.of(first | 3),
    u32(code),
    Buffer.of(connection.length),
    connection,
    hex('0000'),
    u16(0x4000 | (4 + plain.length + 16)),
    u32(number),
  ])
  const cipher = createCipheriv('aes-128-gcm', expand(secret, `${label} key`, 16), nonce)
  cipher.setAAD(header)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  const ecb = createCipheriv('aes-128-ecb', expand(secret, `${label} hp`, 16), null)
  const mask = ecb.update(sealed.subarray(0, 16))
  header[0] = (header[0] ?? 0) ^ ((mask[0] ?? 0) & 15)
  for (let i = 0; i < 4; i++) {
    const at = header.length - 4 + i
    header[at] = (header[at] ?? 0) ^ (mask[1 + i] ?? 0)
  }
  return Buffer.concat([header, sealed])
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

function expand(secret: Buffer, label: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`)
  return hmac(
    secret,
    Buffer.concat([u16(length), Buffer.of(full.length), full, Buffer.of(0, 1)]),
  ).subarray(0, length)
}

export function wireguardHandshake(): Buffer {
  return Buffer.concat([hex('01000000'), Buffer.alloc(128, 9), Buffer.alloc(16)])
}

export function openvpnReset(): Buffer {
  return Buffer.concat([Buffer.of(0x38), Buffer.alloc(8, 5), Buffer.alloc(5)])
}

export function ikeInit(): Buffer {
  return Buffer.concat([Buffer.alloc(8, 3), Buffer.alloc(8), hex('21 20 22 08 00000000 0000001c')])
}

export interface PcapForm {
  readonly isLittle?: boolean
  readonly isNano?: boolean
  readonly linkType?: number
  readonly firstMs?: number
  readonly stepMs?: number
}

/** A capture file. */
export function pcapFile(packets: readonly Buffer[], form: PcapForm = {}): Buffer {
  const {
    isLittle = false,
    isNano = false,
    linkType = 1,
    firstMs = 1_700_000_000_000,
    stepMs = 1,
  } = form
  const number = (value: number): Buffer => {
    const bytes = u32(value >>> 0)
    return isLittle ? Buffer.from(bytes.toReversed()) : bytes
  }
  const head = [
    isNano ? 0xa1b23c4d : 0xa1b2c3d4,
    isLittle ? 0x0004_0002 : 0x0002_0004,
    0,
    0,
    262_144,
    linkType,
  ]
  if (isLittle) head[1] = 0x0004_0002
  const records = packets.flatMap((packet, i) => {
    const ms = firstMs + i * stepMs
    const fraction = (ms % 1000) * (isNano ? 1_000_000 : 1000)
    return [
      number(Math.floor(ms / 1000)),
      number(fraction),
      number(packet.length),
      number(packet.length),
      packet,
    ]
  })
  return Buffer.concat([...head.map(number), ...records])
}
