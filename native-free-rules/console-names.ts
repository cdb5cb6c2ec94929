import { type DomainName, nameToWire } from './domain-name.ts'
import { LABEL_WORDS_MAX, LABELS_PER_NAME_MAX } from './index-layout.ts'
import { hashLabel, packLabel } from './label-hash.ts'
import type { Matches } from './matches.ts'

/** As strong as the school's own rules: see `effectStrength`. */
const SCHOOL_STRENGTH = 3

/**
 * Names that people at the school allow or deny in the console, beside the index: they count within a second, and an index is not
 * compiled for that. The first has entry `firstEntry`, and so on; a name may stand there more than once. What a name that is
 * asked costs does not grow with their number.
 */
export class ConsoleNames {
  readonly #firstEntry: number
  readonly #wires: readonly Uint8Array[]
  /** Open addressing, at most half full: a name's number plus one; zero is an empty place. */
  readonly #table: Int32Array
  readonly #hashes: Int32Array
  readonly #mask: number
  readonly #starts = new Uint16Array(LABELS_PER_NAME_MAX)
  readonly #label = new Uint32Array(LABEL_WORDS_MAX)

  constructor(names: readonly DomainName[], firstEntry: number) {
    this.#firstEntry = firstEntry
    this.#wires = names.map((name) => nameToWire(name))
    this.#mask = 2 ** Math.ceil(Math.log2(2 * names.length + 2)) - 1
    this.#table = new Int32Array(this.#mask + 1)
    this.#hashes = Int32Array.from(this.#wires, (wire) => this.#hashOf(wire))
    for (let i = 0; i < this.#hashes.length; i++) {
      let place = this.#hashes[i]! & this.#mask
      while (this.#table[place] !== 0) place = (place + 1) & this.#mask
      this.#table[place] = i + 1
    }
  }

  /** Appends the entries that cover the lower-case wire-form name at `start`. Never throws, allocates nothing. */
  match(name: Uint8Array, start: number, out: Matches): void {
    const labels = this.#split(name, start)
    const from = out.count
    let hash = 0
    for (let label = labels - 1; label >= 0; label--) {
      const begin = this.#starts[label]!
      hash = this.#grow(hash, name, begin)
      let place = hash & this.#mask
      for (; this.#table[place] !== 0; place = (place + 1) & this.#mask) {
        const i = this.#table[place]! - 1
        if (this.#hashes[i] === hash && isAt(this.#wires[i]!, name, begin))
          out.add(this.#firstEntry + i, SCHOOL_STRENGTH, from)
      }
    }
  }

  /** Notes where the labels begin; returns how many there are, none for what is no name. */
  #split(name: Uint8Array, start: number): number {
    let labels = 0
    let at = start
    while (at < name.length && name[at] !== 0 && labels < LABELS_PER_NAME_MAX) {
      this.#starts[labels++] = at
      at += name[at]! + 1
    }
    return name[at] === 0 ? labels : 0
  }

  #hashOf(wire: Uint8Array): number {
    let hash = 0
    for (let label = this.#split(wire, 0) - 1; label >= 0; label--)
      hash = this.#grow(hash, wire, this.#starts[label]!)
    return hash
  }

  /** The names are the school's own, so that nobody gains by choosing some that collide: the keys need not be secret. */
  #grow(hash: number, name: Uint8Array, at: number): number {
    return hashLabel(0, 0, hash, this.#label, 0, packLabel(name, at, this.#label))
  }
}

function isAt(wire: Uint8Array, name: Uint8Array, begin: number): boolean {
  for (let i = 0; i < wire.length; i++) if (wire[i] !== name[begin + i]) return false
  return true
}
