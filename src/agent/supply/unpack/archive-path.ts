const PATH_CHARS_MAX = 1_000

/**
 * The parts of a path in an archive, or undefined for one that leads anywhere but down: absolute, with `..`, or with bytes
 * that no list has in its name. Never used as a path on the disk; only compared.
 */
export function archivePath(text: string): readonly string[] | undefined {
  if (text.length > PATH_CHARS_MAX || text.startsWith('/') || UNSAFE.test(text)) return undefined
  const parts = text.split('/').filter((part) => part !== '' && part !== '.')
  return parts.length === 0 || parts.includes('..') ? undefined : parts
}
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f\\]|^[a-z]:/i
