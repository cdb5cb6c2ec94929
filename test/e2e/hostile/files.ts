/** What is wrong with files that leave the console, by their own bytes. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PDFTOTEXT = '/usr/bin/pdftotext'
/** Why no text can be read out of a PDF, or false. */
export const popplerMissing: string | false = existsSync(PDFTOTEXT)
  ? false
  : 'needs pdftotext: the Debian package `poppler-utils`'

/** What spreadsheets take for a formula, some after white space and in their full-width forms. */
const FORMULA = /^[\s\uFEFF]*[=+\-@|%\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
/** What a reader of PDF would do by itself. */
const ACTIONS =
  /\/(?:JavaScript|JS|OpenAction|AA|Launch|URI|SubmitForm|ImportData|EmbeddedFile|RichMedia|AcroForm|GoToR)\b/
const TOKEN = /"((?:[^"]|"")*)"|,|\r?\n|[^",\r\n]+/y

/** RFC 4180, read anew: nothing of the console's own. Undefined where it is no such file. */
export function readCsv(text: string): readonly (readonly string[])[] | undefined {
  const rows: string[][] = [['']]
  TOKEN.lastIndex = text.startsWith('\uFEFF') ? 1 : 0
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)
    if (token === null) return undefined
    const row = rows.at(-1) ?? []
    if (token[0] === ',') row.push('')
    else if (/^\r?\n$/.test(token[0])) rows.push([''])
    else row.push((row.pop() ?? '') + (token[1]?.replaceAll('""', '"') ?? token[0]))
  }
  return rows.at(-1)?.join('') === '' ? rows.slice(0, -1) : rows
}

export function faultsOfCsv(text: string): readonly string[] {
  const rows = readCsv(text)
  if (rows === undefined) return ['is no CSV']
  const [head = []] = rows
  return [
    ...rows
      .filter((row) => row.length !== head.length)
      .map((row) => `another width: ${row.join('|').slice(0, 120)}`),
    ...rows
      .flat()
      .filter((cell) => FORMULA.test(cell))
      .map((cell) => `would run: ${cell.slice(0, 40)}`),
  ]
}

export interface PdfRead {
  readonly text: string
  readonly faults: readonly string[]
}

export async function readPdf(bytes: Buffer, folder: string): Promise<PdfRead> {
  const path = join(folder, 'one.pdf')
  writeFileSync(path, bytes)
  const { stdout: text } = await run(PDFTOTEXT, ['-layout', path, '-'], { maxBuffer: 16_777_216 })
  const { stdout: info } = await run('/usr/bin/pdfinfo', [path])
  const { stdout: scripts } = await run('/usr/bin/pdfinfo', ['-js', path])
  const action = ACTIONS.exec(bytes.toString('latin1'))
  return {
    text,
    faults: [
      ...(action === null ? [] : [`has ${action[0]}`]),
      ...(/^JavaScript:\s+no$/m.test(info) ? [] : ['has script']),
      ...(scripts.trim() === '' ? [] : [`script: ${scripts.slice(0, 80)}`]),
    ],
  }
}
