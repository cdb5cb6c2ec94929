/** Atkinson Hyperlegible Next, made to be read easily: which of its files has a letter, how wide text is, where lines break. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type PdfKit from 'pdfkit'
import { fontLetters } from './font-letters.ts'
import { unpackWoff } from './unpack-woff.ts'

export type Weight = 'regular' | 'bold'

interface FontFile {
  readonly name: string
  readonly font: Buffer
  readonly weight: Weight
  readonly letters: ReadonlySet<number>
}

/** Text of one file of the font. */
interface Run {
  readonly font: string
  readonly text: string
}

export interface Typeface {
  /** The files, to be made known to a document. */
  readonly files: readonly FontFile[]
  readonly setter: (doc: typeof PdfKit, weight: Weight, size: number) => Setter
}

/** Text of one weight and size. */
export interface Setter {
  readonly width: (text: string) => number
  /** Where lines break; what is longer than a line is broken within. */
  readonly lines: (text: string, width: number) => readonly string[]
  /** One line, its top left corner at x and y. */
  readonly draw: (line: string, x: number, y: number) => void
}

const PACKAGE = '@fontsource/atkinson-hyperlegible-next'
const WEIGHTS = { regular: 400, bold: 700 } as const
const PARTS = ['latin', 'latin-ext'] as const

/** Reads the files. Throws when the package lacks one: a start-up fault of the thread. */
export function loadTypeface(): Typeface {
  const packages = createRequire(import.meta.url)
  const files = (['regular', 'bold'] as const).flatMap((weight) =>
    PARTS.map((part): FontFile => {
      const file = `atkinson-hyperlegible-next-${part}-${WEIGHTS[weight]}-normal.woff`
      const font = unpackWoff(readFileSync(packages.resolve(`${PACKAGE}/files/${file}`)))
      return { name: `${part}-${weight}`, font, weight, letters: fontLetters(font) }
    }),
  )
  return { files, setter: (doc, weight, size) => makeSetter(doc, files, { weight, size }) }
}

function makeSetter(
  doc: typeof PdfKit,
  files: readonly FontFile[],
  { weight, size }: { readonly weight: Weight; readonly size: number },
): Setter {
  const own = files.filter((file) => file.weight === weight)
  const has = (letter: string): boolean => fileOf(letter, own) !== undefined
  const widthOf = ({ font, text }: Run): number => doc.font(font).fontSize(size).widthOfString(text)
  const known = new Map<string, number>()
  // To find where lines break, letters are added up: setting every guess would take seconds of a long word.
  const letterWidth = (letter: string): number => {
    const width =
      known.get(letter) ?? runsOf(letter, own).reduce((sum, run) => sum + widthOf(run), 0)
    known.set(letter, width)
    return width
  }
  return {
    width: (text) => runsOf(settable(text, has), own).reduce((sum, run) => sum + widthOf(run), 0),
    lines: (text, lineWidth) => breakLines(settable(text, has), lineWidth, letterWidth),
    draw: (line, x, y) => {
      let at = x
      for (const run of runsOf(settable(line, has), own)) {
        const runWidth = widthOf(run)
        doc.text(run.text, at, y, { lineBreak: false })
        at += runWidth
      }
    },
  }
}

function fileOf(letter: string, files: readonly FontFile[]): FontFile | undefined {
  return files.find(({ letters }) => letters.has(letter.codePointAt(0) ?? 0))
}

/** A letter that no file has stands without its marks, or else is spelled, so that it is not lost. */
function settable(text: string, has: (letter: string) => boolean): string {
  return Array.from(text.normalize('NFC'), (letter) => {
    if (has(letter)) return letter
    const [bare = '', ...marks] = letter.normalize('NFD')
    if (marks.length > 0 && has(bare)) return bare
    return `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`
  }).join('')
}

/** Of letters that the files have. */
function runsOf(text: string, files: readonly FontFile[]): readonly Run[] {
  const runs: Run[] = []
  for (const letter of text) {
    const font = fileOf(letter, files)?.name ?? ''
    const last = runs.at(-1)
    if (last?.font === font) runs[runs.length - 1] = { font, text: last.text + letter }
    else runs.push({ font, text: letter })
  }
  return runs
}

function breakLines(
  text: string,
  lineWidth: number,
  letterWidth: (letter: string) => number,
): readonly string[] {
  const width = (word: string): number =>
    Array.from(word).reduce((sum, letter) => sum + letterWidth(letter), 0)
  const lines: string[] = []
  let line = ''
  let taken = 0
  for (const word of text.split(' ').flatMap((one) => piecesOf(one, lineWidth, letterWidth))) {
    const more = (line === '' ? 0 : letterWidth(' ')) + width(word)
    if (line !== '' && taken + more > lineWidth) {
      lines.push(line)
      line = word
      taken = width(word)
    } else {
      line = line === '' ? word : `${line} ${word}`
      taken += more
    }
  }
  return line === '' ? lines : [...lines, line]
}

/** A word as it is, or in pieces that fit. */
function piecesOf(
  word: string,
  lineWidth: number,
  letterWidth: (letter: string) => number,
): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  let taken = 0
  for (const letter of word) {
    const more = letterWidth(letter)
    if (piece !== '' && taken + more > lineWidth) {
      pieces.push(piece)
      piece = ''
      taken = 0
    }
    piece += letter
    taken += more
  }
  return [...pieces, piece]
}
