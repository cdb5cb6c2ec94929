const decoder = new TextDecoder('utf-8')

/**
 * Bytes that a device wrote as text: without control, format and other invisible characters, and at most `charsMax` long. Undefined where
 * nothing is left. It is still hostile wherever it is shown.
 */
export function cleanText(bytes: Uint8Array, charsMax: number): string | undefined {
  const text = decoder
    .decode(bytes.subarray(0, charsMax * 4))
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, '')
    .trim()
  const cut = Array.from(text).slice(0, charsMax).join('')
  return cut === '' ? undefined : cut
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/

/** A server's name as it stands in TLS: lower case, of host-name characters only. Undefined for others, and for addresses. */
export function hostName(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.length > 253) return undefined
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .toLowerCase()
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  return HOST_NAME.test(name) && !/(^|\.)\d+$/.test(name) ? name : undefined
}
