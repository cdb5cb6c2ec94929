import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { macOfDuidText } from './duid.ts'
import { type LeaseParser, type LeaseRow, NOBODY_AT, nameIn } from './lease-row.ts'

/** More columns than any version has. */
const COLUMNS_MAX = 64
const DIGITS = /^\d{1,12}$/
/** What a comma or another odd character of a value is written as; there is no semicolon. */
const ESCAPE = /&#x([0-9a-f]{2})/gi
/** A lease that somebody has; others are declined (1), reclaimed (2), released (3). */
const HELD = '0'
/** Registered by the device itself (RFC 9686). */
const REGISTERED = '4'
const INFINITE_SECONDS = 0xffff_ffff
/** IA_NA and IA_TA: an address; a delegated prefix is nobody's address. */
const PREFIX = '2'

type Columns = ReadonlyMap<string, number>

/**
 * Kea's memfile of either family: a journal in CSV, each change a row with all columns. Columns are found by the titles, which each
 * file begins with: versions have added some.
 */
export function makeKeaParser(take: (row: LeaseRow) => void): LeaseParser {
  let columns: Columns | undefined
  return {
    again: () => {
      columns = undefined
    },
    line: (text) => {
      if (text === '') return true
      if (text.startsWith('address,')) {
        columns = columnsOf(text)
        return true
      }
      const row = columns && readRow(text.split(',', COLUMNS_MAX), columns)
      if (row && row !== 'prefix') take(row)
      return row !== undefined
    },
  }
}

function columnsOf(titles: string): Columns {
  return new Map(titles.split(',', COLUMNS_MAX).map((title, place) => [title, place]))
}

function readRow(values: readonly string[], columns: Columns): LeaseRow | 'prefix' | undefined {
  const value = (title: string): string => values[columns.get(title) ?? -1] ?? ''
  const bytes = parseAddress(value('address'))
  const expiry = value('expire')
  const lifetime = value('valid_lifetime')
  const state = value('state')
  if (!bytes || !DIGITS.test(expiry) || !DIGITS.test(lifetime) || !DIGITS.test(state))
    return undefined
  if (value('lease_type') === PREFIX) return 'prefix'
  const isHeld = (state === HELD || state === REGISTERED) && Number(lifetime) > 0
  return {
    address: formatAddress(bytes),
    mac: macOf(value('hwaddr'), value('duid')),
    name: nameIn(unescape(value('hostname'))),
    expiresAtMs: isHeld ? expiryOf(Number(expiry), Number(lifetime)) : NOBODY_AT,
    lifetimeMs: Number(lifetime) === INFINITE_SECONDS ? Infinity : Number(lifetime) * 1000,
  }
}

function expiryOf(expirySeconds: number, lifetimeSeconds: number): number {
  return lifetimeSeconds === INFINITE_SECONDS ? Infinity : expirySeconds * 1000
}

function macOf(hardware: string, duid: string): MacAddress | undefined {
  return parseMac(hardware) ?? macOfDuidText(duid)
}

function unescape(text: string): string {
  return text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
