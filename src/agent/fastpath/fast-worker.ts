/**
 * The fast-path worker: it owns no socket but blocks in their receive calls, answers what can be answered from memory, and
 * hands everything else to the main thread. It never logs, stores or waits for anything but packets.
 */
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { isFailure } from '#domain/failure.ts'
import { type Clock, machineOffsetMs, systemClock } from '#platform/clock.ts'
import { type Libc, loadLibc } from '#platform/ffi/libc.ts'
import { SocketWait } from '#platform/ffi/socket-wait.ts'
import { makeKeyedHash } from '#platform/secret-file.ts'
import { readAnswer } from '#wire/stored-answer.ts'
import { AnswerCache } from '../cache/answer-cache.ts'
import { newEntry } from '../cache/cache-entry.ts'
import { containFaults } from '../contain-faults.ts'
import { compose, makeStages } from '../pipeline.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { Resolve } from '../stage.ts'
import { BatchServer } from './batch-server.ts'
import { DatagramPacker } from './datagram.ts'
import { type FastTask, type FromFastWorker, SIGNAL, type ToFastWorker } from './fast-task.ts'
import { LookupFold } from './lookup-fold.ts'
import { LookupRing } from './lookup-ring.ts'
import { applyChange, keeperFrom } from './mirrored-policy.ts'
import { SharedTally } from './shared-tally.ts'

/** For so long it is blind to messages at most. */
const WAIT_MS = 100

/** Everything one worker has, put together from its task. */
class FastWorker {
  readonly #task: FastTask
  readonly #libc: Libc
  readonly #signals: Int32Array
  readonly #clock = new BatchClock()
  readonly #counts: SharedTally
  readonly #lookups: LookupRing
  readonly #fold = new LookupFold((lookup) => {
    if (!this.#lookups.push(lookup)) this.#counts.dropLookup()
  })
  readonly #packer = new DatagramPacker()
  readonly #cache: AnswerCache
  readonly #keeper: PolicyKeeper
  /** Messages that were sent when it last looked. */
  #seen = 0

  constructor(task: FastTask, libc: Libc) {
    this.#task = task
    this.#libc = libc
    this.#signals = new Int32Array(task.signals)
    this.#counts = new SharedTally(task.tally)
    this.#lookups = new LookupRing(task.ring)
    this.#cache = new AnswerCache(task.cache)
    this.#keeper = keeperFrom(task.policy, this.#clock)
  }

  /** Answers until it is told to stop. */
  run(): void {
    const { sockets, port } = this.#task
    const server = this.#makeServer()
    const wait = new SocketWait(this.#libc, sockets)
    const serve = (socket: number, mayWait: boolean): void => {
      const served = server.serve(socket, mayWait)
      if (served > 0) this.#counts.countBatch(served, this.#clock.sinceLookMs() / 1000)
    }
    this.#tell({ kind: 'ready' })
    while (Atomics.load(this.#signals, SIGNAL.stop) === 0) {
      wait.forEachReady(WAIT_MS, serve)
      if (!this.#packer.isEmpty) this.#tell({ kind: 'datagrams', packed: this.#packer.take() })
      this.#goOn()
    }
    port.close()
  }

  #makeServer(): BatchServer {
    return new BatchServer({
      libc: this.#libc,
      sockets: this.#task.sockets,
      resolve: this.#makePipeline(),
      handOver: (datagram) => this.#packer.add(datagram),
      onBatch: () => this.#goOn(),
      onDrops: (drops) => {
        this.#counts.kernelDrops = drops
      },
    })
  }

  /** The same stages as everywhere; behind them stands the main thread. */
  #makePipeline(): Resolve {
    const stages = makeStages({
      policy: this.#keeper.slot,
      cache: this.#cache,
      clock: this.#clock,
      count: (query) => this.#counts.count(query),
      record: (lookup) => this.#fold.open(lookup),
      isFolded: (client, category) => this.#fold.isFolded(client, category),
      hashName: makeKeyedHash(this.#task.hashKeyFile),
    })
    return containFaults(
      compose(stages, (query) => query.answer.setPending()),
      (error) =>
        this.#tell({ kind: 'fault', text: error instanceof Error ? error.message : String(error) }),
    )
  }

  /** Looks at the clock and at what the main thread has sent. */
  #goOn(): void {
    this.#clock.look()
    this.#fold.look(this.#clock.monotonicMs())
    const sent = Atomics.load(this.#signals, SIGNAL.messages)
    if (sent === this.#seen) return
    this.#seen = sent
    const { port } = this.#task
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      this.#take(next.message)
    this.#counts.noteCache(this.#cache.size, this.#cache.sizeBytes)
  }

  #take(message: ToFastWorker): void {
    if (message.kind === 'policy') return applyChange(this.#keeper, message.change)
    const { key, wire, storedAtMs } = message
    const stored = readAnswer(Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength))
    if (isFailure(stored)) return
    this.#cache.set(key, newEntry(stored, storedAtMs - machineOffsetMs))
  }

  #tell(message: FromFastWorker): void {
    this.#task.port.postMessage(message)
  }
}

/** A clock that is read once a batch. */
class BatchClock implements Clock {
  #nowMs = systemClock.monotonicMs()

  look(): void {
    this.#nowMs = systemClock.monotonicMs()
  }

  sinceLookMs(): number {
    return systemClock.monotonicMs() - this.#nowMs
  }

  readonly monotonicMs = (): number => this.#nowMs
  readonly wallMs = (): number => systemClock.wallMs()
}

/** The worker cannot do its work: the main thread goes on by itself. */
class FastWorkerError extends Error {
  readonly code = 'EDGE_FAST_WORKER'
}

const libc = loadLibc()
if (!libc) throw new FastWorkerError('koffi cannot be loaded in a worker')
const task: FastTask = workerData
new FastWorker(task, libc).run()
