import { newRandomId } from '#platform/random.ts'
import { sipHash } from '#wire/siphash.ts'

/** A row's text as a number: 53 bits of a keyed hash. */
export type RowMark = number

/**
 * Which rows the collector holds, by id, as marks of their text: 10,000 of them take some 2 MB, the texts would take 6. Keyed, so that
 * nobody chooses names by which a change of a device goes unnoticed.
 */
export class ToldRows {
  readonly #key: Uint8Array = Buffer.from(newRandomId().replaceAll('-', ''), 'hex')
  readonly #marks = new Map<string, RowMark>()
  readonly #hash: DataView = new DataView(new ArrayBuffer(8))
  readonly #encoder = new TextEncoder()

  /** The mark of a row's text. */
  markOf(text: string): RowMark {
    const { buffer } = this.#hash
    sipHash(this.#key, this.#encoder.encode(text), new Uint8Array(buffer), 0)
    return (this.#hash.getUint32(0) % 2 ** 21) * 2 ** 32 + this.#hash.getUint32(4)
  }

  isTold(id: string, mark: RowMark): boolean {
    return this.#marks.get(id) === mark
  }

  /** They have been taken. */
  note(rows: ReadonlyMap<string, RowMark>): void {
    for (const [id, mark] of rows) this.#marks.set(id, mark)
  }

  /** Ids that were told and are not among these. */
  without(present: ReadonlySet<string>): readonly string[] {
    return [...this.#marks.keys()].filter((id) => !present.has(id))
  }

  forget(ids: Iterable<string>): void {
    for (const id of ids) this.#marks.delete(id)
  }

  /** The collector holds nothing. */
  clear(): void {
    this.#marks.clear()
  }
}
