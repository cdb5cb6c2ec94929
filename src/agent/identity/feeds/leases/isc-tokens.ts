/**
 * A token of dhcpd.leases(5): a word as it stands, a sign (`{`, `}`, `;`) as itself, a text as its bytes, one a character, after the quote
 * that opens it.
 */
export type IscToken = string

/** Longest text that is kept: of names and ids, none is longer. */
const TEXT_CHARS_MAX = 1024
const TOKENS_MAX = 64
const OCTAL = /^[0-3][0-7]{2}$/
const ESCAPE = /\\(?:[0-3][0-7]{2}|.)/g
const TEXT_SIGN = '"'
const SPACE = 0x20
const QUOTE = 0x22
const HASH = 0x23
const SEMICOLON = 0x3b
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d

/**
 * The tokens of one line; a comment ends it. Undefined where a text has no end, or there are too many: the server ends each statement
 * on its line. Never throws.
 */
export function iscTokens(line: string): readonly IscToken[] | undefined {
  const tokens: IscToken[] = []
  for (let at = 0; at < line.length; ) {
    const code = line.charCodeAt(at)
    if (isBlank(code)) {
      at++
      continue
    }
    if (code === HASH) break
    if (tokens.length === TOKENS_MAX) return undefined
    const end = code === QUOTE ? textEnd(line, at + 1) : isSign(code) ? at + 1 : wordEnd(line, at)
    if (end < 0) return undefined
    tokens.push(
      code === QUOTE ? TEXT_SIGN + unescape(line.slice(at + 1, end)) : line.slice(at, end),
    )
    at = code === QUOTE ? end + 1 : end
  }
  return tokens
}

/** The bytes of a text, one a character; undefined for a word or a sign. */
export function iscText(token: IscToken | undefined): string | undefined {
  return token?.startsWith(TEXT_SIGN) ? token.slice(1) : undefined
}

/** Where the closing quote stands, or -1. */
function textEnd(line: string, start: number): number {
  for (let at = start; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at
  }
  return -1
}

function wordEnd(line: string, start: number): number {
  let at = start + 1
  while (at < line.length && !endsWord(line.charCodeAt(at))) at++
  return at
}

function endsWord(code: number): boolean {
  return isBlank(code) || isSign(code) || code === QUOTE || code === HASH
}

/** Control characters separate as blanks do. */
function isBlank(code: number): boolean {
  return code <= SPACE
}

function isSign(code: number): boolean {
  return code === SEMICOLON || code === OPEN || code === CLOSE
}

/** `\ooo` is a byte in octal, and `\` before anything else is that character. */
function unescape(text: string): string {
  const cut = text.slice(0, TEXT_CHARS_MAX)
  if (!cut.includes('\\')) return cut
  return cut.replace(ESCAPE, (escape) => {
    const rest = escape.slice(1)
    return OCTAL.test(rest) ? String.fromCharCode(Number.parseInt(rest, 8)) : rest
  })
}
