/** `[1700000000] unbound[12:0] fatal error: could not open ports` */
const LINE = /^\[\d+\] \S+\[\d+:\w+\] (?:fatal error|error): (.*)$/gm
const LINES_MAX = 2
const CHARS_MAX = 200

/**
 * Why Unbound does not work, from what it wrote to standard error: its last two errors. Undefined where it wrote none. No looked-up name is
 * in it: what Unbound says of single queries is switched off.
 */
export function reasonOf(said: string): string | undefined {
  const errors = [...said.matchAll(LINE)].map(([, text = '']) => text.trim())
  if (errors.length === 0) return undefined
  const reason = errors.slice(-LINES_MAX).join('; ').slice(0, CHARS_MAX)
  const isRefused = reason.toLowerCase().includes('permission denied')
  return isRefused ? `${reason} (does AppArmor confine Unbound? See docs/school-it.md)` : reason
}
