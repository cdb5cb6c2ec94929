import type { FormField } from './alert-views.ts'
import type { ShownTime } from './present/plain-time.ts'

/** One theme: whether boxes can notice it at all, and how right its alerts were. */
export interface ThemeView {
  readonly id: string
  readonly title: string
  /** "No list installed: this box cannot notice it."; empty where every box has a list. */
  readonly cannot: string
  readonly lists: string
  /** Alerts closed by week, newest first; empty where none was. */
  readonly weeks: readonly {
    readonly week: string
    readonly closed: string
    readonly concerns: string
    readonly noConcerns: string
    readonly falsePositives: string
    readonly isSimulated: boolean
  }[]
  /** The same for a drawing. */
  readonly points: string
  /** How many were, in all of these weeks. */
  readonly closed: string
  readonly demotion:
    | {
        readonly text: string
        readonly decided: string
        /** What may be decided now. */
        readonly mayAccept: boolean
        readonly mayRefuse: boolean
      }
    | undefined
}

export interface ThemesView {
  readonly view: 'themes'
  /** Boxes that have reported; with none, nothing is known of lists. */
  readonly boxes: number
  readonly themes: readonly ThemeView[]
  /** Of some theme an alert was closed, or there is a proposal. */
  readonly isJudged: boolean
  /** Set aside now. */
  readonly snoozes: readonly {
    readonly theme: string
    readonly group: string
    readonly until: ShownTime
    /** Who did so, and why; empty for whom that is not. */
    readonly by: string
    /** Where it is ended early; undefined for whom that is not. */
    readonly endHref: string | undefined
  }[]
  readonly fields: readonly FormField[]
  readonly hoursMax: number
  /** Whether whoever looks may set aside and decide. */
  readonly mayAct: boolean
  /** Why the last form was refused. */
  readonly problem: string | undefined
  /** The id of what that form stands in. */
  readonly problemAt: string
}
