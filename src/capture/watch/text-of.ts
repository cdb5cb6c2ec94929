import { formatAddress } from '#domain/ip-address.ts'
import { type MacAddress, macFromBytes } from '#domain/mac-address.ts'
import { addressLength, type Packet } from '../parse/packet.ts'

/** The address at a place of the packet, as text. */
export function addressText(packet: Packet, at: number): string {
  return formatAddress(packet.bytes.subarray(at, at + addressLength(packet)))
}

/** The MAC at a place; undefined for what is no device's. */
export function macText({ bytes }: Packet, at: number): MacAddress | undefined {
  return at < 0 ? undefined : macFromBytes(bytes.subarray(at, at + 6))
}

/** The same as a whole number, without allocating; -1 for what is no device's. */
export function macNumber({ bytes }: Packet, at: number): number {
  if (at < 0 || (bytes[at]! & 1) === 1) return -1
  let value = 0
  for (let i = 0; i < 6; i++) value = value * 256 + bytes[at + i]!
  return value === 0 ? -1 : value
}

/** Whether one device can have it: no group, no loopback, not "none". */
export function isOneDevice({ bytes }: Packet, at: number, length: number): boolean {
  const first = bytes[at]!
  if (length === 4) return first !== 0 && first !== 127 && first < 224
  if (first === 0xff) return false
  for (let i = 0; i < 15; i++) if (bytes[at + i] !== 0) return true
  return bytes[at + 15]! > 1
}
