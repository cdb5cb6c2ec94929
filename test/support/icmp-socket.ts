/** Sends "port unreachable" (RFC 792) about a datagram of somebody's choice on loopback, as a forger would: by the C library, as root. */
import { createRequire } from 'node:module'
import type koffi from 'koffi'

const AF_INET = 2
const SOCK_RAW = 3
const IPPROTO_ICMP = 1
const IPPROTO_UDP = 17
const LOOPBACK = 0x7f000001
const UNREACHABLE = 3
const BAD_PORT = 3
const IP_BYTES = 20
const UDP_BYTES = 8

export interface IcmpSocket {
  /** Says that what `fromPort` has sent to `toPort` of 127.0.0.1 found nobody. */
  readonly refuse: (fromPort: number, toPort: number) => void
  readonly close: () => void
}

/** Undefined without koffi or root. */
export function openIcmpSocket(): IcmpSocket | undefined {
  const c = library()
  const fd = c?.socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) ?? -1
  if (!c || fd < 0) return undefined
  const name = Buffer.alloc(16)
  name.writeUInt16LE(AF_INET, 0)
  name.writeUInt32BE(LOOPBACK, 4)
  return {
    refuse: (fromPort, toPort) => {
      const message = unreachable(fromPort, toPort)
      c.sendto(fd, message, message.length, 0, name, name.length)
    },
    close: () => c.close(fd),
  }
}

/** The ICMP header, and of the datagram that it is about the IP and UDP headers. */
function unreachable(fromPort: number, toPort: number): Buffer {
  const ip = Buffer.alloc(IP_BYTES)
  ip.writeUInt8(0x45, 0)
  ip.writeUInt16BE(IP_BYTES + UDP_BYTES, 2)
  ip.writeUInt8(64, 8)
  ip.writeUInt8(IPPROTO_UDP, 9)
  ip.writeUInt32BE(LOOPBACK, 12)
  ip.writeUInt32BE(LOOPBACK, 16)
  const udp = Buffer.alloc(UDP_BYTES)
  udp.writeUInt16BE(fromPort, 0)
  udp.writeUInt16BE(toPort, 2)
  udp.writeUInt16BE(UDP_BYTES, 4)
  const message = Buffer.concat([Buffer.of(UNREACHABLE, BAD_PORT, 0, 0, 0, 0, 0, 0), ip, udp])
  message.writeUInt16BE(checksum(message), 2)
  return message
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return ~sum & 0xffff
}

type Call = (...words: readonly unknown[]) => number

interface Library {
  readonly socket: Call
  readonly sendto: Call
  readonly close: Call
}

function library(): Library | undefined {
  try {
    const ffi: typeof koffi = createRequire(import.meta.url)('koffi')
    const c = ffi.load(null)
    return {
      socket: c.func('int socket(int domain, int type, int protocol)'),
      sendto: c.func(
        'long sendto(int fd, void *bytes, ulong length, int flags, void *address, uint size)',
      ),
      close: c.func('int close(int fd)'),
    }
  } catch {
    return undefined
  }
}
