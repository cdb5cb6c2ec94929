import type { UdpSocket } from '#platform/ffi/udp-socket.ts'
import { readSockaddr } from '../limits/address-words.ts'
import type { QueryPool } from '../listen/listener.ts'
import { writeAnswer } from '../listen/write-answer.ts'
import type { Query } from '../query.ts'
import type { Resolve } from '../stage.ts'
import { ClientNames } from './client-names.ts'
import type { Datagram } from './datagram.ts'
import type { ReplyBatch } from './reply-batch.ts'

export interface DatagramAnswererParts {
  readonly sockets: readonly UdpSocket[]
  readonly resolve: Resolve
  readonly queries: QueryPool
  readonly replies: ReplyBatch
  /** Told of each query with its answer, before the query goes back. */
  readonly onAnswer?: (query: Query) => void
}

/** Answers what could not be answered in the batch in which it came. */
export class DatagramAnswerer {
  readonly #parts: DatagramAnswererParts
  readonly #names = new ClientNames()
  /** Queries that wait for an upstream. */
  waiting = 0

  constructor(parts: DatagramAnswererParts) {
    this.#parts = parts
  }

  /**
   * Keeps the datagram's memory until it is answered. False where somebody else has to do it. `isNew` where it has been through no
   * stage yet.
   */
  answer(datagram: Datagram, isNew = false): boolean {
    const { sockets, resolve, queries } = this.#parts
    const isIpv6 = sockets[datagram.socket]?.isIpv6 ?? false
    const query = queries.take()
    query.begin('udp', this.#names.nameOf(datagram.peer, 0, isIpv6))
    query.hasBeenCounted = !isNew
    readSockaddr(datagram.peer, 0, isIpv6, query.addressWords)
    query.view.bytes = datagram.message
    query.view.start = 0
    query.view.length = datagram.message.length
    query.tries = datagram.tries
    query.waitedMs = datagram.waitedMs
    query.isByTcp = datagram.isByTcp
    const answer = resolve(query)
    if (!(answer instanceof Promise)) {
      const isOurs = answer.kind !== 'pending'
      this.#reply(query, datagram)
      return isOurs
    }
    this.waiting++
    answer.then(
      () => {
        this.waiting--
        this.#reply(query, datagram)
      },
      () => {
        this.waiting--
      },
    )
    return true
  }

  #reply(query: Query, datagram: Datagram): void {
    const { replies, queries, onAnswer } = this.#parts
    const out = writeAnswer(query, query.answer, query.view.udpBytesMax)
    if (out.length > 0) replies.send(datagram, out)
    onAnswer?.(query)
    queries.giveBack(query)
  }
}
