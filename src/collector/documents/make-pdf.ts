/** Sets a document as PDF: headings, text, tables and page numbers, tagged for screen readers. */
import type { DocumentBlock, DocumentPlan } from '#console/document-plan.ts'
import { drawTable, tableStart } from './draw-table.ts'
import { AMBER, DEEP, LINE, PAGE, PAGE_ROOM, Sheet, STYLES, TEXT_WIDTH } from './sheet.ts'
import type { Typeface } from './typeface.ts'

const KEY_WIDTH = 170
const GAP = 12
const BULLET_INDENT = 14
const SHORT_COLUMNS = 3
const SIGN_HEIGHT = 34
const HEADING_KEEPS = 36
const HEADING_HEIGHT = 34
const FACT_LINES_MAX = 40

/** Rejects only where a font is broken: no text can break it. */
export async function makePdf(plan: DocumentPlan, typeface: Typeface): Promise<Buffer> {
  const sheet = new Sheet(plan, typeface)
  drawTop(sheet, plan)
  for (const [index, block] of plan.blocks.entries())
    drawBlock(sheet, block, plan.blocks.slice(index + 1))
  return sheet.finish(plan.footer)
}

function drawTop(sheet: Sheet, { school, title, subtitle }: DocumentPlan): void {
  sheet.ornament(() => sheet.doc.rect(PAGE.side, PAGE.top - 14, 46, 5).fill(DEEP))
  if (school !== '') sheet.paragraph('P', school, 'strong')
  sheet.paragraph('H1', title, 'title')
  sheet.space(2)
  sheet.paragraph('P', subtitle, 'subtitle')
  sheet.space(10)
}

function drawBlock(sheet: Sheet, block: DocumentBlock, rest: readonly DocumentBlock[]): void {
  switch (block.kind) {
    case 'heading':
      return drawHeading(sheet, block.text, rest)
    case 'text':
      return block.tone === 'notice' ? drawNotice(sheet, block.text) : drawText(sheet, block)
    case 'facts':
      return drawFacts(sheet, block.facts)
    case 'list':
      return block.isShort === true
        ? drawShortList(sheet, block.items)
        : drawList(sheet, block.items)
    case 'table':
      return drawTable(sheet, block)
    case 'lines':
      return drawLines(sheet, block.labels)
    default:
      return block satisfies never
  }
}

/** A heading stands with what it heads: with all lines that are written on, with as much of a table as has to be together, else with the first few. */
function drawHeading(sheet: Sheet, text: string, rest: readonly DocumentBlock[]): void {
  sheet.need(Math.min(PAGE_ROOM, HEADING_HEIGHT + keptWith(sheet, rest)))
  if (sheet.y > PAGE.top) sheet.space(10)
  sheet.doc.outline.addItem(text)
  sheet.paragraph('H2', text, 'heading')
  sheet.space(4)
}

function keptWith(sheet: Sheet, [next, ...rest]: readonly DocumentBlock[]): number {
  if (next?.kind === 'lines') return next.labels.length * SIGN_HEIGHT
  if (next?.kind === 'table') return tableStart(sheet, next)
  if (next?.kind !== 'text' || rest[0]?.kind === 'heading') return HEADING_KEEPS
  const { leading } = STYLES.text
  return (
    sheet.setter('text').lines(next.text, TEXT_WIDTH).length * leading + 8 + keptWith(sheet, rest)
  )
}

function drawText(
  sheet: Sheet,
  { text, tone }: Extract<DocumentBlock, { readonly kind: 'text' }>,
): void {
  sheet.paragraph('P', text, tone === 'quiet' ? 'quiet' : 'text')
  sheet.space(8)
}

/** What nobody should read past. */
function drawNotice(sheet: Sheet, text: string): void {
  const { leading } = STYLES.text
  const lines = sheet.setter('text').lines(text, TEXT_WIDTH - BULLET_INDENT)
  sheet.need(lines.length * leading + 4)
  const { y, doc } = sheet
  const height = Math.min(lines.length * leading, PAGE.height - PAGE.bottom - y)
  sheet.ornament(() => doc.rect(PAGE.side, y - 1, 4, height).fill(AMBER))
  sheet.paragraph('P', text, 'text', { indent: BULLET_INDENT })
  sheet.space(8)
}

function drawFacts(
  sheet: Sheet,
  facts: Extract<DocumentBlock, { readonly kind: 'facts' }>['facts'],
): void {
  const table = sheet.part('Table')
  for (const { key, value } of facts) {
    const keys = sheet.setter('strong').lines(key, KEY_WIDTH)
    const values = sheet.setter('text').lines(value, TEXT_WIDTH - KEY_WIDTH - GAP)
    const most = Math.max(keys.length, values.length)
    // What is taller than a page goes on as others.
    for (let from = 0; from < most; from += FACT_LINES_MAX) {
      const upTo = from + FACT_LINES_MAX
      drawFact(sheet, table, { keys: keys.slice(from, upTo), values: values.slice(from, upTo) })
    }
  }
  table.end()
  sheet.space(10)
}

function drawFact(
  sheet: Sheet,
  table: ReturnType<Sheet['part']>,
  { keys, values }: { readonly keys: readonly string[]; readonly values: readonly string[] },
): void {
  const height = Math.max(keys.length, values.length) * STYLES.text.leading + 7
  sheet.need(height)
  const { y, doc } = sheet
  const part = sheet.part('TR', table)
  sheet.content('TH', () => sheet.write(keys, 'strong', { x: PAGE.side, y }), part)
  const x = PAGE.side + KEY_WIDTH + GAP
  sheet.content('TD', () => sheet.write(values, 'text', { x, y }), part)
  part.end()
  sheet.ornament(() =>
    doc
      .moveTo(PAGE.side, y + height - 4)
      .lineTo(PAGE.side + TEXT_WIDTH, y + height - 4)
      .lineWidth(0.5)
      .strokeColor(LINE)
      .stroke(),
  )
  sheet.y += height
}

function drawList(sheet: Sheet, items: readonly string[]): void {
  const { leading } = STYLES.text
  const list = sheet.part('L')
  for (const item of items) {
    const lines = sheet.setter('text').lines(item, TEXT_WIDTH - BULLET_INDENT).length
    // Not its first line alone, without the dot that goes with it.
    sheet.need(Math.min(lines, 2) * leading)
    const { y, doc } = sheet
    sheet.ornament(() => doc.circle(PAGE.side + 4, y + leading / 2 - 1, 1.7).fill(DEEP))
    const part = sheet.part('LI', list)
    sheet.paragraph('LBody', item, 'text', { indent: BULLET_INDENT, within: part })
    part.end()
    sheet.space(3)
  }
  list.end()
  sheet.space(7)
}

/** Side by side, line by line. */
function drawShortList(sheet: Sheet, items: readonly string[]): void {
  const { leading } = STYLES.text
  const width = TEXT_WIDTH / SHORT_COLUMNS
  const setter = sheet.setter('text')
  const list = sheet.part('L')
  for (let from = 0; from < items.length; from += SHORT_COLUMNS) {
    const row = items
      .slice(from, from + SHORT_COLUMNS)
      .map((item) => setter.lines(item, width - BULLET_INDENT - GAP))
    const height = Math.max(...row.map((lines) => lines.length)) * leading
    sheet.need(height)
    const { y, doc } = sheet
    for (const [column, lines] of row.entries()) {
      const x = PAGE.side + column * width
      sheet.ornament(() => doc.circle(x + 4, y + leading / 2 - 1, 1.7).fill(DEEP))
      const part = sheet.part('LI', list)
      sheet.content('LBody', () => sheet.write(lines, 'text', { x: x + BULLET_INDENT, y }), part)
      part.end()
    }
    sheet.y += height + 3
  }
  list.end()
  sheet.space(7)
}

/** Lines to be signed stay on one page. */
function drawLines(sheet: Sheet, labels: readonly string[]): void {
  sheet.need(labels.length * SIGN_HEIGHT)
  for (const label of labels) {
    const { y, doc } = sheet
    sheet.ornament(() =>
      doc
        .moveTo(PAGE.side + KEY_WIDTH + GAP, y + SIGN_HEIGHT - 12)
        .lineTo(PAGE.side + TEXT_WIDTH, y + SIGN_HEIGHT - 12)
        .lineWidth(0.6)
        .strokeColor(LINE)
        .stroke(),
    )
    sheet.content('P', () =>
      sheet.write([label], 'text', { x: PAGE.side, y: y + SIGN_HEIGHT - 24 }),
    )
    sheet.y += SIGN_HEIGHT
  }
  sheet.space(8)
}
