import { isDeepStrictEqual } from 'node:util'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { FlushTarget } from '../cache/flush-target.ts'
import type { QueryPool } from '../listen/listener.ts'
import type { Query } from '../query.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import { OBSERVED_BYTES } from '../signals/observed-layout.ts'
import type { Resolve } from '../stage.ts'
import type { PreferredUpstreams } from '../upstream/upstream-pool.ts'
import { takeAnswers } from './answer-pack.ts'
import { unpackDatagrams } from './datagram.ts'
import { DatagramAnswerer } from './datagram-answerer.ts'
import { type FastTask, type FromFastWorker, SIGNAL, type ToFastWorker } from './fast-task.ts'
import { OpenSockets } from './forward/open-sockets.ts'
import type { LaneParts } from './lane-parts.ts'
import { LookupRing } from './lookup-ring.ts'
import { ReplyBatch } from './reply-batch.ts'
import { SharedAnswers } from './shared-answers.ts'
import { SharedTally } from './shared-tally.ts'
import { StandIn } from './stand-in.ts'
import { WorkerFlush } from './worker-flush.ts'

/** A worker that dies at once again and again is not started without end. */
const RESTART_MS = { first: 0, second: 50, max: 5_000 } as const
/** A worker that has answered for so long did not die of its start. */
const STEADY_MS = 1_000
const CLOSE_GRACE_MS = 1_000
const CLOSE_POLL_MS = 5
/** What a query leaves behind lives for a batch; more room for it would only make the process larger. */
const YOUNG_GENERATION_MB = 3

/**
 * One worker with the sockets that it answers on. The sockets are the main thread's: when the worker dies they stay open, the main
 * thread answers on them, and another worker takes over.
 */
export class FastLane {
  readonly tally: SharedTally = new SharedTally()
  /** Where the worker tells of every lookup. */
  readonly observed: SharedArrayBuffer = new SharedArrayBuffer(OBSERVED_BYTES)
  readonly sockets: UdpSocket[] = []
  /** How often the worker had to be replaced. */
  replaced = 0
  readonly #parts: LaneParts
  readonly #onLearnt: (packed: Uint8Array) => void
  readonly #ring = new LookupRing()
  readonly #openSockets = new OpenSockets()
  #upstreams: PreferredUpstreams
  /** Answers for this worker alone. */
  readonly #shared = new SharedAnswers((packed) => this.tell({ kind: 'answers', packed }))
  readonly #flush = new WorkerFlush((number, target) =>
    this.tell({ kind: 'flush', number, target }),
  )
  #answerer: DatagramAnswerer | undefined
  #worker: Worker | undefined
  #port: MessagePort | undefined
  #signals = new Int32Array(new SharedArrayBuffer(8))
  readonly #standIn: StandIn
  #closing: PromiseWithResolvers<void> | undefined
  #restartMs: number = RESTART_MS.first
  /** Since when the worker answers; undefined until it does. */
  #readyAtMs: number | undefined

  /** `onLearnt` hears what the worker has learnt, once the main thread has it. */
  constructor(parts: LaneParts, onLearnt: (packed: Uint8Array) => void) {
    this.#parts = parts
    this.#onLearnt = onLearnt
    this.#upstreams = parts.upstreams()
    this.#standIn = new StandIn({
      libc: parts.libc,
      sockets: this.sockets,
      answer: (datagram) => this.#answerer?.answer(datagram, true),
      onDrops: (drops) => {
        this.tally.kernelDrops = drops
      },
    })
  }

  /** Whether the worker answers; else the main thread does. */
  get isUp(): boolean {
    return this.#worker !== undefined && !this.#standIn.isOn
  }

  /** Answers from now on: by the main thread at once, by a worker as soon as it is ready. */
  start(resolve: Resolve, queries: QueryPool): void {
    this.#answerer = new DatagramAnswerer({
      sockets: this.sockets,
      resolve,
      queries,
      replies: new ReplyBatch(this.#parts.libc, this.sockets, setImmediate),
      onAnswer: (query) => this.#shareAnswer(query),
    })
    this.#standIn.start()
    this.#startWorker()
  }

  /** Sends the worker a message; one that is not there gets what it says when it comes. */
  tell(message: ToFastWorker): void {
    if (!this.#port) return
    this.#port.postMessage(message)
    Atomics.add(this.#signals, SIGNAL.messages, 1)
  }

  /** Takes what the worker has left in shared memory, and tells it whom to ask when that has changed. */
  drain(): void {
    this.#ring.drain((lookup) => this.#record(lookup))
    const upstreams = this.#parts.upstreams()
    if (isDeepStrictEqual(upstreams, this.#upstreams)) return
    this.#upstreams = upstreams
    this.tell({ kind: 'upstreams', upstreams })
  }

  /** In a timer of the main thread, where whatever is thrown would end the process. */
  #record(lookup: BlockedLookup): void {
    try {
      this.#parts.record(lookup)
    } catch (error) {
      this.#parts.onFault(`a blocked lookup could not be recorded: ${String(error)}`)
    }
  }

  /** Drops answers from the worker's cache, and says how many; undefined where it did not answer. */
  async flush(target: FlushTarget): Promise<number | undefined> {
    return this.#worker ? this.#flush.flush(target) : 0
  }

  /** Bytes of the worker's heap and of what it holds beside it; 0 where there is none. */
  async heapBytes(): Promise<number> {
    const heap = await this.#worker?.getHeapStatistics().catch(() => undefined)
    return heap ? heap.total_heap_size + heap.external_memory : 0
  }

  /** Ends the worker as a fault would; for tests of what happens then. */
  async killWorker(): Promise<void> {
    await this.#worker?.terminate()
  }

  /** Takes no new queries, and resolves when those that were taken are answered or the grace time is over. The sockets stay open. */
  async finish(): Promise<void> {
    this.#closing = Promise.withResolvers()
    const worker = this.#worker
    const exited = worker && new Promise((resolve) => worker.once('exit', resolve))
    if (!worker) this.#closing.resolve()
    Atomics.store(this.#signals, SIGNAL.stop, 1)
    this.#standIn.stop()
    await Promise.all([this.#closing.promise, exited])
    for (
      let waitedMs = 0;
      (this.#answerer?.waiting ?? 0) > 0 && waitedMs < CLOSE_GRACE_MS;
      waitedMs += CLOSE_POLL_MS
    )
      await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS))
    this.drain()
    await new Promise((resolve) => setImmediate(resolve))
  }

  #startWorker(): void {
    const { keeper, cacheLimits, zones, ...parts } = this.#parts
    this.#upstreams = this.#parts.upstreams()
    const { port1, port2 } = new MessageChannel()
    this.#signals = new Int32Array(new SharedArrayBuffer(8))
    const task: FastTask = {
      sockets: this.sockets,
      port: port2,
      signals: this.#signals.buffer,
      tally: this.tally.memory,
      ring: this.#ring.memory,
      observed: this.observed,
      policy: keeper.changes(),
      cache: cacheLimits,
      renewal: parts.renewal,
      coversBelow: parts.coversBelow,
      upstreams: this.#upstreams,
      flightsMax: parts.flightsMax,
      openSockets: this.#openSockets.memory,
      hashKeyFile: parts.hashKeyFile,
      cookies: parts.cookies,
      limits: parts.limits,
      zones: zones.memory,
      side: parts.side,
    }
    const worker = new Worker(new URL('./fast-worker.ts', import.meta.url), {
      workerData: task,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    this.#worker = worker
    this.#port = port1
    this.#readyAtMs = undefined
    port1.on('message', (message: FromFastWorker) => this.#take(message))
    worker.on('error', (error) => this.#parts.onFault(`the fast path broke: ${error.message}`))
    worker.on('exit', () => this.#replace(port1))
  }

  #take(message: FromFastWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#readyAtMs = performance.now()
        this.#standIn.stop()
        return this.#warmUp()
      case 'datagrams':
        for (const datagram of unpackDatagrams(message.packed)) this.#answerer?.answer(datagram)
        return
      case 'answers':
        return this.#learn(message.packed)
      case 'flushed':
        return this.#flush.take(message.number, message.answers)
      case 'asked':
        return this.#parts.onAsked(message.counts)
      case 'upstreams':
        for (const report of message.reports) this.#parts.learn(report)
        return
      case 'fault':
        return this.#parts.onFault(`a query could not be worked on: ${message.text}`)
      case 'finished':
        return this.#closing?.resolve()
      default:
        return message satisfies never
    }
  }

  /** Of names that belong to a zone by now, what the worker's upstreams say is not kept. */
  #learn(packed: Uint8Array): void {
    const { cache, keeper } = this.#parts
    const { zones } = keeper.slot.current
    takeAnswers(packed, cache, (key) => !zones.holdsKey(key))
    this.#onLearnt(packed)
  }

  #replace(port: MessagePort): void {
    if (this.#closing) return this.#endOf(port)
    port.close()
    this.#worker = undefined
    this.#port = undefined
    this.#openSockets.closeAll(this.#parts.libc)
    this.#parts.zones.forget(this.#parts.side)
    this.replaced++
    this.#standIn.start()
    const wasSteady = performance.now() - (this.#readyAtMs ?? Number.POSITIVE_INFINITY) > STEADY_MS
    const waitMs = wasSteady ? RESTART_MS.first : this.#restartMs
    this.#restartMs = Math.min(RESTART_MS.max, Math.max(RESTART_MS.second, waitMs * 2))
    setTimeout(() => {
      if (!this.#closing) this.#startWorker()
    }, waitMs)
  }

  /** What the worker has said last may still be on its way when it is gone: its word that this was all comes after it. */
  #endOf(port: MessagePort): void {
    this.#openSockets.closeAll(this.#parts.libc)
    setTimeout(() => this.#closing?.resolve(), CLOSE_POLL_MS)
    setTimeout(() => port.close(), CLOSE_POLL_MS)
  }

  #warmUp(): void {
    const worker = this.#worker
    this.#shared.warmUp(this.#parts.cache, () => this.#worker === worker && !this.#closing)
  }

  /** What the main thread knows and the worker has asked for is worth knowing there too. */
  #shareAnswer({ key, answer, result }: Query): void {
    if (result === 'cached' && answer.entry) this.#shared.share(key, answer.entry)
  }
}
