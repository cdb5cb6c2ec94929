import {
  DEVICE_PART_BYTES_MAX,
  DEVICE_PART_ROWS_MAX,
  type NetworksTold,
} from '#domain/device-report.ts'
import type { RowMark, ToldRows } from './told-rows.ts'

/** Of a part, for what stands around its rows. */
const FRAME_BYTES = 1024

/** What stands in every part of a series. */
export interface PartFrame {
  readonly appliance: string
  readonly at: number
  readonly series: string
  readonly part: number
  readonly isWhole: boolean
}

/** A part that is being filled: within the bytes and rows of one request. */
export class PartDraft {
  readonly #rows: string[] = []
  readonly #marks = new Map<string, RowMark>()
  readonly #gone: string[] = []
  #networks: string | undefined
  #bytes = FRAME_BYTES

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.#gone.length === 0 && this.#networks === undefined
  }

  get rows(): number {
    return this.#rows.length
  }

  /** False when there is no room. */
  addRow(id: string, text: string, mark: RowMark): boolean {
    if (this.#rows.length >= DEVICE_PART_ROWS_MAX || !this.#take(text)) return false
    this.#rows.push(text)
    this.#marks.set(id, mark)
    return true
  }

  /** False when there is no room. */
  addGone(id: string): boolean {
    const text = JSON.stringify(id)
    if (this.#gone.length >= DEVICE_PART_ROWS_MAX || !this.#take(text)) return false
    this.#gone.push(id)
    return true
  }

  /** False when there is no room. */
  addNetworks(networks: NetworksTold): boolean {
    const text = JSON.stringify(networks)
    if (!this.#take(text)) return false
    this.#networks = text
    return true
  }

  /** JSON. */
  text(frame: PartFrame): string {
    const head = JSON.stringify({ v: 1, ...frame }).slice(0, -1)
    const networks = this.#networks === undefined ? '' : `,"networks":${this.#networks}`
    return `${head},"devices":[${this.#rows.join(',')}],"gone":${JSON.stringify(this.#gone)}${networks}}`
  }

  /** The collector holds it now. */
  noteIn(told: ToldRows): void {
    told.note(this.#marks)
    told.forget(this.#gone)
  }

  #take(text: string): boolean {
    const bytes = Buffer.byteLength(text) + 1
    if (this.#bytes + bytes > DEVICE_PART_BYTES_MAX) return false
    this.#bytes += bytes
    return true
  }
}
