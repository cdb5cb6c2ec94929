/** Letters, digits, hyphen, underscore and dot, and anything beyond ASCII: what may be sent through UTS #46 at all. */
const HOST_LIKE = /^[A-Za-z0-9._\-\u0080-\u{10ffff}]{1,255}$/u
const ASCII_HOST = /^[a-z0-9._-]+$/

/**
 * The A-label form (RFC 5890) of a name with letters beyond ASCII, by the URL standard's domain-to-ASCII (UTS #46), or
 * undefined where there is none. Never throws.
 */
export function asciiForm(text: string): string | undefined {
  if (!HOST_LIKE.test(text)) return undefined
  const host = URL.parse(`http://${text}/`)?.hostname ?? ''
  return ASCII_HOST.test(host) ? host : undefined
}
