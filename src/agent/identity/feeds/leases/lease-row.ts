import { deviceName } from '#domain/device-name.ts'
import type { MacAddress } from '#domain/mac-address.ts'

/** What a lease file says of one address. */
export interface LeaseRow {
  /** In canonical text. */
  readonly address: string
  /** Undefined where the file gives none: a DUID need not hold one (RFC 8415 section 11). */
  readonly mac: MacAddress | undefined
  /** Cleaned: see `device-name.ts`. */
  readonly name: string | undefined
  /** Milliseconds since the epoch; Infinity: for ever; NOBODY_AT: nobody has it. */
  readonly expiresAtMs: number
  /** For how long it was given out, where the file tells; Infinity where it does not. */
  readonly lifetimeMs: number
}

/** Nobody has the address: released, declined, reclaimed. */
export const NOBODY_AT = 0

/** Reads a lease file line by line, in its order; the last row of an address counts. */
export interface LeaseParser {
  /** Whether it can be read, a byte a character, without its line feed. Never throws. */
  readonly line: (text: string) => boolean
  /** The file is read again from its beginning. */
  readonly again: () => void
}

/** `take` gets each row as soon as it is whole. */
export type MakeLeaseParser = (take: (row: LeaseRow) => void) => LeaseParser

/**
 * A name as it stands in a file that was read a byte a character: UTF-8 where it is more than ASCII. A copy, for a part of a text keeps all
 * of the text in memory.
 */
export function nameIn(text: string): string | undefined {
  return deviceName(Buffer.from(text, 'latin1').toString('utf8'))
}
