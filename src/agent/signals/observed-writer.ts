import { machineOffsetMs } from '#platform/clock.ts'
import { isAlerting } from '#rules/categories.ts'
import { CATEGORY_IDS } from '#rules/category-ids.ts'
import { BYPASS_CANARIES_LIST } from '#rules/sets/bypass-canaries.ts'
import { isTrial } from '#rules/sets/canaries.ts'
import type { Verdict } from '#rules/verdict.ts'
import type { Client } from '../identity/client.ts'
import type { Query } from '../query.ts'
import {
  CLIENT_WORDS,
  COUNT,
  categoryCode,
  HEAD,
  KIND,
  LOOKUP_WORDS,
  observedMemory,
  RESERVED_WORDS,
  RING_WORDS,
  SLOTS,
  TRIAL_BIT,
  VERDICT,
} from './observed-layout.ts'
import type { ToldMark } from './told-mark.ts'

/** By a category's number: whether somebody is told of it, and whether its names are hashed. */
const ALERTING: readonly boolean[] = [false, ...CATEGORY_IDS.map(isAlerting)]
const HASHED: readonly boolean[] = [false, ...CATEGORY_IDS.map((id) => id.startsWith('illegal.'))]

/** A name of nothing but the root says nothing. */
const NAME_BYTES_MIN = 2
const KEY_BYTES_MAX = 200
const GROUP_BYTES_MAX = 32

export type HashName = (name: Uint8Array) => string

/**
 * Tells the signal worker of each query that this thread ends. Who asks for protected help is not told of, nor is what devices ask by
 * themselves to learn whether they may go round the filter. Illegal names are told as keyed hashes. Never waits: what is
 * beyond the rate or finds no room is left out and counted, names that nothing is wrong with first.
 */
export class ObservedWriter {
  readonly #memory: ReturnType<typeof observedMemory>
  readonly #hashName: HashName
  /** Who has each slot now, by a number that no two clients share. */
  readonly #tickets = new Int32Array(SLOTS)
  #nextTicket = 1
  #reader = -1
  #second = -1
  #others = 0
  #watched = 0

  constructor(memory: SharedArrayBuffer, hashName: HashName) {
    this.#memory = observedMemory(memory)
    this.#hashName = hashName
  }

  /** One query that is answered. Allocates for a client that is told of for the first time, and for illegal names. */
  note(query: Query): void {
    if (this.#memory.head[HEAD.isOn] === 0) return
    const { client, verdict, decided, view } = query
    if (!client || !verdict || decided === undefined || decided.reason === 'protected') return
    if (view.nameLength < NAME_BYTES_MIN || verdict.list === BYPASS_CANARIES_LIST) return
    const code = categoryCode(verdict.category)
    const outcome = outcomeOf(verdict, code)
    const isWatched = ALERTING[code] === true && outcome !== VERDICT.allowed
    if (!this.#isWithinRate(client.told, isWatched, query.startedAtMs)) return
    const name = HASHED[code]
      ? Buffer.from(this.#hashName(view.name.subarray(0, view.nameLength)), 'latin1')
      : view.name
    const nameBytes = name === view.name ? view.nameLength : name.length
    const room = isWatched ? RING_WORDS : RING_WORDS - RESERVED_WORDS
    if (!this.#introduce(client, room)) return this.#lose(isWatched, COUNT.noRoom)
    const at = this.#reserve(LOOKUP_WORDS + wordsFor(nameBytes), room)
    if (at < 0) return this.#lose(isWatched, COUNT.noRoom)
    const { words, bytes, counts } = this.#memory
    const size = LOOKUP_WORDS + wordsFor(nameBytes)
    const trial = isTrial(verdict.list) ? TRIAL_BIT : 0
    words[at] =
      size | (nameBytes << 8) | (code << 16) | (KIND.lookup << 24) | (outcome << 26) | trial
    words[at + 1] = client.told.slot | (view.type << 16)
    words[at + 2] = (query.startedAtMs + machineOffsetMs) >>> 0
    const start = (at + LOOKUP_WORDS) * 4
    for (let i = 0; i < nameBytes; i++) bytes[start + i] = name[i]!
    this.#publish(size)
    counts[COUNT.told]! += 1
  }

  /** Whether one more may be told in this second. */
  #isWithinRate(mark: ToldMark, isWatched: boolean, nowMs: number): boolean {
    const { head } = this.#memory
    const second = Math.floor(nowMs / 1000)
    // Queries that waited for an upstream began earlier than those about them.
    if (second > this.#second) {
      this.#second = second
      this.#others = head[HEAD.othersPerSecond]!
      this.#watched = head[HEAD.watchedPerSecond]!
    }
    if (second > mark.second) {
      mark.second = second
      mark.watched = 0
      mark.others = 0
    }
    const isOver = isWatched
      ? this.#watched <= 0 || mark.watched >= head[HEAD.perClient]!
      : this.#others <= 0 || mark.others >= head[HEAD.perClient]!
    if (isOver) {
      this.#lose(isWatched, COUNT.overRate)
      return false
    }
    if (isWatched) {
      this.#watched -= 1
      mark.watched += 1
    } else {
      this.#others -= 1
      mark.others += 1
    }
    return true
  }

  #lose(isWatched: boolean, why: number): void {
    this.#memory.counts[isWatched ? COUNT.watchedLost : why]! += 1
  }

  /** Makes sure that the reader knows whom a slot stands for; false where there is no room to say so. */
  #introduce(client: Client, room: number): boolean {
    const { head } = this.#memory
    const reader = Atomics.load(head, HEAD.reader)
    if (reader !== this.#reader) {
      this.#reader = reader
      this.#tickets.fill(0)
    }
    const { told } = client
    if (told.slot >= 0 && this.#tickets[told.slot] === told.ticket) return true
    const key = Buffer.from(client.key, 'latin1')
    const group = Buffer.from(client.group, 'latin1')
    if (key.length > KEY_BYTES_MAX || group.length > GROUP_BYTES_MAX) return false
    const size = CLIENT_WORDS + wordsFor(key.length + group.length)
    const at = this.#reserve(size, room)
    if (at < 0) return false
    told.ticket = this.#nextTicket
    told.slot = told.ticket & (SLOTS - 1)
    // Never 0, which is nobody's.
    this.#nextTicket = (this.#nextTicket + 1) & 0x7fff_ffff || 1
    this.#tickets[told.slot] = told.ticket
    const { words, bytes } = this.#memory
    words[at] = size | (key.length << 8) | (group.length << 16) | (KIND.client << 24)
    words[at + 1] = told.slot
    bytes.set(key, (at + CLIENT_WORDS) * 4)
    bytes.set(group, (at + CLIENT_WORDS) * 4 + key.length)
    this.#publish(size)
    return true
  }

  /** Where the next record begins, or -1 where it would leave less than is to be left. */
  #reserve(size: number, room: number): number {
    const { head, words } = this.#memory
    const written = head[HEAD.written]!
    const used = (written - Atomics.load(head, HEAD.read)) | 0
    const at = written & (RING_WORDS - 1)
    const rest = RING_WORDS - at
    if (size <= rest) return used + size <= room ? at : -1
    if (used + rest + size > room) return -1
    words[at] = KIND.rest << 24
    this.#publish(rest)
    return 0
  }

  #publish(size: number): void {
    const { head } = this.#memory
    Atomics.store(head, HEAD.written, (head[HEAD.written]! + size) | 0)
  }
}

function wordsFor(bytes: number): number {
  return (bytes + 3) >> 2
}

/** What became of the name: a category that is answered by another name's addresses is not had either. */
function outcomeOf({ kind }: Verdict, code: number): number {
  if (kind === 'block') return VERDICT.blocked
  if (kind === 'rewrite') return code === 0 ? VERDICT.allowed : VERDICT.blocked
  return kind === 'monitor' && ALERTING[code] ? VERDICT.monitored : VERDICT.allowed
}
