import { maybeSilent, problemOf } from './read-message.ts'
import type { Tally } from './tally.ts'

/** Header and longest question: all that a check of an answer needs of its query. */
const KEPT_BYTES = 300
const HEX_BYTES_MAX = 600

interface Waiting {
  readonly query: Buffer
  readonly length: number
}

/** The queries sent from one socket, and whether each is answered, once, and well. */
export class ExpectedAnswers {
  readonly #transport: 'udp' | 'tcp'
  readonly #tally: Tally
  readonly #waiting = new Map<number, Waiting>()
  readonly #answered = new Set<number>()
  #lastId = 0

  constructor(transport: 'udp' | 'tcp', tally: Tally) {
    this.#transport = transport
    this.#tally = tally
  }

  /** Gives the packet an id of its own, where it has room for one, and waits for its answer. */
  expect(packet: Buffer): void {
    if (packet.length < 2) {
      this.#tally.silent++
      return
    }
    const id = (this.#lastId = (this.#lastId + 1) & 0xffff)
    packet.writeUInt16BE(id, 0)
    this.#settle(id)
    this.#answered.delete(id)
    const query = Buffer.from(packet.subarray(0, KEPT_BYTES))
    this.#waiting.set(id, { query, length: packet.length })
  }

  take(answer: Buffer): void {
    const id = answer.length >= 2 ? answer.readUInt16BE(0) : -1
    const waiting = this.#waiting.get(id)
    if (!waiting) {
      const what = this.#answered.has(id) ? 'a second answer' : 'an answer to nothing'
      this.#tally.violation(`${what}: ${hex(answer)}`)
      return
    }
    this.#waiting.delete(id)
    this.#answered.add(id)
    if (answer.length >= 4) this.#tally.answered(answer.readUInt16BE(2) & 0xf)
    const problem = maybeSilent(waiting.query)
      ? 'answered what must not be'
      : problemOf(waiting.query, answer, this.#transport)
    if (problem)
      this.#tally.violation(
        `${problem}\n    query  ${hex(waiting.query)}\n    answer ${hex(answer)}`,
      )
  }

  /** Whether all that must be answered is. */
  get isSettled(): boolean {
    return [...this.#waiting.values()].every(({ query }) => maybeSilent(query))
  }

  /** Counts what is still waiting as silent; a violation unless silence is right. */
  settle(isAnswerDue: boolean): void {
    for (const id of this.#waiting.keys()) this.#settle(id, isAnswerDue)
  }

  #settle(id: number, isAnswerDue = true): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    this.#tally.silent++
    if (isAnswerDue && !maybeSilent(waiting.query))
      this.#tally.violation(
        `no answer over ${this.#transport} to ${waiting.length} bytes: ${hex(waiting.query)}`,
      )
  }
}

function hex(bytes: Buffer): string {
  return bytes.subarray(0, HEX_BYTES_MAX).toString('hex')
}
