import { DIRECTORY_LIMITS } from './directory-limits.ts'

/** The directory's groups that the configuration asks for; nothing else of what the directory says is kept. */
export class GroupNames {
  /** As compared -> as configured, in the order of the file. */
  readonly #names: ReadonlyMap<string, string>

  /** `configured` are names or DNs, as they stand in the file. */
  constructor(configured: Iterable<string>) {
    this.#names = new Map([...configured].map((name) => [comparable(name), name]))
  }

  /** As configured. */
  get all(): readonly string[] {
    return [...this.#names.values()]
  }

  /** Those among the values of an attribute, spelt as the configuration spells them. A whole value counts, or none of it. */
  among(values: readonly string[]): readonly string[] {
    const given = new Set(values.slice(0, DIRECTORY_LIMITS.groupsOfUser).map(comparable))
    return [...this.#names].flatMap(([key, name]) => (given.has(key) ? [name] : []))
  }
}

const ESCAPE = /\\([0-9a-f]{2}|.)/gis

/**
 * A form in which two spellings of a distinguished name (RFC 4514) are the same: no case, no spaces around `,`, `+` and `=`, no escapes.
 * Other values are compared without case.
 */
function comparable(name: string): string {
  const parts = name.split(/(?<=(?:^|[^\\])(?:\\\\)*)([,;+=])/)
  return JSON.stringify(parts.map((part) => unescaped(part.trim()).normalize('NFC').toLowerCase()))
}

/** UTF-8 may be escaped byte by byte. */
function unescaped(part: string): string {
  if (!part.includes('\\')) return part
  const bytes: Buffer[] = []
  let at = 0
  for (const { index, 0: whole, 1: escaped = '' } of part.matchAll(ESCAPE)) {
    bytes.push(Buffer.from(part.slice(at, index)))
    bytes.push(escaped.length === 2 ? Buffer.from(escaped, 'hex') : Buffer.from(escaped))
    at = index + whole.length
  }
  return Buffer.concat([...bytes, Buffer.from(part.slice(at))]).toString('utf8')
}
