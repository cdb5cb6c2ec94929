import { randomFillSync, randomInt, randomUUID, randomUUIDv7 } from 'node:crypto'

/** A number from 0 up to but not including 1, for jitter; never for secrets. */
export function randomFraction(): number {
  return Math.random()
}

const words = new Uint16Array(2_048)
let wordsUsed = words.length

/** 16 bits that nobody can guess: for the ids of queries (RFC 5452 section 4.3). */
export function randomWord(): number {
  if (wordsUsed === words.length) {
    randomFillSync(words)
    wordsUsed = 0
  }
  return words[wordsUsed++]!
}

/** Bytes by which this process knows its own questions again: see `wire/loop-mark.ts`. */
export function newLoopMark(): Uint8Array {
  return randomFillSync(new Uint8Array(8))
}

/** Bytes by which this process knows its self-test: see `wire/self-mark.ts`. */
export function newSelfMark(): Uint8Array {
  return randomFillSync(new Uint8Array(16))
}

/** An id that sorts by the time it was made (RFC 9562 section 5.7): for events. */
export function newEventId(): string {
  return randomUUIDv7()
}

/** An id that tells nothing of when it was made (RFC 9562 section 5.4): for epochs and runs. */
export function newRandomId(): string {
  return randomUUID()
}

/** No vowels and nothing that is mistaken for another when it is read out: no words come of it, and no 0 for O. */
const REFERENCE_LETTERS = '23456789BCDFGHJKMNPQRTVWXZ'

/** A short reference for people, `K7QD-M4XZ`: rare enough among some hundreds, no secret. */
export function newReference(): string {
  const letters = Array.from(
    { length: 8 },
    () => REFERENCE_LETTERS[randomInt(REFERENCE_LETTERS.length)],
  )
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`
}
