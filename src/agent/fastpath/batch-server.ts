import type { Libc } from '#platform/ffi/libc.ts'
import { CONTROL_BYTES, MessageBatch, SOCKADDR_BYTES } from '#platform/ffi/message-batch.ts'
import { readControl, sockaddrBytes, type UdpSocket } from '#platform/ffi/udp-socket.ts'
import { readSockaddr } from '../limits/address-words.ts'
import { writeAnswerInto } from '../listen/write-answer.ts'
import { Query } from '../query.ts'
import type { Resolve } from '../stage.ts'
import { ClientNames } from './client-names.ts'
import type { Datagram } from './datagram.ts'

/** Messages of one system call. */
const BATCH = 64
/** As much of a datagram as is read; no query is as long, and what is cut off by it is malformed. */
const QUERY_BYTES_MAX = 4_096
/** Room for the longest answer that goes out over UDP, and for what is written before its length is known. */
const ANSWER_BYTES_MAX = 1_536
/** Receive what is there, but wait for the first (recvmmsg(2)). */
const MSG_WAITFORONE = 0x10000
const MSG_DONTWAIT = 0x40

export interface BatchServerParts {
  readonly libc: Libc
  readonly sockets: readonly UdpSocket[]
  /** Answers at once, or says that the main thread has to. */
  readonly resolve: Resolve
  /** Takes a query over; what it is given is good until it returns. */
  readonly handOver: (datagram: Datagram) => void
  /** Called before a batch is worked on. */
  readonly onBatch: () => void
  /** Hears how much the kernel has dropped on all the sockets together, as far as it has told. */
  readonly onDrops: (drops: number) => void
}

/**
 * Receives queries in batches, runs the pipeline over them in place and sends the answers of a batch with one call. Memory
 * is made once: a slot's bytes are read and written where the kernel puts them.
 */
export class BatchServer {
  readonly #parts: BatchServerParts
  readonly #received: MessageBatch
  readonly #answers: MessageBatch
  readonly #queries: readonly Query[]
  readonly #names = new ClientNames()
  readonly #control = { drops: -1, infoStart: 0, infoBytes: 0 }
  /** What the kernel has told last of each socket. */
  readonly #drops: number[]

  constructor(parts: BatchServerParts) {
    this.#parts = parts
    this.#received = new MessageBatch(parts.libc, BATCH, QUERY_BYTES_MAX)
    this.#answers = new MessageBatch(parts.libc, BATCH, ANSWER_BYTES_MAX)
    this.#queries = Array.from({ length: BATCH }, (_, slot) => {
      const start = slot * ANSWER_BYTES_MAX
      return new Query(this.#answers.payload.subarray(start, start + ANSWER_BYTES_MAX))
    })
    for (const query of this.#queries) query.view.bytes = this.#received.payload
    this.#received.rearm(BATCH, CONTROL_BYTES)
    this.#drops = parts.sockets.map(() => 0)
  }

  /** Works on what one socket has, after waiting for it where `mayWait`. Returns how many queries that were. */
  serve(number: number, mayWait: boolean): number {
    const { libc, sockets, onBatch } = this.#parts
    const socket = sockets[number]
    if (!socket) return 0
    const flags = mayWait ? MSG_WAITFORONE : MSG_DONTWAIT
    const count = libc.recvmmsg(socket.fd, this.#received.headers, BATCH, flags, 0n)
    if (count <= 0) return 0
    onBatch()
    let answers = 0
    for (let slot = 0; slot < count; slot++)
      if (this.#answer(socket, number, slot, answers)) answers += 1
    this.#received.rearm(count, CONTROL_BYTES)
    if (answers > 0) this.#send(socket, answers)
    return count
  }

  /** Answers what was received in `slot` from answer slot `out`; false where nothing is to be sent from here. */
  #answer(socket: UdpSocket, number: number, slot: number, out: number): boolean {
    const query = this.#queries[out]!
    const { view } = query
    query.begin(
      'udp',
      this.#names.nameOf(this.#received.addresses, slot * SOCKADDR_BYTES, socket.isIpv6),
    )
    readSockaddr(this.#received.addresses, slot * SOCKADDR_BYTES, socket.isIpv6, query.addressWords)
    view.start = slot * QUERY_BYTES_MAX
    view.length = this.#received.lengthOf(slot)
    const answer = this.#parts.resolve(query)
    this.#readControl(slot, number)
    if (answer instanceof Promise || answer.kind === 'pending') {
      this.#handOver(socket, number, slot)
      return false
    }
    const length = writeAnswerInto(query, answer, view.udpBytesMax, query.answer.own)
    if (length === 0) return false
    this.#answers.copyAddress(this.#received, slot, out)
    this.#answers.prepare(out, length, sockaddrBytes(socket), this.#copyControl(socket, out))
    return true
  }

  #send(socket: UdpSocket, count: number): void {
    const { libc } = this.#parts
    let sent = 0
    // A call ends at the first message that cannot be sent (a client that is gone, a full buffer): that one is left out.
    while (sent < count) {
      const done = libc.sendmmsg(
        socket.fd,
        this.#answers.headersFrom(sent),
        count - sent,
        MSG_DONTWAIT,
      )
      sent += done > 0 ? done : 1
    }
  }

  #readControl(slot: number, number: number): void {
    const control = this.#control
    const length = this.#received.controlLengthOf(slot)
    if (length === 0) {
      control.infoBytes = 0
      return
    }
    readControl(this.#received.control, slot * CONTROL_BYTES, length, control)
    if (control.drops < 0 || control.drops === this.#drops[number]) return
    this.#drops[number] = control.drops
    this.#parts.onDrops(this.#drops.reduce((sum, drops) => sum + drops, 0))
  }

  #copyControl(socket: UdpSocket, out: number): number {
    const { infoStart, infoBytes } = this.#control
    if (!socket.isWildcard || infoBytes === 0) return 0
    this.#received.control.copy(
      this.#answers.control,
      out * CONTROL_BYTES,
      infoStart,
      infoStart + infoBytes,
    )
    return infoBytes
  }

  #handOver(socket: UdpSocket, number: number, slot: number): void {
    const { addresses, control, payload } = this.#received
    const { infoStart, infoBytes } = this.#control
    const at = slot * SOCKADDR_BYTES
    const start = slot * QUERY_BYTES_MAX
    this.#parts.handOver({
      socket: number,
      tries: 0,
      waitedMs: 0,
      isByTcp: false,
      peer: addresses.subarray(at, at + sockaddrBytes(socket)),
      control: control.subarray(infoStart, infoStart + (socket.isWildcard ? infoBytes : 0)),
      message: payload.subarray(start, start + this.#received.lengthOf(slot)),
    })
  }
}
