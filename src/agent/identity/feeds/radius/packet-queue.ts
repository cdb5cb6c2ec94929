import { RADIUS_LIMITS } from './radius-limits.ts'

/**
 * What waits to be looked at: so many at most, and so many in one turn of the event loop, so that queries for names never wait
 * for more than one turn.
 */
export class PacketQueue<Packet> {
  readonly #work: (packet: Packet) => void
  /** Taken from `#next` on; emptied when all are taken. */
  #waiting: Packet[] = []
  #next = 0
  #turn: NodeJS.Immediate | undefined

  constructor(work: (packet: Packet) => void) {
    this.#work = work
  }

  get size(): number {
    return this.#waiting.length - this.#next
  }

  /** False when there is no room. */
  push(packet: Packet): boolean {
    if (this.size >= RADIUS_LIMITS.queuedPackets) return false
    this.#waiting.push(packet)
    this.#turn ??= setImmediate(this.#run)
    return true
  }

  /** What waits is dropped. */
  close(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    this.#waiting = []
    this.#next = 0
  }

  readonly #run = (): void => {
    this.#turn = undefined
    const end = Math.min(this.#next + RADIUS_LIMITS.packetsATick, this.#waiting.length)
    while (this.#next < end) {
      const packet = this.#waiting[this.#next++]
      if (packet !== undefined) this.#work(packet)
    }
    this.#waiting = this.#waiting.slice(this.#next)
    this.#next = 0
    if (this.#waiting.length > 0) this.#turn = setImmediate(this.#run)
  }
}
