import type { CheckRow, ChecksView } from '#console/evidence-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Wording } from '#console/present/wording.ts'
import type { FigureTable } from '#console/report-views.ts'
import { checks as words } from '#console/words/checks.ts'
import { common } from '#console/words/common.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { CHECK_SUBJECTS, checkSubject } from '../evidence/check-subjects.ts'
import { CHECK_RESULTS, RESULT_OF, RESULT_WORDS } from '../evidence/check-words.ts'
import type { CheckCount, KeptCheck } from '../evidence/read-checks.ts'
import { FINDING_WORDS, resultBadge } from './check-advice.ts'
import {
  type ChecksQuery,
  checkFilterOf,
  checksHref,
  LEFT_TO_DO,
  readChecksQuery,
} from './checks-query.ts'
import { choices, groupText } from './filter-choices.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

/** What checks came to, and each of them for those who make them. */
export function checksPage(context: PageContext, viewer: Viewer, asked: unknown): ChecksView {
  const { evidence, limits, time } = context
  const wording = wordingOf(context, boxesOf(context))
  const query = readChecksQuery(asked)
  const hasRows = readsChecks(viewer)
  const filter = checkFilterOf(query, time)
  const page = { before: query.before, limit: limits.evidence.checksPageSize + 1 }
  const found = hasRows ? evidence.checks.list(filter, page) : []
  const shown = found.slice(0, limits.evidence.checksPageSize)
  const last = shown.at(-1)
  const counts = evidence.checks.counts()
  return {
    view: 'checks',
    mayCheck: mayCheck(viewer),
    hasRows,
    counts: countsTable(counts, wording),
    openCount: sum(counts.filter(isLeft)),
    openHref: `/checks?result=${LEFT_TO_DO}`,
    rows: shown.map((one) => rowOf(one, wording)),
    isFiltered: Object.keys(filter).length > 0,
    olderHref:
      found.length > shown.length && last !== undefined
        ? checksHref(query, { before: last.sequence })
        : undefined,
    filter: filterOf(query, hasRows ? evidence.checks.groups(limits.filterChoicesMax) : []),
  }
}

/** Who may read single checks; governors are given the counts. */
export function readsChecks({ rights }: Viewer): boolean {
  return (['dsl', 'deputy', 'head', 'it', 'auditor'] as const).some((one) => rights.has(one))
}

export function mayCheck({ rights }: Viewer): boolean {
  return (['dsl', 'deputy', 'head', 'it'] as const).some((one) => rights.has(one))
}

/** What was tried, in words; hostile where only another program knows it. */
export function triedTitle(tried: string): string {
  return checkSubject(tried)?.title ?? plainText(tried, 60)
}

/** By what was tried: how often, and what it came to. */
export function countsTable(counts: readonly CheckCount[], { time, nowMs }: Wording): FigureTable {
  const tried = [...new Set(counts.map((one) => one.tried))]
  return {
    caption: words.counts.caption,
    heads: [words.tried, ...CHECK_RESULTS.map((one) => RESULT_WORDS[one]), words.counts.last],
    rows: tried.map((id) => {
      const own = counts.filter((one) => one.tried === id)
      const of = (result: string): string =>
        String(sum(own.filter(({ finding }) => RESULT_OF[finding] === result)))
      const last = Math.max(...own.map(({ lastAt }) => lastAt))
      return [triedTitle(id), ...CHECK_RESULTS.map(of), time.at(last, nowMs).text]
    }),
  }
}

/** It did not show what was expected, and something is left to do of it. */
export function isLeft({ finding, isSettled }: Pick<CheckCount, 'finding' | 'isSettled'>): boolean {
  return RESULT_OF[finding] !== 'passed' && !isSettled
}

function sum(counts: readonly CheckCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0)
}

function rowOf({ id, at, who, facts, isSettled }: KeptCheck, { time, nowMs }: Wording): CheckRow {
  const { device, room, group, finding, tried } = facts
  const result = RESULT_OF[finding]
  return {
    href: `/checks/${encodeURIComponent(id)}`,
    badge: resultBadge(result),
    title: triedTitle(tried),
    where: `${plainText(device, 120)}, ${plainText(room, 120)}, ${groupText(group)}`,
    when: time.at(at, nowMs),
    who: plainText(who, 120),
    advice: isLeft({ finding, isSettled }) ? FINDING_WORDS[finding].advice : '',
  }
}

function filterOf(query: ChecksQuery, groups: readonly string[]): ChecksView['filter'] {
  const fields = [
    { heading: words.result, field: 'result', text: resultText(query.result) },
    { heading: words.tried, field: 'tried', text: triedTitle(query.tried) },
    { heading: common.group, field: 'group', text: groupText(query.group) },
    { heading: common.from, field: 'from', text: query.from },
    { heading: common.to, field: 'to', text: query.to },
  ] as const
  const ids = CHECK_SUBJECTS.map(({ id }) => id)
  return {
    results: choices([LEFT_TO_DO, ...CHECK_RESULTS], query.result, resultText),
    groups: choices(groups, query.group, groupText),
    tried: choices(ids, query.tried, triedTitle),
    from: query.from,
    to: query.to,
    chosen: fields
      .filter(({ field }) => query[field] !== '')
      .map(({ heading, field, text }) => ({
        heading,
        text,
        href: checksHref(query, { [field]: '', before: Number.MAX_SAFE_INTEGER }),
      })),
  }
}

function resultText(result: string): string {
  if (result === LEFT_TO_DO) return words.leftToDo
  const known = CHECK_RESULTS.find((one) => one === result)
  return known === undefined ? '' : RESULT_WORDS[known]
}
