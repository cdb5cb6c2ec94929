/** Why a text from a list cannot be a host's name, or undefined. The name's own limits are checked where it is taken in. */
export function whyNotHost(text: string): string | undefined {
  if (isPlainHost(text)) return undefined
  if (isAddress(text)) return 'an IP address is not a name'
  if (text.includes('/')) return 'an address of a page is not a name'
  return HOST.test(text) ? undefined : 'not a host name'
}

/** Whether a text is a host's name at first glance, as nearly every line of a list is: ASCII, and too much of a word to be an address. */
function isPlainHost(text: string): boolean {
  let hasLetter = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code >= 0x61 && code <= 0x7a) || code === 0x2d || code === 0x5f) hasLetter = true
    else if (code !== 0x2e && (code < 0x30 || code > 0x39)) return false
  }
  return hasLetter
}

/** Whether a text is an IPv4 or IPv6 address, or what would be read as one. */
export function isAddress(text: string): boolean {
  if (/^\d[\d.]*$/.test(text)) return true
  return text.includes(':') && /^\[?[0-9a-f:.]+(?:%[\w.-]+)?\]?$/i.test(text)
}

/** Letters, digits, hyphen, underscore and dot, and letters beyond ASCII, which may have an A-label form. */
const HOST = /^[A-Za-z0-9_.\-\u0080-\u{10ffff}]+$/u
