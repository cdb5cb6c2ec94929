import { parseAddress } from '#domain/ip-address.ts'
import { adoptUdp, bindUdp, type UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { Listener, QueryPool } from '../listen/listener.ts'
import { RECEIVE_BUFFER_BYTES } from '../listen/receive-buffer.ts'
import type { Resolve } from '../stage.ts'
import { FastLane, type LaneParts } from './fast-lane.ts'
import { SharedAnswers } from './shared-answers.ts'
import type { SharedTally } from './shared-tally.ts'

/** A receive call of the worker ends after so long, so that it can be told something. */
const WAIT_MS = 100
const DRAIN_EVERY_MS = 50

export interface FastPathParts extends LaneParts {
  /** Workers, each with sockets of its own on every endpoint. */
  readonly workers: number
  /** Called some times a second: counts may have grown. */
  readonly onDrain: () => void
}

interface Place {
  readonly address: string
  readonly port: number
}

/**
 * UDP by workers that work in batches, each on sockets of its own. Where there are several the kernel deals the datagrams of an
 * endpoint out by client (SO_REUSEPORT, socket(7)).
 */
export class FastPath {
  readonly #parts: FastPathParts
  readonly #lanes: readonly FastLane[]
  /** Lanes by socket, in the order of opening. */
  readonly #opened: { readonly lane: FastLane; readonly place: Place }[] = []
  readonly #shared = new SharedAnswers((packed) => {
    for (const lane of this.#lanes) lane.tell({ kind: 'answers', packed })
  })
  #drainer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor(parts: FastPathParts) {
    this.#parts = parts
    const flightsMax = Math.ceil(parts.flightsMax / parts.workers)
    this.#lanes = Array.from({ length: parts.workers }, () => this.#makeLane(flightsMax))
  }

  /** What each worker has counted. */
  get tallies(): readonly SharedTally[] {
    return this.#lanes.map(({ tally }) => tally)
  }

  /** How often a worker had to be replaced. */
  get replaced(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.replaced, 0)
  }

  /** Workers that have sockets. */
  get workers(): number {
    return this.#working.length
  }

  /** Whether all workers answer; else the main thread does for those that do not. */
  get isUp(): boolean {
    return this.#working.every((lane) => lane.isUp)
  }

  /** Binds a socket for each worker; throws an error with the system's code, as node:dgram does. Nothing is read before `start`. */
  open({ address, port }: Place): Listener {
    const bytes = addressOf(address)
    const place = { address, port }
    let bound = port
    for (const [i, lane] of this.#lanes.entries()) {
      const socket = bindUdp(this.#parts.libc, {
        address: bytes,
        port: bound,
        isDual: false,
        isShared: this.#lanes.length > 1,
        receiveBufferBytes: RECEIVE_BUFFER_BYTES,
        waitMs: WAIT_MS,
      })
      if ('failure' in socket) {
        if (i > 0) this.takeBack()
        throw new BindError(socket.detail, socket.code)
      }
      bound = socket.port
      this.#add(lane, socket, place)
    }
    return this.#listener(address, bound)
  }

  /** Takes sockets that were passed bound for an endpoint: one for each worker, as far as they go. */
  adopt({ address, port }: Place, descriptors: readonly number[]): Listener {
    const place = { address, port }
    const options = { address: addressOf(address), port, receiveBufferBytes: RECEIVE_BUFFER_BYTES }
    for (const [i, fd] of descriptors.entries()) {
      const socket = adoptUdp(this.#parts.libc, fd, { ...options, waitMs: WAIT_MS })
      this.#add(this.#lanes[i % this.#lanes.length], socket, place)
    }
    const { length: workers } = this.#lanes
    if (descriptors.length < workers)
      this.#parts.onFault(
        `listen.workers is ${workers}, and ${descriptors.length} UDP sockets were passed for ${address} port ${port}: no more workers answer there`,
      )
    return this.#listener(address, port)
  }

  /** Lets go of the sockets of the endpoint that was opened last, before `start`. */
  takeBack(): void {
    const last = this.#opened.at(-1)?.place
    for (const { lane, place } of this.#opened.toReversed()) {
      if (place !== last) break
      this.#opened.pop()
      const socket = lane.sockets.pop()
      if (socket) this.#parts.libc.close(socket.fd)
    }
  }

  /** Answers from now on. */
  start(resolve: Resolve, queries: QueryPool): void {
    const { keeper, cache, onDrain } = this.#parts
    keeper.onChange((change) => {
      for (const lane of this.#lanes) lane.tell({ kind: 'policy', change })
    })
    cache.onKeep((key, entry) => this.#shared.share(key, entry))
    this.#drainer = setInterval(() => {
      for (const lane of this.#lanes) lane.drain()
      onDrain()
    }, DRAIN_EVERY_MS)
    for (const lane of this.#working) lane.start(resolve, queries)
  }

  /** Bytes of each worker's heap, as it is now. */
  heapBytes(): Promise<readonly number[]> {
    return Promise.all(this.#working.map((lane) => lane.heapBytes()))
  }

  /** Ends a worker as a fault would; for tests of what happens then. */
  async killWorker(number = 0): Promise<void> {
    await this.#lanes[number]?.killWorker()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all(this.#working.map((lane) => lane.finish()))
    clearInterval(this.#drainer)
    this.#parts.onDrain()
    for (const { fd } of this.#sockets) this.#parts.libc.close(fd)
  }

  get #working(): readonly FastLane[] {
    return this.#lanes.filter(({ sockets }) => sockets.length > 0)
  }

  get #sockets(): readonly UdpSocket[] {
    return this.#lanes.flatMap(({ sockets }) => sockets)
  }

  /** What one worker learns the others are told. */
  #makeLane(flightsMax: number): FastLane {
    const lane: FastLane = new FastLane({ ...this.#parts, flightsMax }, (packed) => {
      for (const other of this.#lanes) if (other !== lane) other.tell({ kind: 'answers', packed })
    })
    return lane
  }

  #add(lane: FastLane | undefined, socket: UdpSocket, place: Place): void {
    if (!lane) return
    lane.sockets.push(socket)
    this.#opened.push({ lane, place })
  }

  #listener(address: string, port: number): Listener {
    const receiveBufferBytes = Math.min(...this.#sockets.map((one) => one.receiveBufferBytes))
    return { transport: 'udp', address, port, receiveBufferBytes, close: () => this.close() }
  }
}

function addressOf(text: string): Uint8Array {
  const bytes = parseAddress(text)
  if (!bytes) throw new BindError(`no address: ${text}`, 'EINVAL')
  return bytes
}

class BindError extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}
