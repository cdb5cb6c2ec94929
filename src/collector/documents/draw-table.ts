/** Tables: columns as wide as they need, rows that stay whole, heads again on every page. */
import type { DocumentBlock } from '#console/document-plan.ts'
import { LINE, PAGE, PAGE_ROOM, type Sheet, STYLES, TEXT_WIDTH, TINT } from './sheet.ts'

type TableBlock = Extract<DocumentBlock, { readonly kind: 'table' }>

const PAD_X = 6
const PAD_Y = 4
/** Beyond it a cell breaks, however narrow the others are. */
const NATURAL_MAX = 220
/** A line that is exactly as wide as its column must not break for a rounding. */
const EASE = 1
/** Also as small ones are told: "1 to 4", "5 or more". */
const NUMBER = /^[\d,.]+(?: to [\d,]+| or more)?(?: ?%)?$/
/** A table of figures that is no taller than this share of a page stays whole. */
const WHOLE_MAX = 0.5

interface Column {
  readonly x: number
  readonly width: number
  readonly isNumeric: boolean
}

export function drawTable(sheet: Sheet, table: TableBlock): void {
  const { caption, rows, ifEmpty } = table
  const { leading } = STYLES.strong
  sheet.need(leading * 5)
  if (rows.length === 0) {
    sheet.paragraph('P', caption, 'strong')
    sheet.paragraph('P', ifEmpty, 'text')
    sheet.space(8)
    return
  }
  const { columns, head, all, start } = layOut(sheet, table)
  sheet.need(start)
  sheet.paragraph('P', caption, 'strong')
  sheet.space(3)
  const part = sheet.part('Table')
  const drawHead = (): void => drawRow(sheet, head, { columns, table: part })
  drawHead()
  for (const [index, row] of all.entries()) {
    // The last, which is often the sum, is not left alone on a page.
    const next = index === all.length - 2 ? (all.at(-1)?.height ?? 0) : 0
    const pair = row.height + next
    if (sheet.need(head.height + pair > PAGE_ROOM ? row.height : pair)) drawHead()
    drawRow(sheet, row, { columns, table: part })
  }
  part.end()
  sheet.space(14)
}

/** How high that part of a table is which has to be together: with its caption all of it, or else the first row. */
export function tableStart(sheet: Sheet, table: TableBlock): number {
  return table.rows.length === 0 ? STYLES.strong.leading * 5 : layOut(sheet, table).start
}

function layOut(
  sheet: Sheet,
  { caption, heads, rows, isProse }: TableBlock,
): {
  readonly columns: readonly Column[]
  readonly head: Row
  readonly all: readonly Row[]
  readonly start: number
} {
  const columns = columnsOf(sheet, heads, rows)
  const head = rowOf(sheet, heads, columns, 'head')
  const all = rows
    .map((cells) => rowOf(sheet, cells, columns, 'cell'))
    .flatMap((row) => rowsThatFit(row, PAGE_ROOM - head.height))
  const lines = sheet.setter('strong').lines(caption, TEXT_WIDTH).length
  const captionHeight = lines * STYLES.strong.leading + 3
  const height = captionHeight + head.height + total(all.map((row) => row.height))
  const least = captionHeight + head.height + (all[0]?.height ?? 0)
  return {
    columns,
    head,
    all,
    start: height <= PAGE_ROOM * WHOLE_MAX && isProse !== true ? height : least,
  }
}

interface Row {
  readonly style: 'head' | 'cell'
  readonly cells: readonly (readonly string[])[]
  readonly height: number
}

function rowOf(
  sheet: Sheet,
  texts: readonly string[],
  columns: readonly Column[],
  style: Row['style'],
): Row {
  const setter = sheet.setter(style)
  const cells = texts.map((text, index) =>
    setter.lines(text, (columns[index]?.width ?? TEXT_WIDTH) - 2 * PAD_X),
  )
  return { style, cells, height: heightOf(cells, style) }
}

function heightOf(cells: Row['cells'], style: Row['style']): number {
  const most = Math.max(1, ...cells.map((lines) => lines.length))
  return most * STYLES[style].leading + 2 * PAD_Y
}

/** A row that is taller than a page goes on as others. */
function rowsThatFit(row: Row, room: number): readonly Row[] {
  const { style, cells, height } = row
  if (height <= room) return [row]
  const count = Math.floor((room - 2 * PAD_Y) / STYLES[style].leading)
  const pages = Math.ceil(height / (count * STYLES[style].leading))
  return Array.from({ length: pages }, (_, page) => {
    const part = cells.map((lines) => lines.slice(page * count, (page + 1) * count))
    return { style, cells: part, height: heightOf(part, style) }
  }).filter((one) => one.cells.some((lines) => lines.length > 0))
}

function drawRow(
  sheet: Sheet,
  { style, cells, height }: Row,
  {
    columns,
    table,
  }: { readonly columns: readonly Column[]; readonly table: ReturnType<Sheet['part']> },
): void {
  const { y, doc } = sheet
  const setter = sheet.setter(style)
  sheet.ornament(() => {
    if (style === 'head') doc.rect(PAGE.side, y, TEXT_WIDTH, height).fill(TINT)
    doc
      .moveTo(PAGE.side, y + height)
      .lineTo(PAGE.side + TEXT_WIDTH, y + height)
      .lineWidth(0.5)
      .strokeColor(LINE)
      .stroke()
  })
  const part = sheet.part('TR', table)
  for (const [index, lines] of cells.entries()) {
    const column = columns[index]
    if (column === undefined) continue
    const tag = style === 'head' || index === 0 ? 'TH' : 'TD'
    sheet.content(
      tag,
      () => {
        for (const [at, line] of lines.entries()) {
          const inner = column.width - 2 * PAD_X
          const shift = column.isNumeric ? inner - setter.width(line) : 0
          const place = { x: column.x + PAD_X + shift, y: y + PAD_Y + at * STYLES[style].leading }
          sheet.write([line], style, place)
        }
      },
      part,
    )
  }
  part.end()
  sheet.y += height
}

function widest(all: readonly string[], width: (text: string) => number): number {
  return Math.max(0, ...all.map(width))
}

function words(all: readonly string[]): readonly string[] {
  return all.flatMap((text) => text.split(' '))
}

function total(all: readonly number[]): number {
  return all.reduce((sum, one) => sum + one, 0)
}

function columnsOf(
  sheet: Sheet,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): readonly Column[] {
  const [head, cell] = [sheet.setter('head'), sheet.setter('cell')]
  const texts = (index: number): readonly string[] => rows.map((row) => row[index] ?? '')
  const least = heads.map(
    (one, index) =>
      Math.min(
        NATURAL_MAX / 2,
        Math.max(widest(words([one]), head.width), widest(words(texts(index)), cell.width)),
      ) +
      2 * PAD_X +
      EASE,
  )
  const natural = heads.map(
    (one, index) =>
      Math.min(NATURAL_MAX, Math.max(head.width(one), widest(texts(index), cell.width))) +
      2 * PAD_X +
      EASE,
  )
  const widths = shareOut(least, natural)
  return widths.map((width, index) => ({
    x: PAGE.side + widths.slice(0, index).reduce((sum, one) => sum + one, 0),
    width,
    isNumeric: index > 0 && texts(index).every((text) => text === '' || NUMBER.test(text)),
  }))
}

/** As wide as they would like to be, the rest to the first; else the least and a share of what is left. */
function shareOut(least: readonly number[], natural: readonly number[]): readonly number[] {
  const spare = TEXT_WIDTH - total(natural)
  if (spare >= 0) return natural.map((one, index) => (index === 0 ? one + spare : one))
  const room = TEXT_WIDTH - total(least)
  if (room <= 0) return least.map((one) => (one * TEXT_WIDTH) / total(least))
  const wish = natural.map((one, index) => Math.max(0, one - (least[index] ?? 0)))
  return least.map((one, index) => one + (room * (wish[index] ?? 0)) / Math.max(1, total(wish)))
}
