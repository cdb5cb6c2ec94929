import type { Libc, Pointer } from './libc.ts'
import type { UdpSocket } from './udp-socket.ts'

const POLLFD_BYTES = 8
const POLLIN = 1

/** Waits for sockets. A single one is waited for by its receive call itself, which spares a system call a batch. */
export class SocketWait {
  readonly #libc: Libc
  readonly #count: number
  /** struct pollfd (poll(2)): descriptor, events asked for, events found. */
  readonly #fds: Buffer
  readonly #at: Pointer

  constructor(libc: Libc, sockets: readonly UdpSocket[]) {
    this.#libc = libc
    this.#count = sockets.length
    this.#fds = Buffer.alloc(Math.max(1, sockets.length) * POLLFD_BYTES)
    this.#at = libc.addressOf(this.#fds)
    for (const [i, { fd }] of sockets.entries()) {
      this.#fds.writeInt32LE(fd, i * POLLFD_BYTES)
      this.#fds.writeInt16LE(POLLIN, i * POLLFD_BYTES + 4)
    }
  }

  /** Calls `serve` for each socket that has something, after waiting `waitMs` at most. */
  forEachReady(waitMs: number, serve: (socket: number, mayWait: boolean) => void): void {
    if (this.#count === 1) return serve(0, true)
    if (this.#libc.poll(this.#at, this.#count, waitMs) <= 0) return
    for (let i = 0; i < this.#count; i++)
      if (this.#fds.readInt16LE(i * POLLFD_BYTES + 6) !== 0) serve(i, false)
  }
}
