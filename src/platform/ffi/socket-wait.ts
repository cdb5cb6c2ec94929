import type { Libc, Pointer } from './libc.ts'
import type { UdpSocket } from './udp-socket.ts'

const POLLFD_BYTES = 8
const POLLIN = 1

/** A socket beside those that are served. */
export interface OtherSocket {
  readonly fd: number
  /** Called when it has something, if only an error. */
  readonly hear: () => void
}

/**
 * Waits for the sockets that are served, and for others that come and go. A single one is waited for by its receive call itself,
 * which spares a system call a batch.
 */
export class SocketWait {
  readonly #libc: Libc
  readonly #served: readonly UdpSocket[]
  readonly #waitsInCall: boolean
  #others: readonly OtherSocket[] = []
  /** struct pollfd (poll(2)): descriptor, events asked for, events found. */
  #fds: Buffer
  #at: Pointer

  constructor(libc: Libc, served: readonly UdpSocket[]) {
    this.#libc = libc
    this.#served = served
    this.#waitsInCall = served.length === 1 && served[0]?.canWait === true
    this.#fds = pollList(served)
    this.#at = libc.addressOf(this.#fds)
  }

  /** From now on these are the others. Not to be called while sockets are served. */
  useOthers(others: readonly OtherSocket[]): void {
    this.#others = others
    this.#fds = pollList([...this.#served, ...others])
    this.#at = this.#libc.addressOf(this.#fds)
  }

  /** Calls `serve` for each socket that has something, after waiting `waitMs` at most; the others are not heard. */
  serveReady(waitMs: number, serve: (socket: number, mayWait: boolean) => void): void {
    if (this.#waitsInCall) return serve(0, true)
    if (this.#poll(this.#served.length, waitMs)) this.#serve(serve)
  }

  /** The same, and then hears the others. */
  serveAndHear(waitMs: number, serve: (socket: number, mayWait: boolean) => void): void {
    const others = this.#others
    const first = this.#served.length
    if (!this.#poll(first + others.length, waitMs)) return
    this.#serve(serve)
    for (let i = 0; i < others.length; i++) if (this.#isReady(first + i)) others[i]!.hear()
  }

  #serve(serve: (socket: number, mayWait: boolean) => void): void {
    for (let i = 0; i < this.#served.length; i++) if (this.#isReady(i)) serve(i, false)
  }

  #poll(count: number, waitMs: number): boolean {
    return this.#libc.poll(this.#at, count, waitMs) > 0
  }

  #isReady(i: number): boolean {
    return this.#fds.readInt16LE(i * POLLFD_BYTES + 6) !== 0
  }
}

function pollList(sockets: readonly { readonly fd: number }[]): Buffer {
  const fds = Buffer.alloc(Math.max(1, sockets.length) * POLLFD_BYTES)
  for (const [i, { fd }] of sockets.entries()) {
    fds.writeInt32LE(fd, i * POLLFD_BYTES)
    fds.writeInt16LE(POLLIN, i * POLLFD_BYTES + 4)
  }
  return fds
}
