/**
 * The fast-path worker: it owns no socket but blocks in their receive calls, answers what can be answered from memory, and
 * hands everything else to the main thread. It never logs, stores or waits for anything but packets.
 */
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Clock, systemClock } from '#platform/clock.ts'
import { makeCookieSecret } from '#platform/cookie-secret.ts'
import { type Libc, loadLibc } from '#platform/ffi/libc.ts'
import { askForShortTurns } from '#platform/ffi/scheduling.ts'
import { SocketWait } from '#platform/ffi/socket-wait.ts'
import { makeKeyedHash } from '#platform/secret-file.ts'
import { AnswerCache } from '../cache/answer-cache.ts'
import { forgetChangedZones } from '../cache/forget-zones.ts'
import { RenewalGate } from '../cache/renewal.ts'
import { containFaults } from '../contain-faults.ts'
import { type ClientLimits, makeClientLimits } from '../limits/client-limits.ts'
import { makeQueryPool } from '../listen/query-pool.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import { ObservedWriter } from '../signals/observed-writer.ts'
import type { Resolve } from '../stage.ts'
import { compose, makeStages } from '../stage-list.ts'
import { makeAnswerBelowNxdomain } from '../stages/answer-below-nxdomain.ts'
import { AnswerPacker, takeAnswers } from './answer-pack.ts'
import { BatchServer } from './batch-server.ts'
import { DatagramPacker } from './datagram.ts'
import { DatagramAnswerer } from './datagram-answerer.ts'
import { type FastTask, type FromFastWorker, SIGNAL, type ToFastWorker } from './fast-task.ts'
import type { Waiting } from './forward/flight.ts'
import { Forwarder } from './forward/forwarder.ts'
import { LookupFold } from './lookup-fold.ts'
import { LookupRing } from './lookup-ring.ts'
import { applyChange, keeperFrom } from './mirrored-policy.ts'
import type { PolicyChange } from './policy-change.ts'
import { ReplyBatch } from './reply-batch.ts'
import { takeFailures } from './shared-failures.ts'
import { SharedTally } from './shared-tally.ts'

/** For so long it is blind to messages at most. */
const WAIT_MS = 100
/** The same while upstreams are asked, who may have to be asked again. */
const FLYING_WAIT_MS = 25

/** Once told to stop, it waits so long for answers that clients wait for. */
const FINISH_MS = 1_000

/** Nobody waits for answers that have proved to be of use; so often they are told. */
const LEARNT_EVERY_MS = 100

/** So often it tells who has asked. */
const ASKED_EVERY_MS = 5_000

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
  /** What clients have asked again: for those by TCP, and for a worker that comes after this one. */
  readonly #learnt = new AnswerPacker()
  readonly #forwarder: Forwarder
  readonly #replies: ReplyBatch
  readonly #answerer: DatagramAnswerer
  readonly #cache: AnswerCache
  readonly #limits: ClientLimits
  readonly #renewals: RenewalGate | undefined
  readonly #keeper: PolicyKeeper
  readonly #resolve: Resolve
  #toldAtMs = 0
  #askedAtMs = 0
  /** Whether it has looked at the clock and its messages in this turn. */
  #hasGoneOn = false
  /** Messages that were sent when it last looked. */
  #seen = 0

  constructor(task: FastTask, libc: Libc) {
    this.#task = task
    this.#libc = libc
    this.#signals = new Int32Array(task.signals)
    this.#counts = new SharedTally(task.tally)
    this.#lookups = new LookupRing(task.ring)
    this.#cache = new AnswerCache(task.cache)
    this.#cache.onReuse((key, entry) => this.#learnt.add(key, entry))
    const { renewals } = this.#counts.readings()
    this.#renewals = task.renewal && new RenewalGate(task.renewal, renewals)
    this.#keeper = keeperFrom(task.policy, this.#clock)
    this.#limits = makeClientLimits(task.limits, task.zones, task.side)
    this.#forwarder = new Forwarder({
      ...this.#limits,
      libc,
      cache: this.#cache,
      clock: this.#clock,
      renewals: this.#renewals,
      zoneTable: () => this.#keeper.slot.current.zones,
      flightsMax: task.flightsMax,
      openSockets: task.openSockets,
      answer: (waiting) => this.#answerLanded(waiting),
      handOver: (datagram) => this.#packer.add(datagram),
      onBatch: () => this.#goOn(),
      report: (reports) => this.#tell({ kind: 'upstreams', reports }),
    })
    this.#forwarder.use(task.upstreams)
    this.#resolve = this.#makePipeline()
    // No event loop runs here: what is gathered goes out at the end of each turn.
    this.#replies = new ReplyBatch(libc, task.sockets, () => undefined)
    this.#answerer = new DatagramAnswerer({
      sockets: task.sockets,
      resolve: this.#resolve,
      queries: makeQueryPool(),
      replies: this.#replies,
    })
  }

  /** Answers until it is told to stop; then it takes no new queries and answers those that wait. */
  run(): void {
    const { sockets, port } = this.#task
    const server = this.#makeServer()
    const wait = new SocketWait(this.#libc, sockets)
    const serve = (socket: number, mayWait: boolean): void => {
      const served = server.serve(socket, mayWait)
      if (served > 0) this.#counts.countBatch(served, this.#clock.sinceLookSeconds)
    }
    askForShortTurns(this.#libc)
    this.#tell({ kind: 'ready' })
    while (Atomics.load(this.#signals, SIGNAL.stop) === 0) {
      const others = this.#forwarder.takeChange()
      if (others) wait.useOthers(others)
      if (this.#forwarder.flights.isIdle) wait.serveReady(WAIT_MS, serve)
      else wait.serveAndHear(FLYING_WAIT_MS, serve)
      this.#turn()
    }
    this.#finish()
    port.close()
  }

  #turn(): void {
    if (!this.#hasGoneOn) this.#goOn()
    this.#hasGoneOn = false
    this.#forwarder.turn()
    this.#replies.flush()
    this.#tellGathered()
  }

  /** What waits in the sockets is left there: whoever shares them answers it. */
  #finish(): void {
    const wait = new SocketWait(this.#libc, [])
    wait.useOthers(this.#forwarder.others())
    const endsAtMs = systemClock.monotonicMs() + FINISH_MS
    while (this.#forwarder.flights.areWaitedFor && systemClock.monotonicMs() < endsAtMs) {
      const others = this.#forwarder.takeChange()
      if (others) wait.useOthers(others)
      wait.serveAndHear(FLYING_WAIT_MS, () => undefined)
      this.#turn()
    }
    this.#toldAtMs = 0
    this.#askedAtMs = 0
    this.#tellGathered()
    this.#tell({ kind: 'finished' })
  }

  #makeServer(): BatchServer {
    return new BatchServer({
      libc: this.#libc,
      sockets: this.#task.sockets,
      resolve: this.#resolve,
      handOver: (datagram) => this.#forwarder.flights.join(datagram, this.#clock.monotonicMs()),
      onBatch: () => this.#goOn(),
      onDrops: (drops) => {
        this.#counts.kernelDrops = drops
      },
    })
  }

  /** Answers a query whose flight has landed; what it lacks still is another flight, or the main thread's. */
  #answerLanded({ datagram, startedAtMs, rounds }: Waiting): void {
    if (!this.#answerer.answer(datagram))
      return this.#forwarder.flights.join(datagram, startedAtMs, rounds)
    this.#counts.countBatch(1, () => (this.#clock.monotonicMs() - startedAtMs) / 1000)
  }

  /** The same stages as everywhere; behind them stand the upstreams, and behind those the main thread. */
  #makePipeline(): Resolve {
    const { cookies } = this.#task
    const hashName = makeKeyedHash(this.#task.hashKeyFile)
    const observed = new ObservedWriter(this.#task.observed, hashName)
    const stages = makeStages({
      ...this.#limits,
      cookies: { ...cookies, secretOf: makeCookieSecret(cookies.key) },
      policy: this.#keeper.slot,
      cache: this.#cache,
      renew: this.#forwarder.flights.renew,
      clock: this.#clock,
      count: (query) => {
        this.#counts.count(query)
        observed.note(query)
      },
      record: (lookup) => this.#fold.open(lookup),
      isFolded: (client, category, list) => this.#fold.isFolded(client, category, list),
      hashName,
    })
    const { resolve } = this.#forwarder.flights
    const covering = makeAnswerBelowNxdomain(this.#cache, this.#clock)
    const last = this.#task.coversBelow ? covering(resolve) : resolve
    return containFaults(compose(stages, last), (error) =>
      this.#tell({ kind: 'fault', text: error instanceof Error ? error.message : String(error) }),
    )
  }

  /** Looks at the clock and at what the main thread has sent. */
  #goOn(): void {
    this.#hasGoneOn = true
    this.#clock.look()
    this.#fold.look(this.#clock.monotonicMs())
    const sent = Atomics.load(this.#signals, SIGNAL.messages)
    if (sent === this.#seen) return
    this.#seen = sent
    const { port } = this.#task
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      this.#take(next.message)
  }

  #take(message: ToFastWorker): void {
    switch (message.kind) {
      case 'policy':
        return this.#follow(message.change)
      case 'upstreams':
        return this.#forwarder.use(message.upstreams)
      case 'answers':
        return takeAnswers(message.packed, this.#cache)
      case 'failures':
        return takeFailures(message.failures, this.#cache.failures)
      case 'flush': {
        const answers = this.#cache.flush(message.target)
        this.#tellLearnt()
        return this.#tell({ kind: 'flushed', number: message.number, answers })
      }
      default:
        return message satisfies never
    }
  }

  #follow(change: PolicyChange): void {
    const { zones } = this.#keeper.config
    applyChange(this.#keeper, change)
    forgetChangedZones(zones, this.#keeper.config.zones, this.#cache)
  }

  #tellGathered(): void {
    if (!this.#packer.isEmpty) this.#tell({ kind: 'datagrams', packed: this.#packer.take() })
    const nowMs = this.#clock.monotonicMs()
    if (nowMs < this.#toldAtMs + LEARNT_EVERY_MS) return
    this.#toldAtMs = nowMs
    this.#counts.noteCache(this.#cache.size, this.#cache.sizeBytes, this.#renewals?.begun ?? 0)
    this.#tellLearnt()
    if (nowMs < this.#askedAtMs + ASKED_EVERY_MS) return
    this.#askedAtMs = nowMs
    this.#tellAsked()
  }

  #tellAsked(): void {
    const counts = this.#keeper.takeAsked()
    if (counts.length > 0) this.#tell({ kind: 'asked', counts })
  }

  #tellLearnt(): void {
    if (!this.#learnt.isEmpty) this.#tell({ kind: 'answers', packed: this.#learnt.take() })
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

  readonly monotonicMs = (): number => this.#nowMs
  readonly wallMs = (): number => systemClock.wallMs()
  readonly sinceLookSeconds = (): number => (systemClock.monotonicMs() - this.#nowMs) / 1000
}

/** The worker cannot do its work: the main thread goes on by itself. */
class FastWorkerError extends Error {
  readonly code = 'EDGE_FAST_WORKER'
}

const libc = loadLibc()
if (!libc) throw new FastWorkerError('koffi cannot be loaded in a worker')
const task: FastTask = workerData
new FastWorker(task, libc).run()
