/**
 * Which descriptors a worker has opened, in memory that the main thread reads: when the worker dies, they are closed there. What
 * happens between two steps of a dying worker leaves a descriptor open, and never closes one that is another's.
 */
import type { Libc } from '#platform/ffi/libc.ts'

/** Sockets towards upstreams at once. */
const SOCKETS_MAX = 64

export class OpenSockets {
  readonly memory: SharedArrayBuffer
  /** Descriptor and one more, so that 0 is none. */
  readonly #places: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(SOCKETS_MAX * 4)) {
    this.memory = memory
    this.#places = new Int32Array(memory)
  }

  get hasRoom(): boolean {
    return this.#places.includes(0)
  }

  add(fd: number): void {
    const place = this.#places.indexOf(0)
    if (place >= 0) Atomics.store(this.#places, place, fd + 1)
  }

  close(fd: number, libc: Libc): void {
    const place = this.#places.indexOf(fd + 1)
    if (place >= 0) Atomics.store(this.#places, place, 0)
    libc.close(fd)
  }

  /** Closes what a worker that is gone has left open. */
  closeAll(libc: Libc): void {
    for (const held of this.#places) if (held > 0) this.close(held - 1, libc)
  }
}
