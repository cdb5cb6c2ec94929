import { type MacAddress, parseMac } from '#domain/mac-address.ts'

const HEX = '[0-9a-f]'
/** As vendors write a MAC: pairs, fours or halves of digits, with one kind of separator, or none. */
const STATION = new RegExp(
  `^(?:${HEX}{2}([-:. ])${HEX}{2}(?:\\1${HEX}{2}){4}|${HEX}{4}([-:. ])${HEX}{4}\\2${HEX}{4}|${HEX}{6}[-:]${HEX}{6}|${HEX}{12})(?!${HEX})`,
  'i',
)
/** What follows makes it a longer number: an EUI-64, a client identifier. */
const LONGER = new RegExp(`^[-:. ]${HEX}{2}(?:[-:. ]${HEX}{2})*$`, 'i')

/**
 * The device of a Calling-Station-Id (RFC 2865 section 5.31, RFC 3580 section 3.21): a MAC in any usual spelling, an SSID or anything else
 * may follow it. Undefined for telephone numbers, addresses, and MACs that no device has.
 */
export function readStation(text: string): MacAddress | undefined {
  const trimmed = text.trim()
  const found = STATION.exec(trimmed)?.[0]
  if (found === undefined || LONGER.test(trimmed.slice(found.length))) return undefined
  return parseMac(found.replaceAll(/[^0-9a-f]/gi, ''))
}
