/**
 * Our own guides as HTML: the few marks of Markdown that they use, and no others. Only for text that ships with the product;
 * everything is escaped all the same.
 */

interface Block {
  readonly html: string
  /** The first line after it. */
  readonly next: number
}

type Lines = readonly string[]

/** Headings, paragraphs, lists, tables and code; within lines code, bold and links. */
export function guideHtml(text: string): string {
  const lines = text.split('\n')
  const parts: string[] = []
  for (let at = 0; at < lines.length; ) {
    const { html, next } = blockAt(lines, at)
    parts.push(html)
    at = next
  }
  return parts.join('\n')
}

function blockAt(lines: Lines, at: number): Block {
  const line = lines[at] ?? ''
  if (line.trim() === '') return { html: '', next: at + 1 }
  if (line.startsWith('```')) return codeAt(lines, at)
  if (/^#{2,4} /.test(line)) return { html: headingOf(line), next: at + 1 }
  if (line.startsWith('|')) return tableAt(lines, at)
  if (LIST_ITEM.test(line)) return listAt(lines, at)
  return paragraphAt(lines, at)
}

const LIST_ITEM = /^(?:- |\d+\. )/
const BREAKS = /^(?:```|#{2,4} |\||- |\d+\. |$)/
const SIZES: Readonly<Record<number, string>> = { 2: 'l', 3: 'm', 4: 's' }

function headingOf(line: string): string {
  const level = line.indexOf(' ')
  const title = line.slice(level + 1)
  return `<h${level} class="govuk-heading-${SIZES[level] ?? 's'}" id="${anchorOf(title)}">${inline(title)}</h${level}>`
}

/** As forges make them, so that one link serves both. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .trim()
    .replaceAll(' ', '-')
}

function codeAt(lines: Lines, at: number): Block {
  const end = lines.findIndex((line, index) => index > at && line.startsWith('```'))
  const last = end < 0 ? lines.length : end
  const code = escape(lines.slice(at + 1, last).join('\n'))
  const html = `<pre class="edge-command" tabindex="0"><code>${code}</code></pre>`
  return { html, next: last + 1 }
}

function tableAt(lines: Lines, at: number): Block {
  const next = endOf(lines, at, (line) => line.startsWith('|'))
  const [head = [], , ...rows] = lines.slice(at, next).map(cellsOf)
  const plain = head.map((cell) => cell.replaceAll(/<[^>]*>/g, ''))
  const titles = head.map(
    (cell) => `<th class="govuk-table__header" scope="col" role="columnheader">${cell}</th>`,
  )
  const body = rows.map(
    ([first = '', ...cells]) =>
      `<tr class="govuk-table__row" role="row"><th class="govuk-table__header" scope="row" role="rowheader">${first}</th>${cells
        .map(
          (cell, index) =>
            `<td class="govuk-table__cell" role="cell" data-head="${plain[index + 1] ?? ''}"><span>${cell}</span></td>`,
        )
        .join('')}</tr>`,
  )
  // On a phone each row of three or more is a list of its own; roles say again what that takes from a table.
  // Named by its titles: each region of a page needs a name of its own.
  const label = escape((lines[at] ?? '').replaceAll(/[|\s]+/g, ' ').trim())
  const html = `<div class="edge-guide__table" tabindex="0" role="region" aria-label="${label}"><table class="govuk-table${head.length > 2 ? ' edge-stacks' : ''}" role="table">
<thead class="govuk-table__head" role="rowgroup"><tr class="govuk-table__row" role="row">${titles.join('')}</tr></thead>
<tbody class="govuk-table__body" role="rowgroup">${body.join('\n')}</tbody></table></div>`
  return { html, next }
}

function cellsOf(line: string): readonly string[] {
  return line
    .replace(/^\|/, '')
    .replace(/\|\s*$/, '')
    .split('|')
    .map((cell) => inline(cell.trim()))
}

function listAt(lines: Lines, at: number): Block {
  const isNumbered = /^\d/.test(lines[at] ?? '')
  const next = endOf(lines, at, (line) => LIST_ITEM.test(line) || /^ {2,}\S/.test(line))
  const items: string[] = []
  for (const line of lines.slice(at, next)) {
    if (LIST_ITEM.test(line)) items.push(line.replace(LIST_ITEM, ''))
    else items.push(`${items.pop() ?? ''} ${line.trim()}`)
  }
  const tag = isNumbered ? 'ol' : 'ul'
  const html = `<${tag} class="govuk-list govuk-list--${isNumbered ? 'number' : 'bullet'}">${items
    .map((item) => `<li>${inline(item)}</li>`)
    .join('')}</${tag}>`
  return { html, next }
}

function paragraphAt(lines: Lines, at: number): Block {
  const next = endOf(lines, at, (line, index) => index === at || !BREAKS.test(line))
  return { html: `<p class="govuk-body">${inline(lines.slice(at, next).join(' '))}</p>`, next }
}

function endOf(
  lines: Lines,
  at: number,
  belongs: (line: string, index: number) => boolean,
): number {
  const end = lines.findIndex((line, index) => index >= at && !belongs(line, index))
  return end < 0 ? lines.length : end
}

/** Code first: nothing within it is a mark. Only links within the guide become links; others would leave the school. */
function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`') && part.length > 2
        ? `<code class="edge-inline">${escape(part.slice(1, -1))}</code>`
        : escape(part)
            .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
            .replaceAll(/\[([^\]]+)\]\((#[a-z0-9-]+)\)/g, '<a class="govuk-link" href="$2">$1</a>')
            .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1'),
    )
    .join('')
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
