import type { Libc } from '#platform/ffi/libc.ts'
import type { UdpSocket } from '#platform/ffi/udp-socket.ts'
import { BatchServer } from './batch-server.ts'
import { copyOf, type Datagram } from './datagram.ts'

/** So often the main thread looks for packets. */
const LOOK_EVERY_MS = 1

export interface StandInParts {
  readonly libc: Libc
  readonly sockets: readonly UdpSocket[]
  /** Is given what has been through no stage; keeps the datagram's memory. */
  readonly answer: (datagram: Datagram) => void
  readonly onDrops: (drops: number) => void
}

/** The main thread in the place of a worker, while there is none. */
export class StandIn {
  readonly #parts: StandInParts
  #timer: NodeJS.Timeout | undefined

  constructor(parts: StandInParts) {
    this.#parts = parts
  }

  get isOn(): boolean {
    return this.#timer !== undefined
  }

  start(): void {
    if (this.#timer) return
    const { libc, sockets, answer, onDrops } = this.#parts
    const server = new BatchServer({
      libc,
      sockets,
      resolve: (query) => query.answer.setPending(),
      handOver: (datagram) => answer(copyOf(datagram)),
      onBatch: () => undefined,
      onDrops,
    })
    this.#timer = setInterval(() => {
      for (const socket of sockets.keys()) server.serve(socket, false)
    }, LOOK_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
