import { plainText } from '#console/present/plain-text.ts'
import { fill } from '#console/words/fill.ts'
import { timetable as words } from '#console/words/timetable.ts'

/** What is wrong with a line, counted from 1. Line 0: with all of it. */
export interface LineProblem {
  readonly line: number
  readonly text: string
}

export interface CsvRow {
  readonly line: number
  /** Each column has one, trimmed. Hostile text. */
  readonly cells: Readonly<Record<string, string>>
}

export interface CsvShape {
  readonly columns: readonly string[]
  readonly rowsMax: number
  readonly charsMax: number
}

/** What could be read of a table, and what not. */
export interface CsvTable {
  readonly rows: readonly CsvRow[]
  readonly problems: readonly LineProblem[]
}

interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

const QUOTED_MAX = 40
/** What spreadsheets put between values: the first of these that the first line has. */
const SEPARATORS = ['\t', ';', ','] as const

/** Reads a table as spreadsheets save it (RFC 4180) or copy it; columns may stand in any order. Never throws. */
export function readCsv(given: string, shape: CsvShape): CsvTable {
  const { columns, rowsMax, charsMax } = shape
  const wanted = columns.join(',')
  if (given.length > charsMax) return fail(0, fill(words.tooLong, { count: charsMax }))
  const records = recordsOf(given.replace(/^\uFEFF/, ''))
  if (typeof records === 'number') return fail(records, words.openQuote)
  const [head, ...rest] = records
  if (head === undefined) return fail(0, fill(words.empty, { columns: wanted }))
  const names = head.cells.map((cell) => cell.toLowerCase())
  const strange = names.find((name, at) => !columns.includes(name) || names.indexOf(name) !== at)
  if (strange !== undefined)
    return fail(head.line, fill(words.strangeColumn, { given: quoted(strange), columns: wanted }))
  const missing = columns.find((column) => !names.includes(column))
  if (missing !== undefined)
    return fail(head.line, fill(words.missingColumn, { column: missing, columns: wanted }))
  const beyond = rest[rowsMax]
  if (beyond) return fail(beyond.line, fill(words.tooMany, { count: rowsMax }))
  return readRows(rest, names)
}

function fail(line: number, text: string): CsvTable {
  return { rows: [], problems: [{ line, text }] }
}

/** A part of what somebody wrote, as it is told back. */
export function quoted(given: string): string {
  return plainText(given, QUOTED_MAX)
}

function readRows(records: readonly CsvRecord[], names: readonly string[]): CsvTable {
  const isWhole = ({ cells }: CsvRecord): boolean => cells.length === names.length
  const counts = { wanted: names.length }
  return {
    rows: records.filter(isWhole).map(({ line, cells }) => ({
      line,
      cells: Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])),
    })),
    problems: records
      .filter((record) => !isWhole(record))
      .map(({ line, cells }) => ({
        line,
        text: fill(words.cells, { given: cells.length, ...counts }),
      })),
  }
}

/** Lines with something in them; a number is the line of a quotation mark that is never closed. */
function recordsOf(text: string): readonly CsvRecord[] | number {
  const [first = ''] = text.trimStart().split('\n', 1)
  const separator = SEPARATORS.find((one) => first.includes(one)) ?? ','
  const records: CsvRecord[] = []
  let cells: string[] = []
  let cell = ''
  let line = 1
  let begins = 1
  let quoteAt = 0
  const endCell = (): void => {
    cells.push(cell.trim())
    cell = ''
  }
  const endRecord = (): void => {
    endCell()
    // Spreadsheets keep rows that were emptied, with all their separators.
    if (cells.some((one) => one !== '')) records.push({ line: begins, cells })
    cells = []
    begins = line
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\n') line += 1
    if (quoteAt > 0) {
      if (char !== '"') cell += char
      else if (text[at + 1] === '"') cell += text[++at] ?? ''
      else quoteAt = 0
    } else if (char === '"' && cell.trim() === '') {
      quoteAt = line
      cell = ''
    } else if (char === separator) endCell()
    else if (char === '\n') endRecord()
    else if (char !== '\r') cell += char
  }
  if (quoteAt > 0) return quoteAt
  endRecord()
  return records
}
