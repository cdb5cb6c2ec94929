import { isDeepStrictEqual } from 'node:util'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { parseAddress } from '#domain/ip-address.ts'
import type { Libc } from '#platform/ffi/libc.ts'
import { bindUdp, type UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { AnswerCache, AnswerCacheLimits } from '../cache/answer-cache.ts'
import type { FlushTarget } from '../cache/flush-target.ts'
import type { RenewalLimits } from '../cache/renewal.ts'
import type { Listener, QueryPool } from '../listen/listener.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { Query } from '../query.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import type { Resolve } from '../stage.ts'
import type { PreferredUpstreams } from '../upstream/upstream-pool.ts'
import type { UpstreamReport } from '../upstream/upstream-report.ts'
import { takeAnswers } from './answer-pack.ts'
import { unpackDatagrams } from './datagram.ts'
import { DatagramAnswerer } from './datagram-answerer.ts'
import { type FastTask, type FromFastWorker, SIGNAL, type ToFastWorker } from './fast-task.ts'
import { OpenSockets } from './forward/open-sockets.ts'
import { LookupRing } from './lookup-ring.ts'
import type { PolicyChange } from './policy-change.ts'
import { ReplyBatch } from './reply-batch.ts'
import { SharedAnswers } from './shared-answers.ts'
import { SharedFailures } from './shared-failures.ts'
import { SharedTally } from './shared-tally.ts'
import { StandIn } from './stand-in.ts'
import { WorkerFlush } from './worker-flush.ts'

/** Asked for; the kernel gives at most `net.core.rmem_max`. */
const RECEIVE_BUFFER_BYTES = 8_388_608
/** A receive call of the worker ends after so long, so that it can be told something. */
const WAIT_MS = 100
const DRAIN_EVERY_MS = 50
/** Counts are added up before each reading of the metrics anyhow; this is for timings, of which only the last are kept. */
const GATHER_EVERY_MS = 1_000
/** A worker that dies at once again and again is not started without end. */
const RESTART_MS = { first: 0, second: 50, max: 5_000 } as const
/** After so long alive a worker's death is a new one. */
const STEADY_MS = 10_000
const CLOSE_GRACE_MS = 1_000
const CLOSE_POLL_MS = 10
/** What a query leaves behind lives for a batch; more room for it would only make the process larger. */
const YOUNG_GENERATION_MB = 3

export interface FastPathParts {
  readonly libc: Libc
  readonly keeper: PolicyKeeper
  readonly cache: AnswerCache
  readonly cacheLimits: AnswerCacheLimits
  readonly renewal: RenewalLimits | undefined
  readonly coversBelow: boolean
  /** Whom the worker may ask by itself, as it is now. */
  readonly upstreams: () => PreferredUpstreams
  /** Told of how they have done. */
  readonly learn: (report: UpstreamReport) => void
  /** Questions that may be on their way upstream at once. */
  readonly flightsMax: number
  readonly hashKeyFile: string
  readonly record: (lookup: BlockedLookup) => void
  /** Called once in a while: counts may have grown. */
  readonly onGather: () => void
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
  readonly #openSockets = new OpenSockets()
  #upstreams: PreferredUpstreams
  readonly #shared = new SharedAnswers((packed) => this.#tell({ kind: 'answers', packed }))
  readonly #failures = new SharedFailures((failures) => this.#tell({ kind: 'failures', failures }))
  readonly #flush = new WorkerFlush((number, target) =>
    this.#tell({ kind: 'flush', number, target }),
  )
  #answerer: DatagramAnswerer | undefined
  #worker: Worker | undefined
  #port: MessagePort | undefined
  #signals = new Int32Array(new SharedArrayBuffer(8))
  readonly #standIn: StandIn
  #drainer: NodeJS.Timeout | undefined
  #gatherer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  #restartMs: number = RESTART_MS.first
  #startedAtMs = 0

  constructor(parts: FastPathParts) {
    this.#parts = parts
    this.#upstreams = parts.upstreams()
    this.#standIn = new StandIn({
      libc: parts.libc,
      sockets: this.#sockets,
      answer: (datagram) => this.#answerer?.answer(datagram),
      onDrops: (drops) => {
        this.tally.kernelDrops = drops
      },
    })
  }

  /** What the kernel gave to each socket for datagrams that wait. */
  get receiveBufferBytes(): number {
    return Math.min(...this.#sockets.map((socket) => socket.receiveBufferBytes))
  }

  /** Whether a worker answers; else the main thread does. */
  get isUp(): boolean {
    return this.#worker !== undefined && !this.#standIn.isOn
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
      replies: new ReplyBatch(libc, this.#sockets, setImmediate),
      onAnswer: (query) => this.#shareAnswer(query),
    })
    keeper.onChange((change) => this.#tellPolicy(change))
    cache.onKeep((key, entry) => this.#shared.share(key, entry))
    cache.failures.onNote((key, failure) => this.#failures.share(key, failure))
    this.#drainer = setInterval(() => this.#drain(), DRAIN_EVERY_MS)
    this.#gatherer = setInterval(() => this.#parts.onGather(), GATHER_EVERY_MS)
    this.#standIn.start()
    this.#startWorker()
  }

  /** Drops answers from the worker's cache, and says how many; undefined where it did not answer. */
  async flush(target: FlushTarget): Promise<number | undefined> {
    return this.#worker ? this.#flush.flush(target) : 0
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
    this.#standIn.stop()
    await exited
    for (
      let waitedMs = 0;
      (this.#answerer?.waiting ?? 0) > 0 && waitedMs < CLOSE_GRACE_MS;
      waitedMs += CLOSE_POLL_MS
    )
      await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS))
    clearInterval(this.#drainer)
    clearInterval(this.#gatherer)
    this.#drain()
    this.#parts.onGather()
    await new Promise((resolve) => setImmediate(resolve))
    for (const { fd } of this.#sockets) this.#parts.libc.close(fd)
  }

  #drain(): void {
    this.#ring.drain(this.#parts.record)
    this.#tellUpstreams()
  }

  #startWorker(): void {
    const { keeper, cacheLimits, renewal, coversBelow, hashKeyFile, flightsMax } = this.#parts
    this.#upstreams = this.#parts.upstreams()
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
      renewal,
      coversBelow,
      upstreams: this.#upstreams,
      flightsMax,
      openSockets: this.#openSockets.memory,
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
        this.#standIn.stop()
        return this.#warmUp()
      case 'datagrams':
        for (const datagram of unpackDatagrams(message.packed)) this.#answerer?.answer(datagram)
        return
      case 'answers':
        return takeAnswers(message.packed, this.#parts.cache)
      case 'flushed':
        return this.#flush.take(message.number, message.answers)
      case 'upstreams':
        for (const report of message.reports) this.#parts.learn(report)
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
    this.#openSockets.closeAll(this.#parts.libc)
    if (this.#closing) return
    this.replaced++
    this.#standIn.start()
    const wasSteady = performance.now() - this.#startedAtMs > STEADY_MS
    const waitMs = wasSteady ? RESTART_MS.first : this.#restartMs
    this.#restartMs = Math.min(RESTART_MS.max, Math.max(RESTART_MS.second, waitMs * 2))
    setTimeout(() => {
      if (!this.#closing) this.#startWorker()
    }, waitMs)
  }

  #tell(message: ToFastWorker): void {
    if (!this.#port) return
    this.#port.postMessage(message)
    Atomics.add(this.#signals, SIGNAL.messages, 1)
  }

  /** The worker goes by another order when upstreams fail, rest or are replaced. */
  #tellUpstreams(): void {
    const upstreams = this.#parts.upstreams()
    if (isDeepStrictEqual(upstreams, this.#upstreams)) return
    this.#upstreams = upstreams
    this.#tell({ kind: 'upstreams', upstreams })
  }

  #warmUp(): void {
    const worker = this.#worker
    this.#shared.warmUp(this.#parts.cache, () => this.#worker === worker && !this.#closing)
  }

  #tellPolicy(change: PolicyChange): void {
    this.#tell({ kind: 'policy', change })
  }

  /** What the main thread knows and the worker has asked for is worth knowing there too. */
  #shareAnswer({ key, answer, result }: Query): void {
    if (result === 'cached' && answer.entry) this.#shared.share(key, answer.entry)
  }
}

class BindError extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}
