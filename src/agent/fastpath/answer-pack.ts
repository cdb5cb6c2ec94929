import { isFailure } from '#domain/failure.ts'
import { machineOffsetMs } from '#platform/clock.ts'
import { readAnswer } from '#wire/stored-answer.ts'
import { errorIn } from '#wire/upstream-error.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { CacheEntry } from '../cache/cache-entry.ts'
import { GrowingBytes } from './growing-bytes.ts'

/**
 * Answers on their way to another thread's cache, those of a turn as one message. Each is the time since when it is known (on the
 * machine's monotonic clock), the lengths of key, message and extended error, the cache's key, the message without id and OPT, and the error's option.
 */
const HEAD_BYTES = 14

export class AnswerPacker {
  readonly #gathered = new GrowingBytes()

  get isEmpty(): boolean {
    return this.#gathered.isEmpty
  }

  add(key: string, { stored, storedAtMs }: CacheEntry): void {
    const { wire, error } = stored
    const errorBytes = error?.option.length ?? 0
    let at = this.#gathered.reserve(HEAD_BYTES + key.length + wire.length + errorBytes)
    const { bytes } = this.#gathered
    at = bytes.writeDoubleLE(storedAtMs + machineOffsetMs, at)
    at = bytes.writeUInt16LE(key.length, at)
    at = bytes.writeUInt16LE(wire.length, at)
    at = bytes.writeUInt16LE(errorBytes, at)
    at += bytes.write(key, at, 'latin1')
    bytes.set(wire, at)
    if (error) bytes.set(error.option, at + wire.length)
  }

  take(): Uint8Array {
    return this.#gathered.take()
  }
}

/** Takes what a packer packed into a cache, where `mayTake` of its key; where it came from it need not be told again. */
export function takeAnswers(
  packed: Uint8Array,
  cache: AnswerCache,
  mayTake: (key: string) => boolean = () => true,
): void {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const keyStart = at + HEAD_BYTES
    const wireStart = keyStart + bytes.readUInt16LE(at + 8)
    const wireEnd = wireStart + bytes.readUInt16LE(at + 10)
    const end = wireEnd + bytes.readUInt16LE(at + 12)
    const stored = readAnswer(bytes.subarray(wireStart, wireEnd), { keepsAd: true })
    const key = bytes.toString('latin1', keyStart, wireStart)
    if (!isFailure(stored) && mayTake(key)) {
      const error = errorIn(bytes.subarray(wireEnd, end))
      const storedAtMs = bytes.readDoubleLE(at) - machineOffsetMs
      const entry = cache.entryOf({ ...stored, error }, storedAtMs)
      entry.isReused = true
      cache.take(key, entry)
    }
    at = end
  }
}
