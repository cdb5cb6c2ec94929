import { OWNER_LIMITS } from './owner-limits.ts'
import type { TextFault } from './text-fault.ts'

export interface JsonItem {
  /** Where it begins, from 1. */
  readonly line: number
  /** A whole object, as text. */
  readonly text: string
}

/** More of it is looked at in the next piece. */
const SPACE = new RegExp(`[\\s,]{0,${OWNER_LIMITS.rowChars}}`, 'y')

/**
 * The objects of a JSON list (RFC 8259), each as text and one at a time, so that no list is parsed in one go. Each text still has
 * to be parsed; between them only commas and space are allowed. Ends with the fault, where there is one.
 */
export function* readJsonList(text: string): Generator<JsonItem, TextFault | undefined> {
  let line = 1
  let at = 0
  const skipSpace = (): void => {
    SPACE.lastIndex = at
    const space = SPACE.exec(text)?.[0] ?? ''
    line += countLines(space)
    at += space.length
  }
  skipSpace()
  if (text[at] !== '[') return { line, fault: 'a list of objects begins with [' }
  at++
  for (;;) {
    skipSpace()
    if (text[at] === ']') return text.slice(at + 1).trim() === '' ? undefined : trailing(line)
    if (text[at] !== '{') return { line, fault: 'here an object is to begin, or the list to end' }
    const rest = text.slice(at, at + OWNER_LIMITS.rowChars)
    const end = endOfObject(rest)
    if (end === undefined) {
      const why = at + rest.length < text.length ? `within ${OWNER_LIMITS.rowChars} characters` : ''
      return { line, fault: `the object that begins here has no end ${why}`.trimEnd() }
    }
    const item = rest.slice(0, end)
    yield { line, text: item }
    line += countLines(item)
    at += end
  }
}

function trailing(line: number): TextFault {
  return { line, fault: 'something follows the list' }
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}

/** Behind the brace that closes the first one; braces within strings do not count. Looks at each character once. */
function endOfObject(text: string): number | undefined {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (isInString && letter === '\\') at++
    else if (letter === '"') isInString = !isInString
    else if (isInString) continue
    else if (letter === '{') depth++
    else if (letter === '}' && --depth === 0) return at + 1
  }
  return undefined
}
