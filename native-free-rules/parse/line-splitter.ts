import type { ListParser, RuleTaker } from './rule-taker.ts'

/** A longer line is no line of any list format here: it is refused, and the next one is read as usual. */
const LINE_CHARS_MAX = 4096
const SHOWN_CHARS_MAX = 200
const BYTE_ORDER_MARK = 0xfeff

/** Reads one line without its end, comment and outer blanks; never empty. */
export type ReadLine = (content: string, line: number, whole: string) => void

/**
 * Cuts a text that comes in pieces into lines (LF or CRLF), drops comments (`#` at the beginning or after a blank) and empty lines,
 * and hands on the rest. A line that `isRule` knows is handed on whole, whatever `#` it has.
 */
export function splitLines(
  taker: Pick<RuleTaker, 'refuse'>,
  readLine: ReadLine,
  isRule?: (text: string) => boolean,
): ListParser {
  let line = 0
  let rest = ''
  let isOverlong = false
  const finish = (text: string) => {
    line += 1
    if (isOverlong || text.length > LINE_CHARS_MAX) {
      taker.refuse(line, text.slice(0, SHOWN_CHARS_MAX), 'the line is too long')
      isOverlong = false
      return
    }
    const whole = line === 1 && text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
    const content = trimmed(withoutComment(whole, isRule))
    if (content !== '') readLine(content, line, trimmed(whole))
  }
  return {
    write: (chunk) => {
      let from = 0
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
        const piece = chunk.slice(from, at)
        finish(rest === '' ? piece : rest + piece)
        rest = ''
        from = at + 1
      }
      if (rest.length > LINE_CHARS_MAX) isOverlong = true
      else rest += chunk.slice(from)
    },
    end: () => {
      if (rest !== '') finish(rest)
      rest = ''
    },
  }
}

function withoutComment(text: string, isRule: ((text: string) => boolean) | undefined): string {
  const at = text.indexOf('#')
  if (at < 0 || isRule?.(text) === true) return text
  if (at === 0) return ''
  const comment = /(?:^|\s)#/.exec(text)
  return comment ? text.slice(0, comment.index) : text
}

/** Without outer blanks; most lines of a million have none, which two characters tell. */
function trimmed(text: string): string {
  return isInk(text.charCodeAt(0)) && isInk(text.charCodeAt(text.length - 1)) ? text : text.trim()
}

function isInk(code: number): boolean {
  return code > 0x20 && code < 0x7f
}
