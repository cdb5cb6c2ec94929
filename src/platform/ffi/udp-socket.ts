import { type AddressBytes, formatAddress } from '#domain/ip-address.ts'
import { ERRNO, type Libc } from './libc.ts'
import { CONTROL_BYTES, SOCKADDR_BYTES } from './message-batch.ts'

const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const SO_REUSEPORT = 15
const SO_RCVTIMEO = 20
const SO_RCVBUFFORCE = 33
const SO_RXQ_OVFL = 40
const IPPROTO_IP = 0
const IP_PKTINFO = 8
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
const IPV6_RECVPKTINFO = 49

export interface UdpOptions {
  readonly address: AddressBytes
  /** 0 lets the kernel choose. */
  readonly port: number
  /** An IPv6 wildcard that takes IPv4 as well. */
  readonly isDual: boolean
  /** Whether other sockets of ours share the port. */
  readonly isShared: boolean
  /** Asked for; without CAP_NET_ADMIN the kernel gives at most `net.core.rmem_max`. */
  readonly receiveBufferBytes: number
  /** For so long a receive waits at most. */
  readonly waitMs: number
}

/** A bound socket, as plain data that a worker can be given. */
export interface UdpSocket {
  readonly fd: number
  readonly isIpv6: boolean
  readonly port: number
  /** What the kernel gave. */
  readonly receiveBufferBytes: number
  /** Whether it hears several addresses, so that each answer must say from which of them it leaves. */
  readonly isWildcard: boolean
  /** False where somebody else holds it too, who may have made it one whose calls never wait (O_NONBLOCK is of the socket, not of the descriptor). */
  readonly canWait: boolean
}

/** What kept a socket from being bound: the call, and the system's word for it. */
export interface BindFault {
  readonly failure: 'cannot-bind'
  readonly code: string
  readonly detail: string
}

/** Opens and binds a socket. Never throws; what was opened is closed again on a fault. */
export function bindUdp(libc: Libc, options: UdpOptions): UdpSocket | BindFault {
  const isIpv6 = options.address.length === 16
  const fd = openDatagram(libc, options.address, options.receiveBufferBytes)
  if (fd < 0) return fault(libc, 'socket')
  const name = sockaddrOf(options.address, options.port)
  const isWildcard = options.address.every((byte) => byte === 0)
  prepare(libc, fd, options, isWildcard)
  if (libc.bind(fd, name, name.length) < 0) {
    const failed = fault(libc, `bind ${formatAddress(options.address)} port ${options.port}`)
    libc.close(fd)
    return failed
  }
  const receiveBufferBytes = readOption(libc, fd, SO_RCVBUF) / 2
  return { fd, isIpv6, port: portOf(libc, fd), receiveBufferBytes, isWildcard, canWait: true }
}

/** Makes a socket that was passed bound fit for the same use. What it was given by whoever opened it stays: address, port, sharing. */
export function adoptUdp(
  libc: Libc,
  fd: number,
  options: Pick<UdpOptions, 'address' | 'port' | 'receiveBufferBytes' | 'waitMs'>,
): UdpSocket {
  const { address, port, receiveBufferBytes: wanted } = options
  const isIpv6 = address.length === 16
  const isWildcard = address.every((byte) => byte === 0)
  if (readOption(libc, fd, SO_RCVBUF) / 2 < wanted) askForRoom(libc, fd, wanted)
  setReceiveOptions(libc, fd, options, isWildcard)
  const receiveBufferBytes = readOption(libc, fd, SO_RCVBUF) / 2
  return { fd, isIpv6, port, receiveBufferBytes, isWildcard, canWait: false }
}

/** Opens a UDP socket of an address's family, with as much of the room asked for as the kernel gives; -1 where there is none. */
export function openDatagram(
  libc: Libc,
  address: AddressBytes,
  receiveBufferBytes: number,
): number {
  const family = address.length === 16 ? AF_INET6 : AF_INET
  const fd = libc.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  if (fd >= 0) askForRoom(libc, fd, receiveBufferBytes)
  return fd
}

/** Beyond `net.core.rmem_max` where this process may (CAP_NET_ADMIN), else as far as that. */
function askForRoom(libc: Libc, fd: number, bytes: number): void {
  if (!setOption(libc, fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes))
    setOption(libc, fd, SOL_SOCKET, SO_RCVBUF, bytes)
}

/** What must be said before the socket is bound. */
function prepare(libc: Libc, fd: number, options: UdpOptions, isWildcard: boolean): void {
  const isIpv6 = options.address.length === 16
  if (isIpv6) setOption(libc, fd, IPPROTO_IPV6, IPV6_V6ONLY, options.isDual ? 0 : 1)
  if (options.isShared) setOption(libc, fd, SOL_SOCKET, SO_REUSEPORT, 1)
  setReceiveOptions(libc, fd, options, isWildcard)
}

/** Options that are missing on an old kernel cost a figure or a default, never the socket. */
function setReceiveOptions(
  libc: Libc,
  fd: number,
  { address, waitMs }: Pick<UdpOptions, 'address' | 'waitMs'>,
  isWildcard: boolean,
): void {
  setOption(libc, fd, SOL_SOCKET, SO_RXQ_OVFL, 1)
  const timeout = Buffer.alloc(16)
  timeout.writeBigInt64LE(BigInt(Math.floor(waitMs / 1000)), 0)
  timeout.writeBigInt64LE(BigInt((waitMs % 1000) * 1000), 8)
  libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length)
  if (!isWildcard) return
  // An IPv6 socket that takes IPv4 as well tells of both in the form of IPv6.
  if (address.length === 16) setOption(libc, fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
  else setOption(libc, fd, IPPROTO_IP, IP_PKTINFO, 1)
}

/** struct sockaddr_in or sockaddr_in6. */
export function sockaddrOf(address: AddressBytes, port: number): Buffer {
  const isIpv6 = address.length === 16
  const name = Buffer.alloc(isIpv6 ? 28 : 16)
  name.writeUInt16LE(isIpv6 ? AF_INET6 : AF_INET, 0)
  name.writeUInt16BE(port, 2)
  name.set(address, isIpv6 ? 8 : 4)
  return name
}

/** Bytes of a peer's address in a socket's family. */
export function sockaddrBytes({ isIpv6 }: UdpSocket): number {
  return isIpv6 ? 28 : 16
}

/** What a received control message says; offsets are those of its bytes. */
export interface ControlFacts {
  /** Datagrams that the kernel has dropped on this socket since it was opened; -1 where it says nothing. */
  drops: number
  /** Where the packet-info message begins, and its size rounded up; 0 bytes where there is none. */
  infoStart: number
  infoBytes: number
}

/** Reads control data (cmsg(3)): which address was asked, and how much was dropped. Does not allocate. */
export function readControl(
  control: Buffer,
  start: number,
  length: number,
  facts: ControlFacts,
): void {
  facts.drops = -1
  facts.infoBytes = 0
  const end = start + Math.min(length, CONTROL_BYTES)
  for (let at = start; at + 16 <= end; ) {
    const size = control.readUInt32LE(at)
    if (size < 16 || at + size > end) return
    const level = control.readInt32LE(at + 8)
    const type = control.readInt32LE(at + 12)
    const rounded = (size + 7) & ~7
    if (level === SOL_SOCKET && type === SO_RXQ_OVFL) facts.drops = control.readUInt32LE(at + 16)
    else {
      facts.infoStart = at
      facts.infoBytes = Math.min(rounded, end - at)
    }
    at += rounded
  }
}

/** The port of a socket; 0 where it has none. */
export function portOf(libc: Libc, fd: number): number {
  const name = Buffer.alloc(SOCKADDR_BYTES)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(SOCKADDR_BYTES)
  return libc.getsockname(fd, name, length) < 0 ? 0 : name.readUInt16BE(2)
}

function setOption(libc: Libc, fd: number, level: number, option: number, value: number): boolean {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return libc.setsockopt(fd, level, option, bytes, bytes.length) === 0
}

function readOption(libc: Libc, fd: number, option: number): number {
  const bytes = Buffer.alloc(4)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(4)
  return libc.getsockopt(fd, SOL_SOCKET, option, bytes, length) < 0 ? 0 : bytes.readInt32LE(0)
}

const CODES: ReadonlyMap<number, string> = new Map(
  Object.entries(ERRNO).map(([code, number]) => [number, code]),
)

function fault(libc: Libc, call: string): BindFault {
  const errno = libc.errno()
  const code = CODES.get(errno) ?? `errno ${errno}`
  return { failure: 'cannot-bind', code, detail: `${call}: ${code}` }
}
