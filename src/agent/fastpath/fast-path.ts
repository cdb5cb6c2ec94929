import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { parseAddress } from '#domain/ip-address.ts'
import { machineOffsetMs } from '#platform/clock.ts'
import type { Libc } from '#platform/ffi/libc.ts'
import { bindUdp, type UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { AnswerCache, AnswerCacheLimits } from '../cache/answer-cache.ts'
import type { CacheEntry } from '../cache/cache-entry.ts'
import type { Listener, QueryPool } from '../listen/listener.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { Query } from '../query.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import type { Resolve } from '../stage.ts'
import { BatchServer } from './batch-server.ts'
import { unpackDatagrams } from './datagram.ts'
import { DatagramAnswerer } from './datagram-answerer.ts'
import { type FastTask, type FromFastWorker, SIGNAL, type ToFastWorker } from './fast-task.ts'
import { LookupRing } from './lookup-ring.ts'
import type { PolicyChange } from './policy-change.ts'
import { ReplyBatch } from './reply-batch.ts'
import { SharedTally } from './shared-tally.ts'

/** Asked for; the kernel gives at most `net.core.rmem_max`. */
const RECEIVE_BUFFER_BYTES = 8_388_608
/** A receive call of the worker ends after so long, so that it can be told something. */
const WAIT_MS = 100
const DRAIN_EVERY_MS = 50
/** While there is no worker: so often the main thread looks for packets. */
const STAND_IN_EVERY_MS = 1
/** A worker that dies at once again and again is not started without end. */
const RESTART_MS = { first: 0, second: 50, max: 5_000 } as const
/** After so long alive a worker's death is a new one. */
const STEADY_MS = 10_000
const CLOSE_GRACE_MS = 1_000
const CLOSE_POLL_MS = 10
/** What a query leaves behind lives for a batch; more room for it would only make the process larger. */
const YOUNG_GENERATION_MB = 3
/** Answers told to a new worker in one turn. */
const WARM_UP_STEP = 500

export interface FastPathParts {
  readonly libc: Libc
  readonly keeper: PolicyKeeper
  readonly cache: AnswerCache
  readonly cacheLimits: AnswerCacheLimits
  readonly hashKeyFile: string
  readonly record: (lookup: BlockedLookup) => void
  /** Called some times a second: counts may have grown. */
  readonly onDrain: () => void
  readonly onFault: (text: string) => void
}

/**
 * UDP by a worker that works in batches. The sockets are the main thread's: when the worker dies they stay open, the main
 * thread answers on them, and another worker takes over.
 */
export class FastPath {
  readonly tally: SharedTally = new SharedTally()
  /** How often a worker had to be replaced. */
  replaced = 0
  readonly #parts: FastPathParts
  readonly #sockets: UdpSocket[] = []
  readonly #ring = new LookupRing()
  #answerer: DatagramAnswerer | undefined
  #worker: Worker | undefined
  #port: MessagePort | undefined
  #signals = new Int32Array(new SharedArrayBuffer(8))
  #standIn: NodeJS.Timeout | undefined
  #drainer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  #restartMs: number = RESTART_MS.first
  #startedAtMs = 0

  constructor(parts: FastPathParts) {
    this.#parts = parts
  }

  /** What the kernel gave to each socket for datagrams that wait. */
  get receiveBufferBytes(): number {
    return Math.min(...this.#sockets.map((socket) => socket.receiveBufferBytes))
  }

  /** Binds a socket; throws an error with the system's code, as node:dgram does. Nothing is read before `start`. */
  open({ address, port }: { readonly address: string; readonly port: number }): Listener {
    const bytes = parseAddress(address)
    if (!bytes) throw new BindError(`no address: ${address}`, 'EINVAL')
    const bound = bindUdp(this.#parts.libc, {
      address: bytes,
      port,
      isDual: false,
      isShared: false,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      waitMs: WAIT_MS,
    })
    if ('failure' in bound) throw new BindError(bound.detail, bound.code)
    this.#sockets.push(bound)
    return { transport: 'udp', address, port: bound.port, close: () => this.close() }
  }

  /** Lets go of a socket that was opened last, before `start`. */
  takeBack(): void {
    const last = this.#sockets.pop()
    if (last) this.#parts.libc.close(last.fd)
  }

  /** Answers from now on: by the main thread at once, by a worker as soon as it is ready. */
  start(resolve: Resolve, queries: QueryPool): void {
    const { libc, keeper, cache } = this.#parts
    this.#answerer = new DatagramAnswerer({
      sockets: this.#sockets,
      resolve,
      queries,
      replies: new ReplyBatch(libc, this.#sockets),
      onAnswer: (query) => this.#shareAnswer(query),
    })
    keeper.onChange((change) => this.#tellPolicy(change))
    cache.onKeep((key, entry) => this.#shareEntry(key, entry))
    this.#drainer = setInterval(() => this.#drain(), DRAIN_EVERY_MS)
    this.#startStandIn()
    this.#startWorker()
  }

  /** Ends the worker as a fault would; for tests of what happens then. */
  async killWorker(): Promise<void> {
    await this.#worker?.terminate()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const exited = this.#worker && new Promise((resolve) => this.#worker?.once('exit', resolve))
    Atomics.store(this.#signals, SIGNAL.stop, 1)
    this.#stopStandIn()
    await exited
    for (
      let waitedMs = 0;
      (this.#answerer?.waiting ?? 0) > 0 && waitedMs < CLOSE_GRACE_MS;
      waitedMs += CLOSE_POLL_MS
    )
      await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS))
    clearInterval(this.#drainer)
    this.#drain()
    await new Promise((resolve) => setImmediate(resolve))
    for (const { fd } of this.#sockets) this.#parts.libc.close(fd)
  }

  #drain(): void {
    this.#ring.drain(this.#parts.record)
    this.#parts.onDrain()
  }

  #startWorker(): void {
    const { keeper, cacheLimits, hashKeyFile } = this.#parts
    const { port1, port2 } = new MessageChannel()
    this.#signals = new Int32Array(new SharedArrayBuffer(8))
    const task: FastTask = {
      sockets: this.#sockets,
      port: port2,
      signals: this.#signals.buffer,
      tally: this.tally.memory,
      ring: this.#ring.memory,
      policy: keeper.changes(),
      cache: cacheLimits,
      hashKeyFile,
    }
    const worker = new Worker(new URL('./fast-worker.ts', import.meta.url), {
      workerData: task,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    this.#worker = worker
    this.#port = port1
    this.#startedAtMs = performance.now()
    port1.on('message', (message: FromFastWorker) => this.#take(message))
    worker.on('error', (error) => this.#parts.onFault(`the fast path broke: ${error.message}`))
    worker.on('exit', () => this.#replace(port1))
  }

  #take(message: FromFastWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#stopStandIn()
        this.#warmUp()
        return
      case 'datagrams':
        for (const datagram of unpackDatagrams(message.packed)) this.#answerer?.answer(datagram)
        return
      case 'fault':
        return this.#parts.onFault(`a query could not be worked on: ${message.text}`)
      default:
        return message satisfies never
    }
  }

  #replace(port: MessagePort): void {
    port.close()
    this.#worker = undefined
    this.#port = undefined
    if (this.#closing) return
    this.replaced++
    this.#startStandIn()
    const wasSteady = performance.now() - this.#startedAtMs > STEADY_MS
    const waitMs = wasSteady ? RESTART_MS.first : this.#restartMs
    this.#restartMs = Math.min(RESTART_MS.max, Math.max(RESTART_MS.second, waitMs * 2))
    setTimeout(() => {
      if (!this.#closing) this.#startWorker()
    }, waitMs)
  }

  /** The main thread takes everything over. */
  #startStandIn(): void {
    if (this.#standIn || this.#closing) return
    const server = new BatchServer({
      libc: this.#parts.libc,
      sockets: this.#sockets,
      resolve: (query) => query.answer.setPending(),
      handOver: ({ socket, peer, control, message }) =>
        this.#answerer?.answer({
          socket,
          peer: Buffer.from(peer),
          control: Buffer.from(control),
          message: Buffer.from(message),
        }),
      onBatch: () => undefined,
      onDrops: (drops) => {
        this.tally.kernelDrops = drops
      },
    })
    this.#standIn = setInterval(() => {
      for (const socket of this.#sockets.keys()) server.serve(socket, false)
    }, STAND_IN_EVERY_MS)
  }

  #stopStandIn(): void {
    clearInterval(this.#standIn)
    this.#standIn = undefined
  }

  #tell(message: ToFastWorker): void {
    if (!this.#port) return
    this.#port.postMessage(message)
    Atomics.add(this.#signals, SIGNAL.messages, 1)
  }

  #tellPolicy(change: PolicyChange): void {
    this.#tell({ kind: 'policy', change })
  }

  /** What the main thread knows and the worker has asked for is worth knowing there too. */
  #shareAnswer({ key, answer, result }: Query): void {
    if (result === 'cached' && answer.entry) this.#shareEntry(key, answer.entry)
  }

  #shareEntry(key: string, { stored, storedAtMs }: CacheEntry): void {
    // A copy of its own, since a buffer may be a part of a larger one.
    const wire = Uint8Array.from(stored.wire)
    this.#tell({ kind: 'keep', key, wire, storedAtMs: storedAtMs + machineOffsetMs })
  }

  /** Tells a new worker what is in the cache, some at a time. */
  #warmUp(): void {
    const worker = this.#worker
    const entries = this.#parts.cache.fresh(performance.now())
    const step = (): void => {
      if (this.#worker !== worker || this.#closing) return
      for (let i = 0; i < WARM_UP_STEP; i++) {
        const next = entries.next()
        if (next.done) return
        this.#shareEntry(...next.value)
      }
      setImmediate(step)
    }
    step()
  }
}

class BindError extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}
