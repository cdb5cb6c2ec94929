import type { Fact, FormField } from './alert-views.ts'
import type { DocumentBlock } from './document-plan.ts'
import type { AlertStep } from './present/alert-item.ts'
import type { ShownTime } from './present/plain-time.ts'
import type { Badge } from './present/severity-badge.ts'
import type { FigureTable } from './report-views.ts'
import type { Choice } from './views.ts'

/** A field of a form that says beside itself what is wrong with what was written into it. */
export interface CheckedField extends Omit<FormField, 'type'> {
  readonly type: FormField['type'] | 'date'
  /** Empty where nothing is wrong. */
  readonly problem: string
}

/** What was wrong, each with the address of its field. */
export interface FieldProblem {
  readonly text: string
  readonly href: string
}

/** One check as a row of the list. */
export interface CheckRow {
  readonly href: string
  readonly badge: Badge
  readonly title: string
  readonly where: string
  readonly when: ShownTime
  readonly who: string
  /** What to do about it; empty where nothing is left. */
  readonly advice: string
}

export interface ChecksView {
  readonly view: 'checks'
  readonly mayCheck: boolean
  /** Whoever looks may read single checks; else only the counts. */
  readonly hasRows: boolean
  readonly counts: FigureTable
  readonly openCount: number
  readonly openHref: string
  readonly rows: readonly CheckRow[]
  readonly isFiltered: boolean
  readonly olderHref: string | undefined
  readonly filter: {
    readonly results: readonly Choice[]
    readonly groups: readonly Choice[]
    readonly tried: readonly Choice[]
    readonly from: string
    readonly to: string
    readonly chosen: readonly {
      readonly heading: string
      readonly text: string
      readonly href: string
    }[]
  }
}

export interface CheckView {
  readonly view: 'check'
  readonly badge: Badge
  readonly heading: string
  readonly sentence: string
  readonly advice: string
  readonly isSettled: boolean
  readonly facts: readonly Fact[]
  /** Newest first. */
  readonly steps: readonly AlertStep[]
  readonly action: string
  /** Empty for those who may not add to it. */
  readonly fields: readonly CheckedField[]
  readonly problems: readonly FieldProblem[]
}

export type NewCheckView =
  | {
      readonly view: 'check-new'
      readonly fields: readonly CheckedField[]
      readonly problems: readonly FieldProblem[]
    }
  | {
      readonly view: 'check-try'
      /** What was said on the page before, sent again with the result. */
      readonly carried: readonly { readonly name: string; readonly value: string }[]
      readonly tried: string
      /** The made-up name; empty where the person chooses a site. */
      readonly name: string
      readonly expected: string
      /** What this brings about, in words; undefined where nothing. */
      readonly raises: { readonly what: string; readonly more: string } | undefined
      readonly fields: readonly CheckedField[]
      readonly problems: readonly FieldProblem[]
    }

/** One decision as a row of the list. */
export interface DecisionRow {
  readonly href: string
  readonly title: string
  readonly area: string
  readonly reason: string
  readonly by: string
  readonly review: string
  readonly isDue: boolean
  readonly isEnded: boolean
}

export interface DecisionsView {
  readonly view: 'decisions'
  readonly mayDecide: boolean
  readonly dueCount: number
  readonly rows: readonly DecisionRow[]
  readonly isFiltered: boolean
  readonly areas: readonly Choice[]
  readonly states: readonly Choice[]
  /** There are more than are shown. */
  readonly isCut: boolean
}

export interface DecisionView {
  readonly view: 'decision'
  readonly heading: string
  readonly isDue: boolean
  readonly isEnded: boolean
  readonly facts: readonly Fact[]
  /** Newest first. */
  readonly steps: readonly AlertStep[]
  readonly action: string
  /** Empty for those who may not add to it, and where it ended. */
  readonly fields: readonly CheckedField[]
  readonly problems: readonly FieldProblem[]
}

export interface NewDecisionView {
  readonly view: 'decision-new'
  readonly fields: readonly CheckedField[]
  readonly problems: readonly FieldProblem[]
}

export interface ReviewView {
  readonly view: 'review'
  readonly from: ShownTime
  readonly to: ShownTime
  /** `YYYY-MM-DD`, inclusive both. */
  readonly fromDay: string
  readonly toDay: string
  readonly problem: string | undefined
  readonly pdfHref: string
  /** What it says in a few sentences, and then all of it. */
  readonly inShort: readonly DocumentBlock[]
  readonly blocks: readonly DocumentBlock[]
  /** The form by which it is signed, for those who sign. */
  readonly sign:
    | {
        readonly name: string
        readonly role: string
        readonly field: CheckedField
        readonly problems: readonly FieldProblem[]
      }
    | undefined
}

/** A case on its way into the school's own record. */
export interface HandOverView {
  readonly view: 'hand-over'
  readonly title: string
  readonly isIllegal: boolean
  /** Of the alert. */
  readonly href: string
  readonly text: string
}

export type EvidenceView =
  | HandOverView
  | ReviewView
  | ChecksView
  | CheckView
  | NewCheckView
  | DecisionsView
  | DecisionView
  | NewDecisionView
