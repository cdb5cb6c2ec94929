import type { DeviceSeen } from '#domain/capture-report.ts'
import { type MacAddress, macFromBytes } from '#domain/mac-address.ts'
import type { DhcpMessage } from '../parse/dhcp.ts'
import type { Dhcpv6Message } from '../parse/dhcpv6.ts'
import type { Claim } from '../parse/neighbour.ts'
import { addressLength, ETHER_TYPE, type Packet } from '../parse/packet.ts'
import type { ByteHash } from './byte-hash.ts'
import type { DeviceTable } from './device-table.ts'
import type { Surroundings } from './surroundings.ts'
import { addressText, isOneDevice, macNumber, macText } from './text-of.ts'

export interface DeviceWatch {
  readonly claim: (packet: Packet, by: 'arp' | 'nd', claim: Claim, nowMs: number) => void
  readonly dhcp: (packet: Packet, message: DhcpMessage, nowMs: number) => void
  readonly dhcpv6: (packet: Packet, message: Dhcpv6Message, nowMs: number) => void
  readonly mdns: (packet: Packet, hostname: string, nowMs: number) => void
}

interface Parts {
  readonly table: DeviceTable
  readonly hash: ByteHash
  readonly around: () => Surroundings
  readonly tell: (report: DeviceSeen) => void
}

const KINDS = { arp: 1, nd: 2, dhcp: 3, mdns: 4 } as const

/** Tells of devices: who has which address, and what a device says of itself. This machine's own addresses are not told. */
export function makeDeviceWatch(parts: Parts): DeviceWatch {
  const { table, hash, around, tell } = parts
  return {
    claim: (packet, by, { macAt, addressAt }, nowMs) => {
      const mac = macNumber(packet, macAt)
      if (mac < 0) return
      const length = packet.etherType === ETHER_TYPE.arp ? 4 : addressLength(packet)
      const hasAddress = addressAt >= 0 && isOneDevice(packet, addressAt, length)
      if (hasAddress && around().isOwn.has(packet.bytes, addressAt, length)) return
      hash.begin(KINDS[by])
      if (hasAddress) hash.add(packet.bytes, addressAt, length)
      if (!table.isNews(mac, hash.end(), nowMs)) return
      const text = macText(packet, macAt)
      if (!text) return
      const address = hasAddress ? { address: addressText(packet, addressAt) } : {}
      tell({ kind: 'device-seen', by, mac: text, ...address })
    },
    dhcp: (packet, message, nowMs) =>
      tellOf(parts, macText(packet, message.macAt), pick('dhcp', message), nowMs),
    dhcpv6: (packet, message, nowMs) => {
      const isHere = around().isNear.has(packet.bytes, packet.sourceAt, 16)
      const mac = isHere ? macText(packet, packet.macAt) : message.mac && macFromBytes(message.mac)
      tellOf(parts, mac, pick('dhcp', message), nowMs)
    },
    mdns: (packet, hostname, nowMs) => {
      const address = addressText(packet, packet.sourceAt)
      if (around().isOwn.has(packet.bytes, packet.sourceAt, addressLength(packet))) return
      tellOf(parts, macText(packet, packet.macAt), pick('mdns', { address, hostname }), nowMs)
    },
  }
}

type Facts = Omit<DeviceSeen, 'kind' | 'mac'>

/** Without what is not known. */
function pick(
  by: DeviceSeen['by'],
  found: {
    readonly [Key in 'address' | 'hostname' | 'fingerprint' | 'vendorClass']?: string | undefined
  },
): Facts {
  return {
    by,
    ...(found.address !== undefined && { address: found.address }),
    ...(found.hostname !== undefined && { hostname: found.hostname }),
    ...(found.fingerprint !== undefined && { fingerprint: found.fingerprint }),
    ...(found.vendorClass !== undefined && { vendorClass: found.vendorClass }),
  }
}

function tellOf(
  { table, hash, tell }: Parts,
  mac: MacAddress | undefined,
  facts: Facts,
  nowMs: number,
): void {
  if (mac === undefined) return
  hash.begin(KINDS[facts.by])
  for (const text of [facts.address, facts.hostname, facts.fingerprint, facts.vendorClass]) {
    for (let i = 0; i < (text?.length ?? 0); i++) hash.addNumber(text?.charCodeAt(i) ?? 0)
    hash.addNumber(-1)
  }
  const number = Number.parseInt(mac.replaceAll(':', ''), 16)
  if (table.isNews(number, hash.end(), nowMs)) tell({ kind: 'device-seen', mac, ...facts })
}
