/**
 * Several pupils at one site that the school has just met: a hoax, a dare, a link that goes round. One alert for the
 * school, which names nobody. By the appliance's days in UTC, so that it is the same in whatever order events come.
 */
import type { Judgement } from '#safeguarding/judge.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { ObservationTable, SiteKey } from './observation-table.ts'
import type { Raised } from './raise-alert.ts'

const DAY_MS = 86_400_000

const TREND: Judgement = {
  severity: 'high',
  score: 0,
  rules: ['school-trend'],
  parts: [],
  isInstant: true,
}

export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS)
}

/** What stands to be raised of a site because of something on `day`; one entry a day on which it is a trend. */
export function findTrends(
  deps: { readonly observations: ObservationTable; readonly limits: AlertLimits },
  site: SiteKey,
  day: number,
): readonly Raised[] {
  const { limits } = deps
  // A site that was new on this day makes a trend of the days that follow, whose events may have come before.
  const days = Math.ceil(limits.trendNewMs / DAY_MS)
  return Array.from({ length: days }, (_, later) => trendOn(deps, site, day + later)).filter(
    (one) => one !== undefined,
  )
}

function trendOn(
  {
    observations,
    limits,
  }: { readonly observations: ObservationTable; readonly limits: AlertLimits },
  site: SiteKey,
  day: number,
): Raised | undefined {
  const fromMs = day * DAY_MS
  const toMs = fromMs + DAY_MS - 1
  const rows = observations.atSite(site, fromMs, toMs, limits.trendEventsMax)
  const pupils = new Set(rows.map(({ subjectKey }) => subjectKey)).size
  if (pupils < limits.trendPupilsMin) return undefined
  if (!observations.wasNew(site, toMs + 1 - limits.trendNewMs, toMs)) return undefined
  const { tenant, theme } = site
  return {
    key: { tenant, theme, queue: 'safeguarding', subjectKey: `school:${site.site}` },
    subject: { kind: 'school' },
    rows,
    lastAt: Math.max(...rows.map((one) => one.lastAt)),
    judgement: TREND,
    trend: { site: site.site, pupils },
  }
}
