import type { OverBlocksView } from '#console/over-block-views.ts'
import { defang } from '#console/present/defang.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { FigureTable } from '#console/report-views.ts'
import { countOf } from '#console/words/count-of.ts'
import { fill } from '#console/words/fill.ts'
import { overBlocks as words } from '#console/words/over-blocks.ts'
import { categoryOf } from '#rules/categories.ts'
import type { OverBlockRow, RequestCounts } from '../reports/over-blocks.ts'
import type { PageContext } from './page-context.ts'
import { reportSpan } from './report-span.ts'

/** About half a term. */
const USUAL_MS = 6 * 7 * 86_400_000
/** Names looked at for alerts that said so. */
const NAMES_MAX = 1000

/** Which blocks were asked to be lifted, and which were: by name, list and category, for school IT. */
export function overBlocksPage(context: PageContext, asked: unknown): OverBlocksView {
  const { reports, tenant, time, clock } = context
  const nowMs = clock.wallMs()
  const { fromDay, toDay, fromMs, toMs, problem, span } = reportSpan(asked, {
    tenant,
    nowMs,
    time,
    usualMs: USUAL_MS,
  })
  const { all, names, lists, categories } = reports.overBlocks(span)
  const wrong = new Map(
    reports
      .overBlocked(span, NAMES_MAX)
      .map(({ name, wrongCategory }) => [name, wrongCategory] as const),
  )
  return {
    view: 'over-blocks',
    fromDay,
    toDay,
    problem: problem ?? '',
    summary: summaryOf(all, time.date(fromMs), time.date(toMs - 1)),
    isEmpty: all.requests === 0,
    hasWaiting: waitingOf(all) > 0,
    tables: [
      {
        caption: words.names,
        heads: [words.name, words.asked, words.granted, words.refused, words.wrong],
        rows: names.map(({ key, asked: times, granted, refused }) => [
          defang(key),
          ...[times, granted, refused, wrong.get(key) ?? 0].map(figure),
        ]),
      },
      overturned(words.lists, words.list, lists, listText),
      overturned(words.categories, words.category, categories, categoryText),
    ],
  }
}

function overturned(
  caption: string,
  head: string,
  rows: readonly OverBlockRow[],
  text: (key: string) => string,
): FigureTable {
  return {
    caption,
    heads: [head, words.requests, words.granted, words.refused, words.share],
    rows: rows.map((row) => [
      text(row.key),
      ...[row.requests, row.granted, row.refused].map(figure),
      shareOf(row),
    ]),
  }
}

function summaryOf(all: RequestCounts, from: string, to: string): string {
  const { requests, granted, refused, atBox } = all
  return fill(words.summary, {
    requests: countOf(requests, words.requested),
    from,
    to,
    granted,
    refused,
    atBox,
    waiting: waitingOf(all),
  })
}

function waitingOf({ requests, granted, refused, atBox }: RequestCounts): number {
  return requests - granted - refused - atBox
}

function shareOf({ granted, refused }: RequestCounts): string {
  const answered = granted + refused
  return answered === 0
    ? words.noShare
    : fill(words.percent, { count: Math.round((100 * granted) / answered) })
}

function listText(list: string): string {
  return list === '' ? words.noList : plainText(list, 100)
}

function categoryText(category: string): string {
  if (category === '') return words.noCategory
  return categoryOf(category)?.title ?? plainText(category, 60)
}

function figure(count: number): string {
  return count.toLocaleString('en-GB')
}
