import { hash } from 'node:crypto'
import type { TellSighting } from '#agent/identity/sighting.ts'
import type { IdentitySource } from '#domain/identity.ts'
import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'

const LASTS_MS = 3_600_000
const V6_EACH = 3
const SESSION_KEY_BYTES = 16
/** An IPv4 address, and IPv6 ones of which two were made up by the device. */
export const ADDRESSES_EACH: number = 1 + V6_EACH

/**
 * Tells of so many devices all that can be known of one: a lease, its addresses by the neighbour table, a name, an owner's group, and somebody
 * who is logged on. Text is made anew each time, as it is when it comes out of packets and files.
 */
export function tellFullDevices(tell: TellSighting, devices: number): void {
  for (let i = 0; i < devices; i++) {
    const address = addressesOf(i)[0] ?? ''
    seen(tell, 'lease', i, address)
    for (const one of addressesOf(i)) seen(tell, 'neighbour', i, one)
    tell({
      kind: 'name-seen',
      source: 'lease',
      of: { kind: 'mac', mac: macOf(i) },
      name: `laptop-${i}`,
      lastsMs: LASTS_MS,
    })
    tell({ kind: 'owner-known', source: 'owners', mac: macOf(i), group: `ks${(i % 3) + 3}` })
    tell({
      kind: 'logged-on',
      source: 'radius',
      user: `user-${i}`,
      // As accounting makes it.
      session: hash('sha256', String(i), 'buffer').toString('base64url', 0, SESSION_KEY_BYTES),
      mac: macOf(i),
      addresses: addressesOf(i).slice(0, 2),
      lastsMs: LASTS_MS,
    })
  }
}

function addressesOf(i: number): readonly string[] {
  return [
    `10.1.${i >> 8}.${i & 255}`,
    ...Array.from(
      { length: V6_EACH },
      (_, n) => `2001:db8:1:2:${n + 1}5ad:c0ff:fee0:${(i + 1).toString(16)}`,
    ),
  ].map(asFeedsMakeIt)
}

/** Text of one piece, as it comes out of packets. */
function asFeedsMakeIt(text: string): string {
  const bytes = parseAddress(text)
  if (!bytes) throw new Error(text)
  return formatAddress(bytes)
}

function macOf(i: number): MacAddress {
  const mac = parseMac(`00005e${(0x10_0000 + i).toString(16)}`)
  if (mac === undefined) throw new Error(`${i}`)
  return mac
}

function seen(tell: TellSighting, source: IdentitySource, i: number, address: string): void {
  tell({ kind: 'address-seen', source, mac: macOf(i), address, lastsMs: LASTS_MS })
}
