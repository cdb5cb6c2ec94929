import { type AddressBytes, formatAddress } from '#domain/ip-address.ts'
import type { Libc } from './libc.ts'
import { SOCKADDR_BYTES } from './message-batch.ts'

const AF_INET = 2
const AF_INET6 = 10
const SOL_SOCKET = 1
const SO_TYPE = 3
const SO_ACCEPTCONN = 30
const SOCK_STREAM = 1
const SOCK_DGRAM = 2

/** What a descriptor is, as the system tells. */
export type SocketFacts =
  | {
      readonly kind: 'udp' | 'tcp'
      readonly address: AddressBytes
      readonly port: number
    }
  /** Anything that DNS cannot be answered on: closed, a file, a Unix socket, a connection. */
  | { readonly kind: 'other' }

/** Looks at a descriptor by getsockname(2) and its options. Never throws, and changes nothing. */
export function lookAtSocket(libc: Libc, fd: number): SocketFacts {
  const type = option(libc, fd, SO_TYPE)
  const isListening = type === SOCK_STREAM && option(libc, fd, SO_ACCEPTCONN) === 1
  if (type !== SOCK_DGRAM && !isListening) return { kind: 'other' }
  const name = Buffer.alloc(SOCKADDR_BYTES)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(SOCKADDR_BYTES)
  if (libc.getsockname(fd, name, length) < 0) return { kind: 'other' }
  const family = name.readUInt16LE(0)
  if (family !== AF_INET && family !== AF_INET6) return { kind: 'other' }
  const address = family === AF_INET ? name.subarray(4, 8) : name.subarray(8, 24)
  return { kind: isListening ? 'tcp' : 'udp', address, port: name.readUInt16BE(2) }
}

/** The same in words. */
export function socketText(facts: SocketFacts): string {
  if (facts.kind === 'other') return 'no UDP socket and no listening TCP socket'
  return `${facts.kind} ${formatAddress(facts.address)} port ${facts.port}`
}

function option(libc: Libc, fd: number, name: number): number {
  const value = Buffer.alloc(4)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(4)
  return libc.getsockopt(fd, SOL_SOCKET, name, value, length) < 0 ? -1 : value.readInt32LE(0)
}
