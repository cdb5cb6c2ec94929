/**
 * The store worker: the only thread of the agent that touches the outbox's file, and the one that ships. It takes batches of
 * drafts and answers each when it is durable; a batch that it could not store stays with the main thread, which sends
 * it again. It may block on the disk. A fault of this program ends the thread; the main thread starts another.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { failure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { readApplianceKey } from '#platform/http-signing.ts'
import { makeLog } from '#platform/log.ts'
import { processMonotonicMs } from '#platform/process-clock.ts'
import { assertCollectorUrl } from './collector-url.ts'
import type { HeldDraft } from './held-draft.ts'
import { Poster } from './post-signed.ts'
import { noteRevealed, reveal } from './reveal.ts'
import { Shipper } from './shipper.ts'
import { type OpenedOutbox, StoreKeeper } from './store-keeper.ts'
import type {
  FromStore,
  StoreAnswer,
  StoreQuestion,
  StoreWorkerData,
  ToStore,
} from './store-messages.ts'

const data: StoreWorkerData = workerData
const { limits } = data
const log = makeLog('outbox', data.logLevel)
const clock = systemClock

const tell = (message: FromStore): void => parentPort?.postMessage(message, [])
const tellFault = (text: string): void => tell({ kind: 'fault', at: clock.wallMs(), text })
const tellWaiting = (): void => {
  const waiting = keeper.opened?.store.lanes.waiting()
  if (waiting) tell({ kind: 'waiting', waiting })
}

const keeper: StoreKeeper = new StoreKeeper({
  stateDir: data.stateDir,
  run: data.run,
  limits,
  clock,
  log,
  onOpen: ({ previousRun }) => {
    tell({ kind: 'opened', previousRun })
    tellWaiting()
    shipper?.wake(true)
  },
  onDeleted: ({ lost }) => {
    if (lost.safeguarding + lost.operations > 0) tell({ kind: 'deleted', lost })
  },
  onFault: tellFault,
  onDiskFault: (text) => tell({ kind: 'disk-fault', at: clock.wallMs(), text }),
})
const shipper = makeShipper()

function makeShipper(): Shipper | undefined {
  if (data.collectorUrl === undefined) return undefined
  const key = readApplianceKey(data.keyPem)
  const poster = new Poster({
    collector: assertCollectorUrl(data.collectorUrl),
    key,
    timeoutMs: limits.requestTimeoutMs,
    answerBytesMax: limits.receiptBytesMax,
    wallMs: clock.wallMs,
  })
  return new Shipper({
    appliance: key.appliance,
    poster,
    limits,
    monotonicMs: clock.monotonicMs,
    outbox: () => keeper.opened,
    onChange: (condition, events) => {
      const ack =
        condition.state === 'ok' || events > 0 ? { events, at: clock.wallMs() } : undefined
      tellWaiting()
      tell({ kind: 'shipping', condition, ...(ack ? { ack } : {}) })
    },
    onFault: tellFault,
    onStoreError: (error) => keeper.heal(error),
  })
}

function commit(batch: number, drafts: readonly HeldDraft[]): void {
  let text = 'the outbox is not open'
  const code = keeper.guard(() => {
    const { opened } = keeper
    if (!opened) return
    const { stored, duplicates } = opened.store.commit(drafts, opened.time())
    const atMs = processMonotonicMs()
    const waiting = opened.store.lanes.waiting()
    tell({ kind: 'committed', batch, commit: { stored, duplicates, atMs, waiting } })
    text = ''
  })
  if (text !== '') {
    if (code !== undefined) text = `the outbox cannot write to its disk (${code})`
    return tell({ kind: 'not-committed', batch, text })
  }
  keeper.guard(() => {
    if (keeper.trim()) tellWaiting()
  })
  shipper?.wake(drafts.some(({ lane }) => lane === 'safeguarding'))
}

function answer(question: StoreQuestion): StoreAnswer {
  const { opened } = keeper
  let answered: StoreAnswer = failure('store-unavailable', 'the outbox is not open')
  const code = keeper.guard(() => {
    if (opened) answered = answerFrom(opened, question)
  })
  return code === undefined
    ? answered
    : failure('store-unavailable', `the outbox's disk fails (${code})`)
}

function answerFrom(opened: OpenedOutbox, question: StoreQuestion): StoreAnswer {
  if (question.kind === 'counts') return { kind: 'counts', counts: opened.reader.counts() }
  if (question.kind === 'open-events') {
    const { windowMs, of } = question
    return { kind: 'events', events: opened.reader.open(clock.wallMs(), windowMs, of) }
  }
  const events = question.kind === 'reveal' ? reveal(opened, question.query) : undefined
  if (question.kind === 'note-revealed') noteRevealed(opened, question.body)
  shipper?.wake(false)
  return events ? { kind: 'events', events } : { kind: 'noted' }
}

function close(): void {
  shipper?.close()
  keeper.close()
  parentPort?.close()
}

function take(message: ToStore): void {
  switch (message.kind) {
    case 'commit':
      return commit(message.batch, message.drafts)
    case 'status':
      return shipper?.postStatus(message.text)
    case 'ask':
      return tell({ kind: 'answer', ask: message.ask, answer: answer(message.question) })
    case 'close':
      return close()
  }
}

parentPort?.on('message', take)
keeper.start()
