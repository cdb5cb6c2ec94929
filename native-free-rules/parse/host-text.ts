/** Why a text from a list cannot be a host's name, or undefined. The name's own limits are checked where it is taken in. */
export function whyNotHost(text: string): string | undefined {
  if (isAddress(text)) return 'an IP address is not a name'
  if (text.includes('/')) return 'an address of a page is not a name'
  return HOST.test(text) ? undefined : 'not a host name'
}

/** Whether a text is an IPv4 or IPv6 address, or what would be read as one. */
export function isAddress(text: string): boolean {
  if (/^\d[\d.]*$/.test(text)) return true
  return text.includes(':') && /^\[?[0-9a-f:.]+(?:%[\w.-]+)?\]?$/i.test(text)
}

/** Letters, digits, hyphen, underscore and dot, and letters beyond ASCII, which may have an A-label form. */
const HOST = /^[A-Za-z0-9_.\-\u0080-\u{10ffff}]+$/u
