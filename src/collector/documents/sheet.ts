/** The pages of a document while they are set: where the next line goes, and a structure that screen readers follow. */
import PdfKit from 'pdfkit'
import type { DocumentPlan } from '#console/document-plan.ts'
import { documents as words } from '#console/words/documents.ts'
import { fill } from '#console/words/fill.ts'
import type { Setter, Typeface, Weight } from './typeface.ts'

type Pdf = typeof PdfKit
type Element = ReturnType<Pdf['struct']>

/** A4, in points. */
export const PAGE = { width: 595.28, height: 841.89, side: 54, top: 54, bottom: 64 } as const
export const TEXT_WIDTH: number = PAGE.width - 2 * PAGE.side
/** What fits below the text; a long name of a school takes the second. */
const FOOT_LINES_MAX = 2
const LOWEST = PAGE.height - PAGE.bottom
/** What fits on one page. */
export const PAGE_ROOM: number = LOWEST - PAGE.top

export const INK = '#13232b'
export const QUIET = '#44525a'
export const DEEP = '#0b3b45'
export const LINE = '#c3ced2'
export const TINT = '#eef4f5'
export const AMBER = '#b26a00'

interface Style {
  readonly weight: Weight
  readonly size: number
  readonly leading: number
  readonly colour: string
}

export type StyleName =
  | 'title'
  | 'subtitle'
  | 'heading'
  | 'text'
  | 'strong'
  | 'quiet'
  | 'head'
  | 'cell'
export const STYLES: Readonly<Record<StyleName, Style>> = {
  title: { weight: 'bold', size: 23, leading: 28, colour: DEEP },
  subtitle: { weight: 'regular', size: 11.5, leading: 16, colour: QUIET },
  heading: { weight: 'bold', size: 14.5, leading: 19, colour: DEEP },
  text: { weight: 'regular', size: 10.5, leading: 15, colour: INK },
  strong: { weight: 'bold', size: 10.5, leading: 15, colour: INK },
  quiet: { weight: 'regular', size: 9.5, leading: 13.5, colour: QUIET },
  head: { weight: 'bold', size: 9, leading: 12, colour: INK },
  cell: { weight: 'regular', size: 9.5, leading: 13, colour: INK },
}

export class Sheet {
  readonly doc: Pdf
  readonly #root: Element
  readonly #typeface: Typeface
  y: number = PAGE.top

  constructor({ title, madeAt }: DocumentPlan, typeface: Typeface) {
    this.#typeface = typeface
    this.doc = new PdfKit({
      size: 'A4',
      margin: 0,
      bufferPages: true,
      tagged: true,
      lang: 'en-GB',
      displayTitle: true,
      pdfVersion: '1.7',
      // None of its own: ours are made known below.
      font: '',
      info: { Title: title, Creator: 'SuperCloud Edge', CreationDate: new Date(madeAt) },
    })
    for (const { name, font } of typeface.files) this.doc.registerFont(name, font)
    this.#root = this.doc.struct('Document')
    this.doc.addStructure(this.#root)
  }

  setter(style: StyleName): Setter {
    const { weight, size } = STYLES[style]
    return this.#typeface.setter(this.doc, weight, size)
  }

  /** Goes to a new page unless so much fits on this one. */
  need(height: number): boolean {
    if (this.y + height <= LOWEST) return false
    this.doc.addPage()
    this.y = PAGE.top
    return true
  }

  space(height: number): void {
    this.y += height
  }

  /** A part of the structure, of which other parts are; end it. */
  part(tag: string, within: Element = this.#root): Element {
    const element = this.doc.struct(tag)
    within.add(element)
    return element
  }

  /** Draws what is content of a part. */
  content(tag: string, draw: () => void, within: Element = this.#root): void {
    const element = this.part(tag, within)
    element.add(draw)
    element.end()
  }

  /** Draws what says nothing: lines, grounds. */
  ornament(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' })
    draw()
    this.doc.endMarkedContent()
  }

  /** Lines one below the other, from a top left corner; on one page. */
  write(
    lines: readonly string[],
    style: StyleName,
    { x, y }: { readonly x: number; readonly y: number },
  ): void {
    const { leading, colour } = STYLES[style]
    const setter = this.setter(style)
    this.doc.fillColor(colour)
    for (const [index, line] of lines.entries()) setter.draw(line, x, y + index * leading)
  }

  /** A paragraph at the left, over as many pages as it takes. */
  paragraph(
    tag: string,
    text: string,
    style: StyleName,
    { indent = 0, within }: { readonly indent?: number; readonly within?: Element } = {},
  ): void {
    const { leading } = STYLES[style]
    const lines = this.setter(style).lines(text, TEXT_WIDTH - indent)
    const element = this.part(tag, within)
    let rest = [...lines]
    while (rest.length > 0) {
      this.need(Math.min(rest.length, 2) * leading)
      const count = Math.max(1, Math.floor((LOWEST - this.y) / leading))
      const now = rest.slice(0, count)
      const at = { x: PAGE.side + indent, y: this.y }
      element.add(() => this.write(now, style, at))
      this.y += now.length * leading
      rest = rest.slice(count)
    }
    element.end()
  }

  /** The foot of every page, then the bytes. */
  async finish(footer: string): Promise<Buffer> {
    this.#root.end()
    const { count } = this.doc.bufferedPageRange()
    for (let page = 0; page < count; page += 1) {
      this.doc.switchToPage(page)
      this.doc.markContent('Artifact', { type: 'Pagination' })
      this.#foot(footer, fill(words.page, { page: page + 1, pages: count }))
      this.doc.endMarkedContent()
    }
    const parts: Buffer[] = []
    const ended = new Promise<void>((resolve, reject) => {
      this.doc.on('data', (part: Buffer) => parts.push(part))
      this.doc.on('end', resolve)
      this.doc.on('error', reject)
    })
    this.doc.end()
    await ended
    return Buffer.concat(parts)
  }

  #foot(footer: string, page: string): void {
    const y = PAGE.height - 44
    const setter = this.setter('quiet')
    const pageWidth = setter.width(page)
    const lines = setter.lines(footer, TEXT_WIDTH - pageWidth - 20).slice(0, FOOT_LINES_MAX)
    this.doc
      .moveTo(PAGE.side, y - 7)
      .lineTo(PAGE.width - PAGE.side, y - 7)
      .lineWidth(0.6)
      .strokeColor(LINE)
      .stroke()
    this.write(lines, 'quiet', { x: PAGE.side, y })
    this.write([page], 'quiet', { x: PAGE.width - PAGE.side - pageWidth, y })
  }
}
