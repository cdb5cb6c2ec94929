import type { BoxState, FieldView } from './policy-views.ts'

/** A field for a table, and what is wrong with its lines. */
export interface TableFieldView {
  readonly value: string
  readonly problems: readonly string[]
}

/** When there is school: what is in force, and the form by which that changes. */
export interface TimetableView {
  readonly view: 'timetable'
  readonly maySet: boolean
  /** Whether anything is set here, so that it can be taken out. */
  readonly isSet: boolean
  /** Whether the tables of the form are those of nobody. */
  readonly isExample: boolean
  /** Whose timetable is shown. */
  readonly source: string
  readonly boxes: readonly BoxState[]
  readonly week: readonly { readonly day: string; readonly parts: readonly string[] }[]
  readonly days: readonly string[]
  readonly form: {
    readonly week: TableFieldView
    readonly days: TableFieldView
    readonly reason: FieldView
  }
  /** What the form would change, in words; undefined where that is not asked. */
  readonly preview: readonly string[] | undefined
  readonly problems: readonly { readonly text: string; readonly href: string }[]
}
