import { parseAddress } from '#domain/ip-address.ts'
import { adoptUdp, bindUdp, type UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { FlushTarget } from '../cache/flush-target.ts'
import { MAIN_SIDE } from '../limits/zone-limits.ts'
import type { Listener, QueryPool } from '../listen/listener.ts'
import { RECEIVE_BUFFER_BYTES } from '../listen/receive-buffer.ts'
import type { Resolve } from '../stage.ts'
import { FastLane } from './fast-lane.ts'
import type { ToFastWorker } from './fast-task.ts'
import type { LaneParts } from './lane-parts.ts'
import { SharedAnswers } from './shared-answers.ts'
import { SharedFailures } from './shared-failures.ts'
import type { SharedTally } from './shared-tally.ts'

/** A receive call of the worker ends after so long, so that it can be told something. */
const WAIT_MS = 100
const DRAIN_EVERY_MS = 50
/** Counts are added up before each reading of the metrics anyhow; this is for timings, of which only the last are kept. */
const GATHER_EVERY_MS = 1_000

export interface FastPathParts extends Omit<LaneParts, 'side'> {
  /** Workers, each with sockets of its own on every endpoint. */
  readonly workers: number
  /** Called once in a while: counts may have grown. */
  readonly onGather: () => void
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
  readonly #shared = new SharedAnswers((packed) => this.#tellAll({ kind: 'answers', packed }))
  readonly #failures = new SharedFailures((failures) =>
    this.#tellAll({ kind: 'failures', failures }),
  )
  #drainer: NodeJS.Timeout | undefined
  #gatherer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor(parts: FastPathParts) {
    this.#parts = parts
    const flightsMax = Math.ceil(parts.flightsMax / parts.workers)
    this.#lanes = Array.from({ length: parts.workers }, (_, i) =>
      this.#makeLane(flightsMax, MAIN_SIDE + 1 + i),
    )
  }

  /** What each worker has counted. */
  get tallies(): readonly SharedTally[] {
    return this.#lanes.map(({ tally }) => tally)
  }

  /** Where each worker tells of every lookup. */
  get observed(): readonly SharedArrayBuffer[] {
    return this.#lanes.map(({ observed }) => observed)
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
    const { keeper, cache, onGather } = this.#parts
    keeper.onChange((change) => this.#tellAll({ kind: 'policy', change }))
    cache.onKeep((key, entry) => this.#shared.share(key, entry))
    cache.failures.onNote((key, failure) => this.#failures.share(key, failure))
    this.#drainer = setInterval(() => {
      for (const lane of this.#lanes) lane.drain()
    }, DRAIN_EVERY_MS)
    this.#gatherer = setInterval(onGather, GATHER_EVERY_MS)
    for (const lane of this.#working) lane.start(resolve, queries)
  }

  /** Drops answers from the workers' caches, and says how many; undefined where one did not answer. */
  async flush(target: FlushTarget): Promise<number | undefined> {
    const dropped = await Promise.all(this.#working.map((lane) => lane.flush(target)))
    return dropped.reduce(
      (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
      0,
    )
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
    clearInterval(this.#gatherer)
    this.#parts.onGather()
    // An answer that comes later must not go out on a descriptor that is another's by then.
    for (const { sockets } of this.#lanes)
      for (const { fd } of sockets.splice(0)) this.#parts.libc.close(fd)
  }

  get #working(): readonly FastLane[] {
    return this.#lanes.filter(({ sockets }) => sockets.length > 0)
  }

  get #sockets(): readonly UdpSocket[] {
    return this.#lanes.flatMap(({ sockets }) => sockets)
  }

  #tellAll(message: ToFastWorker): void {
    for (const lane of this.#lanes) lane.tell(message)
  }

  /** What one worker learns the others are told. */
  #makeLane(flightsMax: number, side: number): FastLane {
    const lane: FastLane = new FastLane({ ...this.#parts, flightsMax, side }, (packed) => {
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
