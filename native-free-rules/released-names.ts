import { type DomainName, nameToWire } from './domain-name.ts'
import type { Matches } from './matches.ts'

/** As strong as the school's own rules: see `effectStrength`. */
const RELEASE_STRENGTH = 3
const LABELS_MAX = 128

/**
 * Names that teachers have released, beside the index: they come and go with a lesson, and an index is not compiled for
 * that. The first has entry `firstEntry` (see `firstReleasedEntry`), and so on.
 */
export class ReleasedNames {
  readonly #firstEntry: number
  readonly #wires: readonly Uint8Array[]
  readonly #starts = new Uint16Array(LABELS_MAX)

  constructor(names: readonly DomainName[], firstEntry: number) {
    this.#firstEntry = firstEntry
    this.#wires = names.map((name) => nameToWire(name))
  }

  /** Appends the entries that cover the lower-case wire-form name at `start`. Never throws, allocates nothing. */
  match(name: Uint8Array, start: number, out: Matches): void {
    const starts = this.#starts
    const from = out.count
    let labels = 0
    let at = start
    while (at < name.length && name[at] !== 0 && labels < LABELS_MAX) {
      starts[labels++] = at
      at += name[at]! + 1
    }
    if (name[at] !== 0) return
    for (let i = 0; i < this.#wires.length; i++) {
      const wire = this.#wires[i]!
      const begin = at + 1 - wire.length
      for (let label = 0; label < labels; label++)
        if (starts[label] === begin && isAt(wire, name, begin))
          out.add(this.#firstEntry + i, RELEASE_STRENGTH, from)
    }
  }
}

function isAt(wire: Uint8Array, name: Uint8Array, begin: number): boolean {
  for (let i = 0; i < wire.length; i++) if (wire[i] !== name[begin + i]) return false
  return true
}
