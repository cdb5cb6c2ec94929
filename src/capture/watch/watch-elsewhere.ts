import type { WireSign, WireWay } from '#domain/capture-report.ts'
import { WIRE_SIGNS, WIRE_WAYS } from '#domain/capture-report.ts'
import { type ClientHello, readClientHelloRecord } from '../parse/client-hello.ts'
import { isDnsQuery } from '../parse/dns-query.ts'
import { addressLength, type Packet } from '../parse/packet.ts'
import { readQuicInitial } from '../parse/quic-initial.ts'
import { isIke, isOpenvpn, isOpenvpnStream, isWireguard } from '../parse/tunnel.ts'
import type { Allowance } from './allowance.ts'
import type { ByteHash } from './byte-hash.ts'
import type { ElsewhereTable } from './elsewhere-table.ts'
import type { makeHelloPieces } from './hello-pieces.ts'
import type { Surroundings } from './surroundings.ts'
import { addressText, isOneDevice, macText } from './text-of.ts'

export interface ElsewhereWatch {
  readonly udp: (packet: Packet, nowMs: number) => void
  readonly tcp: (packet: Packet, nowMs: number) => void
}

interface Parts {
  readonly table: ElsewhereTable
  readonly hash: ByteHash
  readonly around: () => Surroundings
  readonly joinPieces: ReturnType<typeof makeHelloPieces>
  /** How many hellos of QUIC may be deciphered. */
  readonly deciphering: Allowance
}

interface Found {
  readonly way: WireWay
  readonly sign: WireSign
  readonly name?: string | undefined
}

const PORT = { dns: 53, https: 443, dot: 853 } as const
const DOQ = 'doq'
const DOT = 'dot'
const SYN_ACK = 0x12
const SYN = 0x02
const FLAGS_AT = 13
const FIXED = {
  dns: { way: 'dns', sign: 'port-53' },
  wireguard: { way: 'vpn', sign: 'wireguard' },
  openvpn: { way: 'vpn', sign: 'openvpn' },
  ipsec: { way: 'vpn', sign: 'ipsec' },
  tor: { way: 'tor', sign: 'tor-relay' },
} as const satisfies Record<string, Found>

/** Tells of devices of the site that go to resolvers and tunnels of others. What the box and its fellow resolvers send is theirs to send. */
export function makeElsewhereWatch(parts: Parts): ElsewhereWatch {
  return {
    udp: (packet, nowMs) => {
      if (!isWatched(parts, packet)) return
      const found = inDatagram(parts, packet, nowMs)
      if (found) note(parts, packet, found, nowMs)
    },
    tcp: (packet, nowMs) => {
      if (!isWatched(parts, packet)) return
      const found = inSegment(parts, packet)
      if (found) note(parts, packet, found, nowMs)
    },
  }
}

function isWatched({ around }: Parts, packet: Packet): boolean {
  const { bytes, sourceAt, targetAt } = packet
  const length = addressLength(packet)
  const { isSite, isResolver, isServer } = around()
  return (
    isOneDevice(packet, sourceAt, length) &&
    isOneDevice(packet, targetAt, length) &&
    !isResolver.has(bytes, sourceAt, length) &&
    !isResolver.has(bytes, targetAt, length) &&
    !isServer.has(bytes, targetAt, length) &&
    isSite(bytes, sourceAt, length)
  )
}

function inDatagram(parts: Parts, packet: Packet, nowMs: number): Found | undefined {
  const { bytes, payloadAt: at, payloadEnd: end, targetPort: port } = packet
  if (port === PORT.dns) return isDnsQuery(bytes, at, end, false) ? FIXED.dns : undefined
  if (isWireguard(bytes, at, end, port)) return FIXED.wireguard
  if (isOpenvpn(bytes, at, end, port)) return FIXED.openvpn
  if (isIke(bytes, at, end, port)) return FIXED.ipsec
  if (port !== PORT.https && port !== PORT.dot) return undefined
  if ((bytes[at] ?? 0) < 0xc0 || !parts.deciphering.take(nowMs)) return undefined
  const initial = readQuicInitial(bytes, at, end)
  const hello = initial && parts.joinPieces(initial, nowMs)
  if (port === PORT.dot && initial) return { way: 'dot', sign: 'port-853', name: hello?.name }
  return judge(parts, packet, hello, initial !== undefined, 'quic-name')
}

function inSegment(parts: Parts, packet: Packet): Found | undefined {
  const { bytes, transportAt, payloadAt: at, payloadEnd: end, targetPort: port, targetAt } = packet
  if ((bytes[transportAt + FLAGS_AT]! & SYN_ACK) === SYN)
    return parts.around().isTorAddress.has(bytes, targetAt, addressLength(packet))
      ? FIXED.tor
      : undefined
  if (at >= end) return undefined
  if (port === PORT.dns) return isDnsQuery(bytes, at, end, true) ? FIXED.dns : undefined
  if (isOpenvpnStream(bytes, at, end, port)) return FIXED.openvpn
  const hello = readClientHelloRecord(bytes, at, end)
  if (!hello) return undefined
  if (port === PORT.dot) return { way: 'dot', sign: 'port-853', name: hello.name }
  return judge(parts, packet, hello, true, 'tls-name')
}

/** By the server's name, by the protocol that is wished for, or by the address. */
function judge(
  { around }: Parts,
  packet: Packet,
  hello: ClientHello | undefined,
  isConnection: boolean,
  sign: 'tls-name' | 'quic-name',
): Found | undefined {
  const { serverOf, isDohAddress } = around()
  const name = hello?.name
  const server = name === undefined ? undefined : serverOf(name)
  if (server) return { way: server, sign, name }
  if (hello?.protocols.some((one) => one === DOQ || one === DOT)) return { way: 'dot', sign, name }
  const isKnown =
    isConnection && isDohAddress.has(packet.bytes, packet.targetAt, addressLength(packet))
  return isKnown ? { way: 'doh', sign: 'known-address', name } : undefined
}

function note(parts: Parts, packet: Packet, found: Found, nowMs: number): void {
  const { bytes, sourceAt, targetAt, targetPort } = packet
  const length = addressLength(packet)
  const { isNear, isSite } = parts.around()
  // The school's own gateway for those who work from home is no way out.
  if (found.way === 'vpn' && isSite(bytes, targetAt, length)) return
  const { hash } = parts
  hash.begin(0)
  hash.add(bytes, sourceAt, length)
  const device = hash.end()
  hash.begin(1 + WIRE_WAYS.indexOf(found.way) * WIRE_SIGNS.length + WIRE_SIGNS.indexOf(found.sign))
  hash.add(bytes, sourceAt, length)
  hash.add(bytes, targetAt, length)
  hash.addNumber(targetPort)
  parts.table.note(hash.end(), device, nowMs, () => {
    const isHere = isNear.has(bytes, sourceAt, length)
    const mac = isHere ? macText(packet, packet.macAt) : undefined
    return {
      way: found.way,
      sign: found.sign,
      ...(mac && { mac }),
      address: addressText(packet, sourceAt),
      server: addressText(packet, targetAt),
      port: targetPort,
      ...(found.name !== undefined && { name: found.name }),
    }
  })
}
