/** The first packets of tunnels, by their fixed form. What looks like nothing in particular is not guessed at. */
import { isZero } from './neighbour.ts'
import { word } from './packet.ts'

const WIREGUARD = { port: 51_820, bytes: 148, secondMacAt: 132 } as const
const OPENVPN = { port: 1194, plainBytes: 14, bytesMax: 400 } as const
const IKE = { port: 500, natPort: 4500, headerBytes: 28 } as const

/** Whether UDP carries WireGuard's handshake initiation (type 1, 148 bytes, the second MAC empty but under load), on whatever port. */
export function isWireguard(bytes: Uint8Array, at: number, end: number, port: number): boolean {
  if (end - at !== WIREGUARD.bytes || bytes[at] !== 1 || !isZero(bytes, at + 1, 3)) return false
  return port === WIREGUARD.port || isZero(bytes, at + WIREGUARD.secondMacAt, 16)
}

/**
 * Whether it is OpenVPN's hard reset of a client (version 2 or 3). Its plain form, 14 bytes with an empty list and the first number, counts
 * on whatever port; with a signature (tls-auth, tls-crypt) it looks like noise and counts on port 1194 alone.
 */
export function isOpenvpn(bytes: Uint8Array, at: number, end: number, port: number): boolean {
  const length = end - at
  const opcode = bytes[at]
  if (length < OPENVPN.plainBytes || (opcode !== 0x38 && opcode !== 0x50)) return false
  if (length === OPENVPN.plainBytes && isZero(bytes, at + 9, 5)) return !isZero(bytes, at + 1, 8)
  return port === OPENVPN.port && length <= OPENVPN.bytesMax
}

/** The same over TCP, where two bytes of length stand before it. */
export function isOpenvpnStream(bytes: Uint8Array, at: number, end: number, port: number): boolean {
  return end - at > 2 && word(bytes, at) === end - at - 2 && isOpenvpn(bytes, at + 2, end, port)
}

/** Whether it opens a key exchange for IPsec: IKEv2's IKE_SA_INIT (RFC 7296), or main or aggressive mode of IKEv1 (RFC 2409). */
export function isIke(bytes: Uint8Array, at: number, end: number, port: number): boolean {
  if (port !== IKE.port && port !== IKE.natPort) return false
  // Four zero bytes tell it from ESP on the port for NAT (RFC 3948 section 2.2).
  const from = port === IKE.natPort ? at + 4 : at
  if (from + IKE.headerBytes > end || (port === IKE.natPort && !isZero(bytes, at, 4))) return false
  if (isZero(bytes, from, 8) || !isZero(bytes, from + 8, 8)) return false
  const version = bytes[from + 17]
  const exchange = bytes[from + 18]
  if (version === 0x20) return exchange === 34 && (bytes[from + 19]! & 0x08) === 0x08
  return version === 0x10 && (exchange === 2 || exchange === 4)
}
