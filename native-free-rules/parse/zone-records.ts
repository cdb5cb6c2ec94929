/** Master files (RFC 1035 section 5) cut into records. */
import type { ListParser, RuleTaker } from './rule-taker.ts'

/** One record; names as written, made absolute, without the dot at the end; `''` is the root. */
export interface ZoneRecord {
  readonly owner: string
  readonly type: string
  /** The words of the data; a quoted string is one word, with `"` before it. */
  readonly data: readonly string[]
  readonly line: number
  readonly text: string
}

/** Told of `$ORIGIN` and of each record. Returns why it is not taken in. */
export interface ZoneTaker extends Pick<RuleTaker, 'refuse'> {
  readonly takeOrigin: (origin: string) => void
  readonly takeRecord: (record: ZoneRecord) => string | undefined
}

/** Lines that one pair of parentheses may go over, and characters of a record. */
const LINES_MAX = 64
const RECORD_CHARS_MAX = 8_192
const LINE_CHARS_MAX = 4_096
const TTL = /^\d[\dsmhdw]{0,15}$/i
const WORD = /"((?:[^"\\]|\\.)*)"|((?:[^\s";()\\]|\\.)+)|([();])|(\s+)|(["\\])/y

/** A parser that hands on records. Knows `$ORIGIN` and `$TTL`; never throws. */
export function parseZone(taker: ZoneTaker): ListParser {
  const reader = new ZoneReader(taker)
  let rest = ''
  return {
    write: (chunk) => {
      let from = 0
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
        reader.takeLine(rest + chunk.slice(from, at))
        rest = ''
        from = at + 1
      }
      // Of an overlong line enough is kept to be seen as such.
      if (rest.length <= LINE_CHARS_MAX) rest += chunk.slice(from)
    },
    end: () => {
      if (rest !== '') reader.takeLine(rest)
      rest = ''
      reader.end()
    },
  }
}

/** Puts lines together to records, and keeps what one record leaves to the next. */
class ZoneReader {
  readonly #taker: ZoneTaker
  #origin = ''
  #owner: string | undefined
  #line = 0
  /** Of the record that is being read. */
  #words: string[] = []
  #text = ''
  #firstLine = 0
  #depth = 0
  #isContinued = false

  constructor(taker: ZoneTaker) {
    this.#taker = taker
  }

  takeLine(whole: string): void {
    this.#line += 1
    const text = this.#line === 1 ? whole.replace(/^\u{feff}/u, '') : whole
    if (text.length > LINE_CHARS_MAX) {
      this.#taker.refuse(this.#line, text, 'the line is too long')
      return this.#forget()
    }
    if (this.#depth === 0) this.#begin(text)
    this.#text += `${this.#text === '' ? '' : ' '}${text.trim()}`
    const isSound = this.#takeWords(text)
    if (!isSound) return this.#refuse('a broken word')
    if (this.#depth > 0 && this.#line - this.#firstLine < LINES_MAX) {
      if (this.#text.length <= RECORD_CHARS_MAX) return
    }
    if (this.#depth > 0) return this.#refuse('the parentheses are not closed')
    this.#finish()
  }

  end(): void {
    if (this.#depth > 0) this.#refuse('the parentheses are not closed')
  }

  #begin(text: string): void {
    this.#firstLine = this.#line
    this.#isContinued = /^\s/.test(text)
  }

  /** Appends the line's words up to a comment; false where a quote or an escape is open. */
  #takeWords(text: string): boolean {
    WORD.lastIndex = 0
    for (let match = WORD.exec(text); match; match = WORD.exec(text)) {
      const [, quoted, word, mark, , broken] = match
      if (mark === ';') return true
      if (broken !== undefined) return false
      if (quoted !== undefined) this.#words.push(`"${quoted}`)
      else if (word !== undefined) this.#words.push(word)
      else if (mark === '(') this.#depth += 1
      else if (mark === ')') this.#depth -= 1
      if (this.#depth < 0) return false
    }
    return true
  }

  #finish(): void {
    const words = this.#words
    const at = { line: this.#firstLine, text: this.#text }
    const why = words.length === 0 ? undefined : this.#takeEntry(words, at)
    if (why !== undefined) this.#taker.refuse(at.line, at.text, why)
    this.#forget()
  }

  #takeEntry(words: string[], at: Pick<ZoneRecord, 'line' | 'text'>): string | undefined {
    const [first = '', value = ''] = words
    if (!this.#isContinued && first.startsWith('$')) return this.#takeControl(first, value)
    if (!this.#isContinued) this.#owner = this.#absolute(words.shift() ?? '')
    if (this.#owner === undefined) return 'no name before it'
    // TTL and class may stand in either order.
    for (let i = 0; i < 2; i++)
      if (TTL.test(words[0] ?? '') || /^in$/i.test(words[0] ?? '')) words.shift()
    const [type = '', ...data] = words
    if (type === '') return 'no record type'
    return this.#taker.takeRecord({ ...at, owner: this.#owner, type: type.toUpperCase(), data })
  }

  #takeControl(word: string, value: string): string | undefined {
    const name = word.toUpperCase()
    if (name === '$TTL') return undefined
    if (name !== '$ORIGIN') return `${name.slice(0, 20)} is not evaluated`
    this.#origin = this.#absolute(value)
    this.#taker.takeOrigin(this.#origin)
    return undefined
  }

  /** A name as written, made absolute. */
  #absolute(text: string): string {
    return absoluteName(text, this.#origin)
  }

  #refuse(why: string): void {
    this.#taker.refuse(this.#firstLine, this.#text, why)
    this.#forget()
  }

  #forget(): void {
    this.#words = []
    this.#text = ''
    this.#depth = 0
  }
}

/** A name with the origin behind it unless it ends in a dot of its own; without that dot. */
export function absoluteName(text: string, origin: string): string {
  if (text === '@') return origin
  if (text === '.') return ''
  if (/(?:^|[^\\])(?:\\\\)*\.$/.test(text)) return text.slice(0, -1)
  return origin === '' ? text : `${text}.${origin}`
}
