declare const macBrand: unique symbol
/** An EUI-48 address in lower-case hex with colons: `02:00:5e:00:53:01`. */
export type MacAddress = string & { readonly [macBrand]: true }

const FORMS = [
  /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/, // 02:00:5e:00:53:01 and 02-00-5e-00-53-01
  /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/, // 0200.5e00.5301
  /^[0-9a-f]{12}$/, // 02005e005301
]

/** Of a single device: the lowest bit of its first byte is 0. */
const CANONICAL = /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/
const ALL_ZERO = '00:00:00:00:00:00'

/** Reads any usual way to write one; undefined for others, and for addresses that no device has: all zero, and groups. */
export function parseMac(text: string): MacAddress | undefined {
  if (isCanonical(text)) return text
  const lower = text.trim().toLowerCase()
  if (!FORMS.some((form) => form.test(lower))) return undefined
  return macFromBytes(Buffer.from(lower.replaceAll(/[:.-]/g, ''), 'hex'))
}

/** Of six bytes; undefined for what is no device's. */
export function macFromBytes(bytes: Uint8Array): MacAddress | undefined {
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
  return isCanonical(text) ? text : undefined
}

function isCanonical(text: string): text is MacAddress {
  return CANONICAL.test(text) && text !== ALL_ZERO
}

/** Whether a device made it up (the locally administered bit, IEEE 802c): it may have another tomorrow, and nobody's name is on it. */
export function isRandomMac(mac: MacAddress): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 2) === 2
}
