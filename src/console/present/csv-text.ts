/**
 * What a spreadsheet would run: it takes a cell for a formula by its first character, in some countries the full-width forms as
 * well, and some skip white space before it.
 */
const FORMULA = /^[\s\uFEFF]*[=+\-@|%\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

/** RFC 4180, every cell quoted, with a byte order mark, by which spreadsheets know UTF-8. No cell is ever a formula. */
export function csvText(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => cells.map(cellText).join(','))
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

function cellText(text: string): string {
  const inert = FORMULA.test(text) ? `'${text}` : text
  return `"${inert.replaceAll('"', '""')}"`
}
