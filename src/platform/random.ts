import { randomUUID, randomUUIDv7 } from 'node:crypto'

/** A number from 0 up to but not including 1, for jitter; never for secrets. */
export function randomFraction(): number {
  return Math.random()
}

/** An id that sorts by the time it was made (RFC 9562 section 5.7): for events. */
export function newEventId(): string {
  return randomUUIDv7()
}

/** An id that tells nothing of when it was made (RFC 9562 section 5.4): for epochs and runs. */
export function newRandomId(): string {
  return randomUUID()
}
