/** What the main thread and a fast-path worker tell each other. */
import type { MessagePort } from 'node:worker_threads'
import type { UdpSocket } from '#platform/ffi/udp-socket.ts'
import type { AnswerCacheLimits } from '../cache/answer-cache.ts'
import type { PolicyChange } from './policy-change.ts'

/** Words of the shared signals: how many messages were sent to the worker, and whether it is to stop. */
export const SIGNAL = { messages: 0, stop: 1 } as const

/** What a worker is given. Sockets and memory stay the main thread's: it outlives every worker. */
export interface FastTask {
  readonly sockets: readonly UdpSocket[]
  readonly port: MessagePort
  readonly signals: SharedArrayBuffer
  readonly tally: SharedArrayBuffer
  readonly ring: SharedArrayBuffer
  /** Everything in force, in the order in which it is to be applied. */
  readonly policy: readonly PolicyChange[]
  readonly cache: AnswerCacheLimits
  /** Of the key by which names that nobody may read are hashed. */
  readonly hashKeyFile: string
}

export type ToFastWorker =
  | { readonly kind: 'policy'; readonly change: PolicyChange }
  /** An answer to keep: the cache's key, the message without id and OPT, and since when it is known, on the machine's monotonic clock. */
  | {
      readonly kind: 'keep'
      readonly key: string
      readonly wire: Uint8Array
      readonly storedAtMs: number
    }

export type FromFastWorker =
  | { readonly kind: 'ready' }
  /** Queries to be answered by the main thread: see `unpackDatagrams`. */
  | { readonly kind: 'datagrams'; readonly packed: Uint8Array }
  /** A stage threw; the query was answered SERVFAIL. */
  | { readonly kind: 'fault'; readonly text: string }
