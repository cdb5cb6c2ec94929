import { readFileSync, writeFileSync } from 'node:fs'
import { mergeSections } from './merge-sections.ts'

const HEAD =
  '# Figures of the bench\n\nWritten by `npm run bench -- --write`; compare within one run only.\n\n'

/** Prints as it goes, and keeps what it printed as Markdown. */
export class Report {
  #text = ''

  heading(text: string): void {
    this.#say(`\n## ${text}\n`)
  }

  text(text: string): void {
    this.#say(`\n${text}\n`)
  }

  /** A table, its columns as wide as they need to be. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((cell, i) =>
      Math.max(cell.length, ...rows.map((row) => (row[i] ?? '').length)),
    )
    const line = (cells: readonly string[]): string =>
      `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |\n`
    this.#say('\n')
    this.#say(line(head))
    this.#say(
      `|${widths.map((width, i) => (i === 0 ? '' : '-').padEnd(width + 1, '-') + (i === 0 ? '-' : ':')).join('|')}|\n`,
    )
    for (const row of rows) this.#say(line(row))
  }

  /** Puts what was printed into a document; its sections of other runs stay. */
  write(file: string, command: string): void {
    const document = readFileSync(file, 'utf8')
    const body = document.slice(HEAD.length)
    writeFileSync(file, HEAD + mergeSections(body, this.#text.trimStart(), command))
  }

  #say(text: string): void {
    process.stdout.write(text)
    this.#text += text
  }
}

/** Milliseconds; without end where the queries of that share were lost. */
export function delay(ms: number): string {
  return Number.isFinite(ms) ? ms.toFixed(2) : 'lost'
}
