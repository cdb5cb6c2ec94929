import { OWNER_LIMITS } from './owner-limits.ts'
import type { TextFault } from './text-fault.ts'

export interface TextRow {
  /** Where it begins, from 1. */
  readonly line: number
  readonly fields: readonly string[]
}

const DELIMITERS = [',', ';', '\t'] as const

/**
 * The rows of a CSV file (RFC 4180), one at a time, so that the caller may pause; of an empty line all fields are empty. Spaces around
 * fields do not count. A quote that is never closed ends with the file. Fields beyond the limits are cut. Ends with the fault, where there is one.
 */
export function* readCsv(text: string): Generator<TextRow, TextFault | undefined> {
  const start = skipSeparatorLine(text)
  const delimiter = delimiterOf(text, start)
  let line = start === 0 ? 1 : 2
  for (let at = start; at < text.length; ) {
    // No row is looked at beyond its limit, whatever it is made of.
    const piece = text.slice(at, at + OWNER_LIMITS.rowChars)
    const reader = { text: piece, at: 0, line, delimiter }
    const fields = readRow(reader)
    if (reader.at >= piece.length && at + piece.length < text.length)
      return {
        line,
        fault: `a row of more than ${OWNER_LIMITS.rowChars} characters: is a quote not closed?`,
      }
    yield { line, fields }
    ;({ line } = reader)
    at += reader.at
  }
  return undefined
}

interface Reader {
  readonly text: string
  readonly delimiter: string
  at: number
  line: number
}

/** The one of which the line of titles has the most, outside quotes. */
function delimiterOf(text: string, start: number): string {
  const piece = text.slice(start, start + OWNER_LIMITS.rowChars)
  const end = piece.search(/[\r\n]/)
  const titles = piece.slice(0, end < 0 ? undefined : end).replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => titles.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** Excel's own first line, which says the delimiter that the titles show as well. */
function skipSeparatorLine(text: string): number {
  return /^sep=.\r?\n/.exec(text)?.[0].length ?? 0
}

function readRow(reader: Reader): readonly string[] {
  const fields: string[] = []
  for (;;) {
    const field = readField(reader)
    if (fields.length < OWNER_LIMITS.fields) fields.push(field.slice(0, OWNER_LIMITS.fieldChars))
    if (reader.text[reader.at] !== reader.delimiter) break
    reader.at++
  }
  skipLineEnd(reader)
  return fields
}

function readField(reader: Reader): string {
  const { text, delimiter } = reader
  while (text[reader.at] === ' ') reader.at++
  const quoted = text[reader.at] === '"' ? readQuoted(reader) : ''
  const from = reader.at
  while (reader.at < text.length && text[reader.at] !== delimiter && !isLineEnd(text[reader.at]))
    reader.at++
  return quoted + text.slice(from, reader.at).trimEnd()
}

/** What is between quotes; two of them are one. */
function readQuoted(reader: Reader): string {
  const { text } = reader
  let field = ''
  for (;;) {
    const from = reader.at + 1
    const to = text.indexOf('"', from)
    const part = text.slice(from, to < 0 ? undefined : to)
    field += part
    reader.line += countLineEnds(part)
    reader.at = to < 0 ? text.length : to + 1
    if (text[reader.at] !== '"') return field.trim()
    field += '"'
  }
}

function skipLineEnd(reader: Reader): void {
  if (reader.at >= reader.text.length) return
  reader.at += reader.text.startsWith('\r\n', reader.at) ? 2 : 1
  reader.line++
}

function isLineEnd(letter: string | undefined): boolean {
  return letter === '\n' || letter === '\r'
}

function countLineEnds(text: string): number {
  return text.split(/\r\n|\r|\n/).length - 1
}
