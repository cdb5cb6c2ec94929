import { isFailure } from '#domain/failure.ts'
import { machineOffsetMs } from '#platform/clock.ts'
import { readAnswer } from '#wire/stored-answer.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { CacheEntry } from '../cache/cache-entry.ts'
import { GrowingBytes } from './growing-bytes.ts'

/**
 * Answers on their way to another thread's cache, those of a turn as one message. Each is the time since when it is known (on the
 * machine's monotonic clock), the lengths of key and message, the cache's key, and the message without id and OPT.
 */
const HEAD_BYTES = 12

export class AnswerPacker {
  readonly #gathered = new GrowingBytes()

  get isEmpty(): boolean {
    return this.#gathered.isEmpty
  }

  add(key: string, { stored, storedAtMs }: CacheEntry): void {
    const { wire } = stored
    let at = this.#gathered.reserve(HEAD_BYTES + key.length + wire.length)
    const { bytes } = this.#gathered
    at = bytes.writeDoubleLE(storedAtMs + machineOffsetMs, at)
    at = bytes.writeUInt16LE(key.length, at)
    at = bytes.writeUInt16LE(wire.length, at)
    at += bytes.write(key, at, 'latin1')
    bytes.set(wire, at)
  }

  take(): Uint8Array {
    return this.#gathered.take()
  }
}

/** Takes what a packer packed into a cache; where it came from it need not be told again. */
export function takeAnswers(packed: Uint8Array, cache: AnswerCache): void {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const keyStart = at + HEAD_BYTES
    const wireStart = keyStart + bytes.readUInt16LE(at + 8)
    const end = wireStart + bytes.readUInt16LE(at + 10)
    const stored = readAnswer(bytes.subarray(wireStart, end))
    if (!isFailure(stored)) {
      const key = bytes.toString('latin1', keyStart, wireStart)
      const entry = cache.entryOf(stored, bytes.readDoubleLE(at) - machineOffsetMs)
      entry.isReused = true
      cache.take(key, entry)
    }
    at = end
  }
}
