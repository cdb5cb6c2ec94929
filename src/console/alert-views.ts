import type { PageLink } from './device-views.ts'
import type { AlertItem, AlertStep } from './present/alert-item.ts'
import type { Timeline } from './present/alert-timeline.ts'
import type { EventItem } from './present/event-item.ts'
import type { Choice } from './views.ts'

export interface AlertsRegion {
  /** The gravest first. */
  readonly alerts: readonly AlertItem[]
  /** How many match, in words. */
  readonly count: string
  readonly isFiltered: boolean
  /** The viewer does not see all that is about pupils: that nothing stands here says nothing of the school. */
  readonly isPartial: boolean
  /** The newest that are Low, for the weekly digest, with how many there are and where all of them stand. */
  readonly low: readonly AlertItem[]
  readonly lowCount: number
  readonly lowHref: string
  /** Open alerts about staff: only a number, and only those whom they are sent to open them. */
  readonly elsewhere: number
  readonly fragmentHref: string
  readonly pages: readonly PageLink[]
  readonly previousHref: string | undefined
  readonly nextHref: string | undefined
}

export interface AlertsFilterView {
  readonly severities: readonly Choice[]
  readonly themes: readonly Choice[]
  readonly states: readonly Choice[]
  readonly assignees: readonly Choice[]
  readonly text: string
  /** The filters in force, each with the address that takes it away. */
  readonly chosen: readonly {
    readonly heading: string
    readonly text: string
    readonly href: string
  }[]
}

export type AlertsView =
  | { readonly view: 'alerts'; readonly region: AlertsRegion; readonly filter: AlertsFilterView }
  | { readonly view: 'alerts-rows'; readonly region: AlertsRegion }

/** A key and what is known of it, as the summary list wants them. */
export interface Fact {
  readonly key: string
  readonly value: string
}

/** One alert with everything a person may know of it. */
export interface AlertDetail {
  readonly item: AlertItem
  readonly facts: readonly Fact[]
  /** Why this score: each completes "this device, or who used it, ...". */
  readonly reasons: readonly string[]
  /** What the points are made of, the last row their sum; empty where no points decided. */
  readonly points: readonly Fact[]
  readonly doesNotTell: readonly string[]
  /** The head or the chair of governors looks after it. */
  readonly isAboutStaff: boolean
  /** What else was asked for round its lookups, newest first. */
  readonly timelines: readonly Timeline[]
  /** Other pupils at the same sites that day, in words; never who. */
  readonly others: string
  /** Of the same person or device, in the span that `priorSpan` names. */
  readonly prior: readonly AlertItem[]
  readonly priorSpan: string
  /** There may be others, which the viewer does not see. */
  readonly isPriorInPart: boolean
  readonly events: readonly EventItem[]
  /** Newest first. */
  readonly history: readonly AlertStep[]
  readonly isMerged: boolean
  /** Where none of its events is shown. */
  readonly noEvents: string
  /** The alert that took its events, where the viewer may see it. */
  readonly mergedHref: string | undefined
}

/** One answer that can be chosen. */
export interface FieldItem {
  readonly value: string
  readonly text: string
}

export interface FormField {
  readonly type: 'line' | 'time' | 'area' | 'select' | 'radios' | 'checkboxes'
  readonly id: string
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly items: readonly FieldItem[]
  /** What is wrong with what was sent. */
  readonly problem?: string
}

/** A form by which something is done to an alert. */
export interface CommandFormView {
  /** The last part of its address. */
  readonly kind: string
  readonly title: string
  readonly button: string
  readonly fields: readonly FormField[]
  /** It was sent, and refused: it stands open with what was written. */
  readonly isRefused: boolean
}

export type AlertPageView =
  | { readonly view: 'alert-detail'; readonly detail: AlertDetail }
  | {
      readonly view: 'alert'
      readonly detail: AlertDetail
      /** The next step stands before all else. */
      readonly next: CommandFormView | undefined
      readonly forms: readonly CommandFormView[]
      /** Answers by which a Low alert is closed with one button each. */
      readonly atOnce: readonly FieldItem[]
      /** Why the last form was refused, each with the place that it leads to. */
      readonly problems: readonly { readonly text: string; readonly href: string }[]
      /** Where it is handed over to the school's own record; undefined for whom that is not. */
      readonly handOverHref: string | undefined
    }
