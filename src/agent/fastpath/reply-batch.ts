import type { Libc } from '#platform/ffi/libc.ts'
import { CONTROL_BYTES, MessageBatch, SOCKADDR_BYTES } from '#platform/ffi/message-batch.ts'
import type { UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { Datagram } from './datagram.ts'

const BATCH = 64
const ANSWER_BYTES_MAX = 1_536
const MSG_DONTWAIT = 0x40

/** Sends answers on the sockets of the fast path, gathered until it is time. */
export class ReplyBatch {
  readonly #libc: Libc
  readonly #sockets: readonly UdpSocket[]
  readonly #batches: readonly MessageBatch[]
  readonly #counts: number[]
  readonly #schedule: (flush: () => void) => void
  #isDue = false

  /** `schedule` makes sure that what is gathered goes out; it is called once for each flush. */
  constructor(libc: Libc, sockets: readonly UdpSocket[], schedule: (flush: () => void) => void) {
    this.#schedule = schedule
    this.#libc = libc
    this.#sockets = sockets
    this.#batches = sockets.map(() => new MessageBatch(libc, BATCH, ANSWER_BYTES_MAX))
    this.#counts = sockets.map(() => 0)
  }

  /** Copies the bytes; they go out with the next flush. */
  send({ socket, peer, control }: Omit<Datagram, 'message' | 'tries'>, answer: Uint8Array): void {
    const batch = this.#batches[socket]
    if (!batch || answer.length > ANSWER_BYTES_MAX) return
    if (this.#counts[socket] === BATCH) this.#flush(socket)
    const slot = this.#counts[socket] ?? 0
    batch.payload.set(answer, slot * ANSWER_BYTES_MAX)
    batch.addresses.set(peer, slot * SOCKADDR_BYTES)
    batch.control.set(control, slot * CONTROL_BYTES)
    batch.prepare(slot, answer.length, peer.length, control.length)
    this.#counts[socket] = slot + 1
    if (this.#isDue) return
    this.#isDue = true
    this.#schedule(() => this.flush())
  }

  flush(): void {
    if (!this.#isDue) return
    this.#isDue = false
    for (const socket of this.#sockets.keys()) this.#flush(socket)
  }

  #flush(socket: number): void {
    const batch = this.#batches[socket]
    const count = this.#counts[socket] ?? 0
    this.#counts[socket] = 0
    const fd = this.#sockets[socket]?.fd
    if (!batch || fd === undefined) return
    for (let sent = 0; sent < count; ) {
      const done = this.#libc.sendmmsg(fd, batch.headersFrom(sent), count - sent, MSG_DONTWAIT)
      sent += done > 0 ? done : 1
    }
  }
}
