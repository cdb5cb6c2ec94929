/** Sockets that are bound and never read here, as systemd holds them for a service: by calls of the C library of the test's own. */
import { createRequire } from 'node:module'
import type koffi from 'koffi'

const AF_INET = 2
const AF_INET6 = 10
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
/** As systemd opens them: systemd.socket(5), NonBlocking= clears it for the service. */
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_REUSEPORT = 15
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
const BACKLOG = 128

export interface BoundSocketOptions {
  readonly kind: 'udp' | 'tcp'
  readonly address: '127.0.0.1' | '0.0.0.0' | '::1' | '::'
  readonly port: number
  /** Calls on it never wait. */
  readonly isNonBlocking?: boolean
  /** Shares its port with others of the same kind. */
  readonly isShared?: boolean
  /** One for IPv6 that takes IPv4 as well. */
  readonly isDual?: boolean
}

export interface BoundSocket {
  readonly fd: number
  readonly close: () => void
}

type Call = (...words: readonly unknown[]) => number

/** Throws where the port is taken or koffi is not installed. */
export function openBoundSocket(options: BoundSocketOptions): BoundSocket {
  const { kind, address, port, isNonBlocking = false, isShared = false, isDual = false } = options
  const { socket, bind, listen, setsockopt, close } = library()
  const isIpv6 = address.includes(':')
  const type =
    (kind === 'udp' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | (isNonBlocking ? SOCK_NONBLOCK : 0)
  const fd = socket(isIpv6 ? AF_INET6 : AF_INET, type, 0)
  const set = (level: number, option: number, value: number): number => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(value)
    return setsockopt(fd, level, option, bytes, 4)
  }
  if (isIpv6) set(IPPROTO_IPV6, IPV6_V6ONLY, isDual ? 0 : 1)
  if (isShared) set(SOL_SOCKET, SO_REUSEPORT, 1)
  const name = Buffer.alloc(isIpv6 ? 28 : 16)
  name.writeUInt16LE(isIpv6 ? AF_INET6 : AF_INET, 0)
  name.writeUInt16BE(port, 2)
  if (address === '127.0.0.1') name.writeUInt32BE(0x7f000001, 4)
  if (address === '::1') name[23] = 1
  const isOpen =
    fd >= 0 && bind(fd, name, name.length) === 0 && (kind === 'udp' || listen(fd, BACKLOG) === 0)
  if (!isOpen) throw new Error(`cannot bind ${kind} ${address} port ${port}`)
  return { fd, close: () => close(fd) }
}

interface Library {
  readonly socket: Call
  readonly bind: Call
  readonly listen: Call
  readonly setsockopt: Call
  readonly close: Call
}

let loaded: Library | undefined

function library(): Library {
  if (loaded) return loaded
  const ffi: typeof koffi = createRequire(import.meta.url)('koffi')
  const c = ffi.load(null)
  loaded = {
    socket: c.func('int socket(int domain, int type, int protocol)'),
    bind: c.func('int bind(int fd, void *address, uint length)'),
    listen: c.func('int listen(int fd, int backlog)'),
    setsockopt: c.func('int setsockopt(int fd, int level, int option, void *value, uint length)'),
    close: c.func('int close(int fd)'),
  }
  return loaded
}
