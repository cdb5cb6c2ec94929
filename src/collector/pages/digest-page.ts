import { z } from 'zod'
import { capital } from '#console/present/alert-words.ts'
import { defang } from '#console/present/defang.ts'
import { plainText } from '#console/present/plain-text.ts'
import { severityBadge } from '#console/present/severity-badge.ts'
import type { DigestView } from '#console/report-views.ts'
import { common } from '#console/words/common.ts'
import { countOf } from '#console/words/count-of.ts'
import { digest as words } from '#console/words/digest.ts'
import { fill } from '#console/words/fill.ts'
import { themeTitle } from '#rules/themes.ts'
import { queuesOf } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PersonToReview } from '../reports/weekly-digest.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import {
  cannotOf,
  coverageFacts,
  decisionsTable,
  drillFact,
  openedTable,
  severityText,
} from './report-facts.ts'

const WEEK_MS = 7 * 86_400_000
const WEEKS_BACK_MAX = 52
const query = z
  .object({ back: z.coerce.number().int().min(0).max(WEEKS_BACK_MAX).catch(0) })
  .catch({ back: 0 })

/** The week before the last digest, or `back` weeks earlier; initials only for those who may open the alerts. */
export async function digestPage(
  context: PageContext,
  viewer: Viewer,
  asked: unknown,
): Promise<DigestView> {
  const { reports, tenant } = context
  const { back } = query.parse(asked ?? {})
  const wording = wordingOf(context, boxesOf(context))
  const { nowMs, time } = wording
  const toMs = reports.lastDigestMs(nowMs) - back * WEEK_MS
  const span = { tenant, fromMs: toMs - WEEK_MS, toMs }
  const { counts, people, circumvention, overBlocked } = reports.digest(
    span,
    nowMs,
    viewer.hiddenUsers,
  )
  const { alerts, coverage } = counts
  const hasPeople = queuesOf(viewer).includes('safeguarding')
  return {
    view: 'digest',
    from: time.at(span.fromMs, nowMs),
    to: time.at(toMs, nowMs),
    olderHref: back < WEEKS_BACK_MAX ? hrefOf(back + 1) : undefined,
    newerHref: back > 0 ? hrefOf(back - 1) : undefined,
    isSimulated: alerts.isSimulated,
    opened: openedTable(alerts),
    decisions: decisionsTable(alerts),
    hasPeople,
    toReview: hasPeople ? people.toReview.map(personRow) : [],
    repeated: hasPeople ? people.repeated.map(personRow) : [],
    unacknowledged: alerts.unacknowledged
      .map(({ severity, count }) =>
        fill(words.ofSeverity, { count, severity: severityText(severity) }),
      )
      .join(', '),
    others: [
      drillFact(reports.drill(), wording),
      { key: words.policyChanges, value: String(counts.policyChanges) },
      { key: words.demotions, value: String(counts.demotionsProposed) },
    ],
    coverage: coverageFacts(coverage, wording),
    cannotNotice: cannotOf(coverage),
    circumvention: {
      caption: words.roundFilter.caption,
      heads: [common.group, words.roundFilter.devices],
      rows: circumvention.map(({ group, devices }) => [plainText(group, 80), String(devices)]),
    },
    overBlocked: {
      caption: words.overBlocked.caption,
      heads: [words.overBlocked.name, words.overBlocked.asked, words.overBlocked.alerts],
      rows: overBlocked.map(({ name, asked: times, wrongCategory }) => [
        defang(name),
        String(times),
        String(wrongCategory),
      ]),
    },
  }
}

function hrefOf(back: number): string {
  return back === 0 ? '/digest' : `/digest?back=${back}`
}

function personRow({
  alert,
  initials,
  theme,
  severity,
  events,
}: PersonToReview): DigestView['toReview'][number] {
  return {
    href: `/alerts/${encodeURIComponent(alert)}`,
    initials: initials === '' ? words.aDevice : plainText(initials, 20),
    theme: capital(themeTitle(theme)),
    severity: severityBadge(severity),
    events: events === 0 ? words.nothingNew : countOf(events, words.events),
  }
}
