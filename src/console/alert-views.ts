import type { AlertDetail, AlertItem } from './present/alert-item.ts'

export interface AlertsRegion {
  /** The gravest first. */
  readonly alerts: readonly AlertItem[]
  /** The viewer does not see all that is about pupils: that nothing stands here says nothing of the school. */
  readonly isPartial: boolean
  /** More are open than stand here. */
  readonly isCut: boolean
  /** Open alerts about staff: only a number, and only those whom they are sent to open them. */
  readonly elsewhere: number
  readonly fragmentHref: string
}

export type AlertsView =
  | { readonly view: 'alerts'; readonly region: AlertsRegion }
  | { readonly view: 'alerts-rows'; readonly region: AlertsRegion }

export interface AlertPageView {
  readonly view: 'alert' | 'alert-detail'
  readonly detail: AlertDetail
  /** Why the last form was refused. */
  readonly problem: string | undefined
}
