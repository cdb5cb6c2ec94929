/**
 * The way of a packet: link, network and transport header are read in place; what they say decides which one parser looks at the rest; what
 * that finds goes into bounded tables, which decide whether it is told. Nothing of a packet is kept, and nothing in one can throw.
 */
import type { CaptureReport } from '#domain/capture-report.ts'
import type { CaptureSettings } from '#domain/capture-settings.ts'
import { readDhcp } from '../parse/dhcp.ts'
import { readDhcpv6 } from '../parse/dhcpv6.ts'
import { readIp } from '../parse/ip.ts'
import { readLink } from '../parse/link-layer.ts'
import { readMdnsName } from '../parse/mdns.ts'
import { type Claim, ND_TYPE, readArp, readNeighbour } from '../parse/neighbour.ts'
import { ETHER_TYPE, newPacket, type Packet, PROTOCOL } from '../parse/packet.ts'
import { type Allowance, makeAllowance } from './allowance.ts'
import { makeByteHash } from './byte-hash.ts'
import { DeviceTable } from './device-table.ts'
import { ElsewhereTable } from './elsewhere-table.ts'
import { makeHelloPieces } from './hello-pieces.ts'
import { makeRogueTable } from './rogue-table.ts'
import { makeSurroundings, type OwnAddresses, type Surroundings } from './surroundings.ts'
import { type DeviceWatch, makeDeviceWatch } from './watch-devices.ts'
import { type ElsewhereWatch, makeElsewhereWatch } from './watch-elsewhere.ts'
import { isServerAllowed, watchRouter, watchServer6 } from './watch-servers.ts'

/** What costs more than a look is done so often: at once, and a second. */
const READ_LIMITS = {
  /** DHCP and mDNS: some 10 us each. */
  messages: [2000, 1000],
  /** Hellos of QUIC: some 50 us each. */
  deciphered: [500, 200],
} as const

const PORT = {
  dhcpServer: 67,
  dhcpClient: 68,
  dhcpv6Client: 546,
  dhcpv6Server: 547,
  mdns: 5353,
} as const

export interface AnalyserTally {
  readonly packets: number
  readonly malformed: number
  readonly turnedAway: number
}

export interface Analyser {
  /** Takes a packet; its bytes may change after the call. Never throws. */
  readonly packet: (bytes: Uint8Array, length: number, linkType: number, nowMs: number) => void
  /** The machine has these addresses from now on. */
  readonly useOwn: (own: OwnAddresses) => void
  /** To be called every few seconds. */
  readonly sweep: (nowMs: number) => void
  readonly tally: () => AnalyserTally
}

export interface AnalyserParts {
  readonly settings: CaptureSettings
  readonly own: OwnAddresses
  /** Of chance. */
  readonly seed: number
  readonly report: (report: CaptureReport) => void
}

interface Parts {
  readonly around: () => Surroundings
  readonly devices: DeviceWatch
  readonly elsewhere: ElsewhereWatch
  readonly tellRogue: ReturnType<typeof makeRogueTable>
  readonly messages: Allowance
  readonly claim: Claim
}

export function makeAnalyser({ settings, own, seed, report }: AnalyserParts): Analyser {
  let around = makeSurroundings(settings, own)
  const hash = makeByteHash(seed)
  const table = new DeviceTable()
  const ways = new ElsewhereTable(report)
  const messages = makeAllowance(...READ_LIMITS.messages)
  const deciphering = makeAllowance(...READ_LIMITS.deciphered)
  const shared = { hash, around: () => around }
  const parts: Parts = {
    around: () => around,
    devices: makeDeviceWatch({ ...shared, table, tell: report }),
    elsewhere: makeElsewhereWatch({
      ...shared,
      table: ways,
      joinPieces: makeHelloPieces(),
      deciphering,
    }),
    tellRogue: makeRogueTable(report),
    messages,
    claim: { macAt: -1, addressAt: -1 },
  }
  const view = newPacket()
  let packets = 0
  let malformed = 0
  return {
    packet: (bytes, length, linkType, nowMs) => {
      packets++
      const link = readLink(view, bytes, length, linkType)
      const isArp = link === 'ok' && view.etherType === ETHER_TYPE.arp
      const read = link === 'ok' && !isArp ? readIp(view) : link
      if (read === 'malformed') malformed++
      if (read !== 'ok') return
      if (isArp) lookAtArp(parts, view, nowMs)
      else lookAt(parts, view, nowMs)
    },
    useOwn: (now) => {
      around = makeSurroundings(settings, now)
    },
    sweep: (nowMs) => {
      ways.sweep(nowMs)
      table.forget(nowMs)
    },
    tally: () => ({
      packets,
      malformed,
      turnedAway: table.turnedAway + ways.turnedAway + messages.refused() + deciphering.refused(),
    }),
  }
}

function lookAtArp({ devices, claim }: Parts, packet: Packet, nowMs: number): void {
  if (readArp(packet, claim)) devices.claim(packet, 'arp', claim, nowMs)
}

function lookAt(parts: Parts, packet: Packet, nowMs: number): void {
  if (packet.protocol === PROTOCOL.tcp) parts.elsewhere.tcp(packet, nowMs)
  else if (packet.protocol === PROTOCOL.udp) lookAtDatagram(parts, packet, nowMs)
  else if (packet.protocol === PROTOCOL.icmpv6 && packet.family === 6)
    lookAtNeighbour(parts, packet, nowMs)
}

function lookAtNeighbour(parts: Parts, packet: Packet, nowMs: number): void {
  const { devices, claim, around, tellRogue } = parts
  if (packet.bytes[packet.transportAt] === ND_TYPE.routerAdvertisement)
    return watchRouter({ around, tell: tellRogue }, packet, nowMs)
  if (readNeighbour(packet, claim)) devices.claim(packet, 'nd', claim, nowMs)
}

function lookAtDatagram(parts: Parts, packet: Packet, nowMs: number): void {
  const { sourcePort, targetPort } = packet
  const isBetween = (a: number, b: number): boolean =>
    (sourcePort === a || sourcePort === b) && (targetPort === a || targetPort === b)
  if (isBetween(PORT.dhcpServer, PORT.dhcpClient)) return lookAtDhcp(parts, packet, nowMs)
  if (isBetween(PORT.dhcpv6Server, PORT.dhcpv6Client)) return lookAtDhcpv6(parts, packet, nowMs)
  if (sourcePort === PORT.mdns) lookAtMdns(parts, packet, nowMs)
  // Anybody may send from that port, so what comes from it may go elsewhere all the same.
  parts.elsewhere.udp(packet, nowMs)
}

function lookAtDhcp(parts: Parts, packet: Packet, nowMs: number): void {
  if (!parts.messages.take(nowMs)) return
  const message = readDhcp(packet.bytes, packet.payloadAt, packet.payloadEnd)
  if (!message) return
  const isFromServer = message.isReply
  const { around, tellRogue, devices } = parts
  if (!isFromServer) return devices.dhcp(packet, message, nowMs)
  const isAllowed = isServerAllowed({ around, tell: tellRogue }, packet, message, nowMs)
  if (isAllowed && message.type === ACKNOWLEDGE)
    devices.dhcp(packet, { ...message, fingerprint: undefined, vendorClass: undefined }, nowMs)
}
const ACKNOWLEDGE = 5

function lookAtDhcpv6(parts: Parts, packet: Packet, nowMs: number): void {
  if (packet.family !== 6 || !parts.messages.take(nowMs)) return
  const message = readDhcpv6(packet.bytes, packet.payloadAt, packet.payloadEnd)
  if (!message) return
  if (message.isReply)
    watchServer6({ around: parts.around, tell: parts.tellRogue }, packet, message, nowMs)
  else parts.devices.dhcpv6(packet, message, nowMs)
}

function lookAtMdns(parts: Parts, packet: Packet, nowMs: number): void {
  if (!parts.messages.take(nowMs)) return
  const name = readMdnsName(packet)
  if (name !== undefined) parts.devices.mdns(packet, name, nowMs)
}
