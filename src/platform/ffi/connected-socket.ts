import type { AddressBytes } from '#domain/ip-address.ts'
import type { Libc } from './libc.ts'
import { openDatagram, sockaddrOf } from './udp-socket.ts'

const RECEIVE_BUFFER_BYTES = 1_048_576

/**
 * Opens a UDP socket that talks to one address alone: the kernel chooses a random port for it and lets nobody else's datagrams in
 * (RFC 5452 section 9). Returns its descriptor, or -1 where the machine has no way there.
 */
export function connectUdp(libc: Libc, address: AddressBytes, port: number): number {
  const fd = openDatagram(libc, address, RECEIVE_BUFFER_BYTES)
  if (fd < 0) return -1
  const name = sockaddrOf(address, port)
  if (libc.connect(fd, name, name.length) === 0) return fd
  libc.close(fd)
  return -1
}
