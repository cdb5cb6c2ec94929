import { UnpackFault } from './unpack-fault.ts'

/** A list of names packs to a tenth; a bomb to a thousandth. */
const RATIO_MAX = 100
/** Below this nothing is a bomb, however well it packs. */
const FREE_BYTES = 8_388_608

/** What one file may become when it is unpacked, over all that is in it. */
export class UnpackBudget {
  readonly #bytesMax: number
  #packedBytes = 0
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Counts what is there to be unpacked. */
  feed(packedBytes: number): void {
    this.#packedBytes += packedBytes
  }

  /** Counts what was unpacked. Throws UnpackFault when it is too much. */
  spend(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#bytesMax)
      throw new UnpackFault('too-large', `unpacked it is more than ${this.#bytesMax} bytes`)
    if (this.#bytes > Math.max(FREE_BYTES, this.#packedBytes * RATIO_MAX))
      throw new UnpackFault('too-large', `it unpacks to more than ${RATIO_MAX} times its size`)
  }
}
