import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { macOfDuidText } from './duid.ts'
import { LEASE_LIMITS } from './lease-limits.ts'
import { type LeaseParser, type LeaseRow, nameIn } from './lease-row.ts'

/** Expiry, hardware address or IAID, address, name, client id or DUID. */
const FIELDS = 5
const DIGITS = /^\d{1,12}$/
/** Before a hardware address that is not Ethernet's own: 6 is that of IEEE 802 networks, which has the same form. */
const HARDWARE_TYPE = /^([0-9a-f]{2})-(?=[0-9a-f]{2}:)/
const IEEE_802 = '06'
/** The server's own DUID stands between the leases of IPv4 and those of IPv6. */
const SERVER_DUID = /^duid [0-9a-f:]+$/

/**
 * `dnsmasq.leases`, one line a lease:
 *
 *     1764100000 02:00:5e:00:53:01 192.0.2.10 laptop 01:02:00:5e:00:53:01
 *     duid 00:01:00:01:2e:...
 *     1764100000 77 2001:db8::10 laptop 00:01:00:01:2e:...
 *
 * An expiry of 0 is for ever, `*` stands for what is not known. The server writes all of it at every change, so what a line came to is
 * kept for the next reading, which begins with `again`.
 */
export function makeDnsmasqParser(take: (row: LeaseRow) => void): LeaseParser {
  let known = new Map<string, LeaseRow>()
  let before = known
  return {
    again: () => {
      before = known
      known = new Map()
    },
    line: (text) => {
      if (text === '' || SERVER_DUID.test(text)) return true
      const row = before.get(text) ?? readLine(text)
      if (!row) return false
      if (known.size < LEASE_LIMITS.leases) known.set(text, row)
      take(row)
      return true
    },
  }
}

function readLine(text: string): LeaseRow | undefined {
  const fields = text.split(' ')
  const [expiry = '', hardware = '', addressText = '', name = '', id = ''] = fields
  const bytes = parseAddress(addressText)
  if (fields.length !== FIELDS || !bytes || !DIGITS.test(expiry)) return undefined
  const mac = bytes.length === 4 ? macOf(hardware) : macOfDuidText(id)
  return {
    address: formatAddress(bytes),
    mac,
    name: nameIn(name),
    expiresAtMs: Number(expiry) === 0 ? Infinity : Number(expiry) * 1000,
    lifetimeMs: Infinity,
  }
}

function macOf(text: string): MacAddress | undefined {
  const type = HARDWARE_TYPE.exec(text)?.[1]
  if (type === undefined) return parseMac(text)
  return type === IEEE_802 ? parseMac(text.slice(3)) : undefined
}
