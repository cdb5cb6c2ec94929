import { Matches } from '#rules/matches.ts'
import type { Verdict } from '#rules/verdict.ts'
import type { AnswerAge } from '#wire/answer-age.ts'
import { LOCAL_ANSWER_BYTES_MAX } from '#wire/answer-writer.ts'
import { QueryView } from '#wire/query-view.ts'
import type { CacheEntry } from './cache/cache-entry.ts'
import type { Client } from './identity/client.ts'
import { ADDRESS_WORDS } from './limits/address-words.ts'
import type { LimitKind } from './limits/limit-kind.ts'

/** DNS over UDP, TCP, TLS (RFC 7858) and HTTPS (RFC 8484): a metric label, so the set is closed. */
export const TRANSPORTS = ['udp', 'tcp', 'dot', 'doh'] as const
export type Transport = (typeof TRANSPORTS)[number]

/** What became of a query, in one word: a metric label, so the set is closed. */
export const RESULTS = [
  'forwarded',
  'cached',
  'stale',
  'blocked',
  'rewritten',
  'local',
  'refused',
  'malformed',
  'failed',
  'dropped',
] as const
export type QueryResult = (typeof RESULTS)[number]

/** No policy has looked at the name asked. */
export const UNDECIDED = -1

/**
 * A query on its way through the pipeline. It is lent: the listener owns it, fills it, and takes it back once the
 * answer has left; a stage may use it until then and keeps nothing of it afterwards.
 */
export class Query {
  readonly view: QueryView = new QueryView()
  readonly matches: Matches = new Matches()
  readonly answer: Answer
  transport: Transport = 'udp'
  /** When it was taken up, monotonic. */
  startedAtMs = 0
  /** As the socket tells it. */
  clientAddress = ''
  /** The endpoint that only one device was given, where the query came by such a one. */
  endpoint: string | undefined
  /** The same in words; a listener fills them where the query may be one too many. */
  readonly addressWords: Int32Array = new Int32Array(ADDRESS_WORDS)
  /** It came by before, and waited; what its client may ask has been counted then. */
  hasBeenCounted = false
  /** Its client has shown a cookie of ours, so that its address is its own. */
  hasCookie = false
  /** Our own self-test asks: it is counted and recorded nowhere. */
  isSelfTest = false
  /** What it has run into. */
  limited: LimitKind | undefined
  client: Client | undefined
  /** The cache's key for what is asked; empty until somebody has looked. */
  key = ''
  /** What the cache has for it, fresh or not. */
  known: CacheEntry | undefined
  /** Messages that have gone to upstreams for it before it came here. */
  tries = 0
  /** How long its client had waited before it came here. */
  waitedMs = 0
  /** Whether upstreams are to be asked over TCP, because UDP has brought nothing of use. */
  isByTcp = false
  /** Whether its answer is for the cache alone, however late it comes. */
  isForLater = false
  verdict: Verdict | undefined
  /** The verdict on the name asked; `verdict` may since have become one on what its answer leads to. */
  decided: Verdict | undefined
  /** Of the policy that took the verdict on the name asked; UNDECIDED for questions of our own. */
  generation: number = UNDECIDED
  result: QueryResult = 'dropped'
  /** Whether the client looks for a designated resolver (RFC 9462). */
  asksForResolver = false

  /** `own` is where answers are written, LOCAL_ANSWER_BYTES_MAX or more. */
  constructor(own: Buffer = Buffer.alloc(LOCAL_ANSWER_BYTES_MAX)) {
    this.answer = new Answer(own)
  }

  /** Makes the object fit for the next query. */
  begin(transport: Transport, clientAddress: string): void {
    this.transport = transport
    this.clientAddress = clientAddress
    this.endpoint = undefined
    this.hasBeenCounted = false
    this.hasCookie = false
    this.isSelfTest = false
    this.limited = undefined
    this.client = undefined
    this.key = ''
    this.known = undefined
    this.tries = 0
    this.waitedMs = 0
    this.isByTcp = false
    this.isForLater = false
    this.verdict = undefined
    this.decided = undefined
    this.generation = UNDECIDED
    this.result = 'dropped'
    this.asksForResolver = false
    this.answer.setNone()
  }
}

/**
 * What a stage answers with, reused with its query: nothing at all, bytes already written, or an entry of the cache
 * that the transport writes out for this client. On the fast path there is a fourth: the main thread has to do it.
 */
export class Answer {
  kind: 'none' | 'pending' | 'written' | 'stored' = 'none'
  /** Where local answers are written: it has room for every one, and it stays with this object. */
  readonly own: Buffer
  /** Bytes of a written answer, `length` of them: `own`, or a message made elsewhere. */
  bytes: Buffer
  length = 0
  entry: CacheEntry | undefined
  age: AnswerAge = 0

  constructor(own: Buffer) {
    this.own = own
    this.bytes = own
  }

  /** Another thread has to answer, from the beginning. */
  setPending(): this {
    this.setNone()
    this.kind = 'pending'
    return this
  }

  setNone(): this {
    this.kind = 'none'
    this.bytes = this.own
    this.length = 0
    this.entry = undefined
    return this
  }

  setWritten(length: number, bytes: Buffer = this.own): this {
    this.kind = 'written'
    this.bytes = bytes
    this.length = length
    this.entry = undefined
    return this
  }

  setStored(entry: CacheEntry, age: AnswerAge): this {
    this.kind = 'stored'
    this.entry = entry
    this.age = age
    return this
  }
}
