/** Names of groups in memory that threads share. */
import { GROUPS_TOLD_MAX, OTHER_GROUPS } from '../bypass-way.ts'

/** No group's name is longer, see SHORT_NAME of the configuration. */
const NAME_BYTES_MAX = 32
const ROW_BYTES = 1 + NAME_BYTES_MAX
const HEAD_BYTES = 4

/** The number of all groups that found no room. */
const OTHERS = GROUPS_TOLD_MAX

/**
 * Gives each group a number that stays its own while the process lives: a count never goes to another group, in whatever order a new
 * configuration names them, nor when another worker goes on. One thread numbers, another reads.
 */
export class GroupTable {
  static readonly BYTES: number = HEAD_BYTES + GROUPS_TOLD_MAX * ROW_BYTES
  /** How many numbers there are. */
  static readonly NUMBERS: number = GROUPS_TOLD_MAX + 1
  readonly #count: Int32Array
  readonly #rows: Uint8Array
  readonly #known = new Map<string, number>()

  /** `start` is a multiple of four. */
  constructor(memory: SharedArrayBuffer, start: number) {
    this.#count = new Int32Array(memory, start, 1)
    this.#rows = new Uint8Array(memory, start + HEAD_BYTES, GROUPS_TOLD_MAX * ROW_BYTES)
    for (let number = 0; number < Atomics.load(this.#count, 0); number++)
      this.#known.set(this.#read(number), number)
  }

  /** For the thread that counts. Allocates nothing for a group that it knows. */
  numberOf(group: string): number {
    return this.#known.get(group) ?? this.#add(group)
  }

  /** For the thread that reads; undefined where its name is not to be seen yet. */
  nameOf(number: number): string | undefined {
    if (number === OTHERS) return OTHER_GROUPS
    return number < Atomics.load(this.#count, 0) ? this.#read(number) : undefined
  }

  #add(group: string): number {
    const number = Atomics.load(this.#count, 0)
    if (number === OTHERS) return OTHERS
    const name = Buffer.from(group.slice(0, NAME_BYTES_MAX), 'latin1')
    this.#rows[number * ROW_BYTES] = name.length
    this.#rows.set(name, number * ROW_BYTES + 1)
    // After the name, so that no half of one is read.
    Atomics.store(this.#count, 0, number + 1)
    this.#known.set(group, number)
    return number
  }

  #read(number: number): string {
    const start = number * ROW_BYTES + 1
    const length = this.#rows[start - 1] ?? 0
    return Buffer.from(this.#rows.subarray(start, start + length)).toString('latin1')
  }
}
