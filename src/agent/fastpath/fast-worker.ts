/**
 * The fast-path worker: it owns no socket but blocks in their receive calls, answers what can be answered from memory, and
 * hands everything else to the main thread. It never logs, stores or waits for anything but packets.
 */
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Clock } from '#platform/clock.ts'
import { systemClock } from '#platform/clock.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { SocketWait } from '#platform/ffi/socket-wait.ts'
import { makeKeyedHash } from '#platform/secret-file.ts'
import { readAnswer } from '#wire/stored-answer.ts'
import { AnswerCache } from '../cache/answer-cache.ts'
import { newEntry } from '../cache/cache-entry.ts'
import { containFaults } from '../contain-faults.ts'
import { compose, makeStages } from '../pipeline.ts'
import { blockReasonOf } from '../stages/observe.ts'
import { BatchServer } from './batch-server.ts'
import { DatagramPacker } from './datagram.ts'
import { type FastTask, type FromFastWorker, SIGNAL, type ToFastWorker } from './fast-task.ts'
import { LookupRing } from './lookup-ring.ts'
import { applyChange, keeperFrom } from './mirrored-policy.ts'
import { SharedTally } from './shared-tally.ts'

/** For so long it is blind to messages at most. */
const WAIT_MS = 100

function run({
  sockets,
  port,
  signals,
  tally,
  ring,
  policy,
  cache: limits,
  hashKeyFile,
}: FastTask): void {
  const libc = loadLibc()
  if (!libc) throw new FastWorkerError('koffi cannot be loaded in a worker')
  const words = new Int32Array(signals)
  const clock = new BatchClock()
  const counts = new SharedTally(tally)
  const lookups = new LookupRing(ring)
  const packer = new DatagramPacker()
  const cache = new AnswerCache(limits)
  const keeper = keeperFrom(policy, clock)
  const tell = (message: FromFastWorker): void => port.postMessage(message)
  const stages = makeStages({
    policy: keeper.slot,
    cache,
    clock,
    count: (query) => {
      counts.count(query.result, blockReasonOf(query))
      if (query.decided) counts.countVerdict(query.decided.kind, query.decided.category)
    },
    record: (lookup) => {
      if (!lookups.push(lookup)) counts.dropLookup()
    },
    hashName: makeKeyedHash(hashKeyFile),
  })
  const resolve = containFaults(
    compose(stages, (query) => query.answer.setPending()),
    (error) =>
      tell({ kind: 'fault', text: error instanceof Error ? error.message : String(error) }),
  )
  let seen = 0
  const takeMessages = (): void => {
    const sent = Atomics.load(words, SIGNAL.messages)
    if (sent === seen) return
    seen = sent
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      const message: ToFastWorker = next.message
      if (message.kind === 'policy') applyChange(keeper, message.change)
      else keep(cache, message, clock)
    }
    counts.noteCache(cache.size, cache.sizeBytes)
  }
  const server = new BatchServer({
    libc,
    sockets,
    resolve,
    handOver: (datagram) => packer.add(datagram),
    onBatch: () => {
      clock.look()
      takeMessages()
    },
    onDrops: (drops) => {
      counts.kernelDrops = drops
    },
  })
  const wait = new SocketWait(libc, sockets)
  tell({ kind: 'ready' })
  while (Atomics.load(words, SIGNAL.stop) === 0) {
    wait.forEachReady(WAIT_MS, (socket, mayWait) => {
      const served = server.serve(socket, mayWait)
      if (served > 0) counts.countBatch(served, clock.sinceLookMs() / 1000)
    })
    if (!packer.isEmpty) tell({ kind: 'datagrams', packed: packer.take() })
    clock.look()
    takeMessages()
  }
  port.close()
}

function keep(
  cache: AnswerCache,
  { key, wire, ageSeconds }: Extract<ToFastWorker, { kind: 'keep' }>,
  clock: Clock,
): void {
  const stored = readAnswer(Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength))
  if ('failure' in stored) return
  cache.set(key, newEntry(stored, clock.monotonicMs() - ageSeconds * 1000))
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

const task: FastTask = workerData
run(task)
