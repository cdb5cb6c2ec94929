import type { AccountView } from './account-views.ts'
import type { AlertPageView, AlertsView } from './alert-views.ts'
import type { DevicePageView, DevicesView, NetworksView } from './device-views.ts'
import type { EvidenceView } from './evidence-views.ts'
import type { NoticesView } from './notice-views.ts'
import type { OverBlocksView } from './over-block-views.ts'
import type { PolicyView, RequestsView, WhyView } from './policy-views.ts'
import type { ApplianceView } from './present/appliance-view.ts'
import type { BoxNeeds } from './present/box-needs.ts'
import type { EventDetail } from './present/event-history.ts'
import type { EventItem } from './present/event-item.ts'
import type { KnowledgeView } from './present/knowledge-view.ts'
import type { ShownTime } from './present/plain-time.ts'
import type { SetupView } from './present/setup-view.ts'
import type { Badge } from './present/severity-badge.ts'
import type { ReleasesView } from './release-views.ts'
import type { DigestView, ReportView, TodayView } from './report-views.ts'
import type { ThemesView } from './theme-views.ts'
import type { TimetableView } from './timetable-views.ts'

/** One choice of a drop-down, as the component macros want it. */
export interface Choice {
  readonly value: string
  readonly text: string
  readonly selected: boolean
}

/** What proves that silence means that nothing happened. */
export interface Proof {
  readonly online: number
  readonly boxes: number
  readonly lastHeard: ShownTime | undefined
  readonly missing: number
  /** Boxes that are heard but whose filter itself has a fault. */
  readonly struggling: number
  /** Whether events of a box were refused in the last week: it may be holding back what came after them. */
  readonly hasRefused: boolean
  /** Themes that some box has no list for: of those, silence says nothing. */
  readonly blind: number
  /** Only then may a page say that nothing happened. */
  readonly isWell: boolean
}

export interface SeverityCount {
  readonly badge: Badge
  readonly count: number
  readonly href: string
}

/** The part of the events page that is put in place again when something new comes. */
export interface EventsRegion {
  readonly events: readonly EventItem[]
  readonly isFiltered: boolean
  /** The viewer does not see all that is about pupils: that nothing stands here says nothing of the school. */
  readonly isPartial: boolean
  readonly isNewest: boolean
  readonly newestHref: string
  readonly olderHref: string | undefined
  readonly fragmentHref: string
  readonly proof: Proof
  readonly counts: readonly SeverityCount[]
}

export interface EventsFilterView {
  readonly groups: readonly Choice[]
  readonly categories: readonly Choice[]
  readonly severities: readonly Choice[]
  readonly from: string
  readonly to: string
  /** The filters in force, each with the address that takes it away. */
  readonly chosen: readonly {
    readonly heading: string
    readonly text: string
    readonly href: string
  }[]
}

/** Whether all is well with the boxes, and else what to do. */
interface NeedsRegion {
  readonly proof: Proof
  readonly needs: readonly BoxNeeds[]
  /** Whether each box's card stands below, on the same page. */
  readonly isOnePage: boolean
  /** How many more boxes there are that need somebody; empty where there are none. */
  readonly more: string
}

interface AppliancesRegion extends NeedsRegion {
  readonly appliances: readonly ApplianceView[]
  readonly nextHref: string | undefined
  readonly isFirst: boolean
}

interface BoxLink {
  readonly href: string
  readonly text: string
  readonly active: boolean
}

interface SetupPageView {
  readonly view: 'setup'
  readonly boxes: readonly BoxLink[]
  readonly box:
    | {
        readonly name: string
        readonly heard: ShownTime
        readonly isSilent: boolean
        /** Absent where the box is too old to tell. */
        readonly setup: SetupView | undefined
      }
    | undefined
}

/** Everything the console can show. */
export type View =
  | AccountView
  | { readonly view: 'events'; readonly region: EventsRegion; readonly filter: EventsFilterView }
  | { readonly view: 'events-rows'; readonly region: EventsRegion }
  | { readonly view: 'event'; readonly detail: EventDetail }
  | { readonly view: 'event-detail'; readonly detail: EventDetail }
  | AlertsView
  | AlertPageView
  | ThemesView
  | NoticesView
  | TodayView
  | DigestView
  | ReportView
  | EvidenceView
  | { readonly view: 'appliances'; readonly region: AppliancesRegion }
  | { readonly view: 'appliance'; readonly appliance: ApplianceView }
  | { readonly view: 'appliances-needs'; readonly region: NeedsRegion }
  | {
      readonly view: 'knowledge'
      readonly boxes: readonly BoxLink[]
      readonly box: KnowledgeView | undefined
      readonly release: string
    }
  | SetupPageView
  | DevicesView
  | DevicePageView
  | NetworksView
  | PolicyView
  | WhyView
  | RequestsView
  | TimetableView
  | ReleasesView
  | OverBlocksView
  | { readonly view: 'guide'; readonly guideTitle: string; readonly html: string }
  | { readonly view: 'confirm'; readonly action: string }
  | { readonly view: 'confirmed' }
  | { readonly view: 'fault'; readonly title: string; readonly text: string }

/** What stands round every page. */
export interface Frame {
  readonly isSignedIn: boolean
  /** The pages that are open to whoever asks. */
  readonly menu: readonly {
    readonly section: string
    readonly href: string
    readonly text: string
  }[]
  /** Addresses of pages that are open to whoever asks: only to these may a page link. */
  readonly open: readonly string[]
  readonly hasAccount: boolean
  /** Signed in by the one-time code alone, and how much that opens. */
  readonly byCode: 'try-out' | 'break-glass' | undefined
  /** Open pages hear of news. */
  readonly isLive: boolean
  /** Whom a print is of, and of when; empty for somebody who is not signed in. */
  readonly printed: string
}
