/** When there is school, as people set it in the console and boxes are told: rows as they stand in two CSV files. */

export const PERIOD_KINDS = ['lesson', 'break'] as const
export type PeriodKind = (typeof PERIOD_KINDS)[number]
export const DAYS_KINDS = ['term', 'closed'] as const
export type DaysKind = (typeof DAYS_KINDS)[number]

/** Seven days of as many lessons and breaks as a box takes. */
export const PERIODS_MAX = 224
/** Terms and closed days. */
export const DAY_RANGES_MAX = 200
/** The name of a lesson, which schedules of a box may use; of a term. */
export const PERIOD_NAME_MAX = 32
export const DAYS_NAME_MAX = 64

/** A lesson or a break of one weekday. */
export interface PeriodTold {
  /** `monday` to `sunday`. */
  readonly day: string
  readonly kind: PeriodKind
  readonly name: string
  /** `09:00`. */
  readonly from: string
  readonly to: string
}

/** A term, or days of one on which the school is closed; both ends included. */
export interface DaysTold {
  readonly kind: DaysKind
  /** `2026-09-01`. */
  readonly from: string
  readonly to: string
  /** May be empty. */
  readonly name: string
}

export interface TimetableTold {
  readonly periods: readonly PeriodTold[]
  readonly days: readonly DaysTold[]
}

/** Which timetable a box goes by. */
export type TimetableState =
  | { readonly source: 'console' }
  /** Its own file's. The problems are why that of the console is not in force, where there is one. */
  | {
      readonly source: 'file'
      readonly timetable: TimetableTold
      readonly problems: readonly string[]
    }
