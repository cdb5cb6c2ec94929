export interface JsonItem {
  /** Where it begins, from 1. */
  readonly line: number
  /** A whole object, as text. */
  readonly text: string
}

/** Why a text is no list of objects, and where. */
export interface JsonListFault {
  readonly line: number
  readonly fault: string
}

const SPACE = /[\s,]/

/**
 * The objects of a JSON list (RFC 8259), each as text and one at a time, so that no list is parsed in one go. Each text still has
 * to be parsed; between them only commas and space are allowed. Ends with the fault, where there is one.
 */
export function* readJsonList(text: string): Generator<JsonItem, JsonListFault | undefined> {
  let line = 1
  let at = 0
  const skipSpace = (): void => {
    for (; at < text.length && SPACE.test(text[at] ?? ''); at++) if (text[at] === '\n') line++
  }
  skipSpace()
  if (text[at] !== '[') return { line, fault: 'a list of objects begins with [' }
  at++
  for (;;) {
    skipSpace()
    if (text[at] === ']') return text.slice(at + 1).trim() === '' ? undefined : trailing(line)
    if (text[at] !== '{') return { line, fault: 'here an object is to begin, or the list to end' }
    const end = endOfObject(text, at)
    if (end === undefined) return { line, fault: 'the object that begins here has no end' }
    const item = text.slice(at, end)
    yield { line, text: item }
    line += item.split('\n').length - 1
    at = end
  }
}

function trailing(line: number): JsonListFault {
  return { line, fault: 'something follows the list' }
}

/** Behind the brace that closes the one at `start`; braces within strings do not count. */
function endOfObject(text: string, start: number): number | undefined {
  const marks = /[{}]|"(?:[^"\\]|\\.)*"/gs
  marks.lastIndex = start
  for (let depth = 0; ; ) {
    const mark = marks.exec(text)
    if (!mark) return undefined
    if (mark[0] === '{') depth++
    if (mark[0] === '}' && --depth === 0) return marks.lastIndex
  }
}
