/** `[1700000000] unbound[12:0] fatal error: could not open ports` */
const LINE = /^\[\d+\] \S+\[\d+:\w+\] (?:fatal error|error): (.*)$/gm
const CHARS_MAX = 150

/**
 * Why Unbound does not work, from what it wrote to standard error: the first of its errors, which is the cause of the others. Undefined
 * where it wrote none. No looked-up name is in it: what Unbound says of single queries is switched off.
 */
export function reasonOf(said: string): string | undefined {
  const [first] = said.matchAll(LINE)
  if (!first) return undefined
  const reason = (first[1] ?? '').replaceAll(/[^\x20-\x7e]/g, '?').slice(0, CHARS_MAX)
  const isDenied = reason.toLowerCase().includes('permission denied')
  return isDenied ? `${reason} (does AppArmor confine Unbound? See docs/school-it.md)` : reason
}

/** Whether it could not read the anchors that it keeps: a power cut may have left half of them. */
export function areAnchorsBroken(said: string): boolean {
  return said.includes('error reading auto-trust-anchor-file')
}
