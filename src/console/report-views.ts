import type { Fact } from './alert-views.ts'
import type { AlertItem } from './present/alert-item.ts'
import type { ShownTime } from './present/plain-time.ts'
import type { Badge } from './present/severity-badge.ts'
import type { WeekCharts } from './present/week-bars.ts'
import type { Proof } from './views.ts'

/** A table of figures: the first column heads its row. */
export interface FigureTable {
  readonly caption: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Initials only, and for those who may open the alert. */
interface PersonRow {
  readonly href: string
  readonly initials: string
  readonly theme: string
  readonly severity: Badge
  readonly events: string
}

/** Themes that no list is there for, and what comes before them in a sentence; none where every theme has a list. */
export interface CannotNotice {
  /** That have reported: with none, nothing at all is noticed. */
  readonly boxes: number
  readonly lead: string
  readonly themes: readonly string[]
}

/** What stands in both reports. */
interface ReportFacts {
  readonly from: ShownTime
  readonly to: ShownTime
  readonly isSimulated: boolean
  readonly coverage: readonly Fact[]
  readonly cannotNotice: CannotNotice
}

export interface DigestView extends ReportFacts {
  readonly view: 'digest'
  readonly opened: FigureTable
  readonly decisions: FigureTable
  readonly olderHref: string | undefined
  readonly newerHref: string | undefined
  /** Whoever looks may open the alerts of pupils; else nobody stands here, also not by initials. */
  readonly hasPeople: boolean
  readonly toReview: readonly PersonRow[]
  readonly repeated: readonly PersonRow[]
  /** Waiting for somebody to look, in words. */
  readonly unacknowledged: string
  readonly others: readonly Fact[]
  readonly circumvention: FigureTable
  readonly overBlocked: FigureTable
}

export interface ReportView extends ReportFacts {
  readonly view: 'report'
  /** `YYYY-MM-DD`, inclusive both. */
  readonly fromDay: string
  readonly toDay: string
  readonly problem: string | undefined
  readonly inShort: readonly string[]
  /** Undefined where no alert was opened, and for whom small numbers are hidden. */
  readonly weeks: WeekCharts | undefined
  readonly outcome: FigureTable
  readonly answered: FigureTable
  /** What has to be known to read both. */
  readonly notes: readonly string[]
  /** Of when what follows is. */
  readonly asOf: string
  readonly boxDays: FigureTable
}

/** What stands on the first page: whether anybody is needed, and what shows that silence means that nothing happened. */
export interface TodayRegion {
  readonly now: readonly AlertItem[]
  readonly nowCount: number
  readonly waiting: readonly AlertItem[]
  readonly waitingCount: number
  /** What waits was given to the viewer, and nothing else is theirs. */
  readonly isAssignee: boolean
  readonly lowCount: number
  /** The viewer does not see all that is about pupils. */
  readonly isPartial: boolean
  readonly elsewhere: number
  readonly due: readonly { readonly text: string; readonly href: string }[]
  readonly proof: Proof
  readonly facts: readonly Fact[]
  readonly cannotNotice: CannotNotice
}

export interface TodayView {
  readonly view: 'today' | 'today-part'
  readonly region: TodayRegion
}
