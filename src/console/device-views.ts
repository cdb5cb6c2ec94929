import type { DeviceDetail } from './present/device-detail.ts'
import type { DeviceItem } from './present/device-item.ts'
import type { NetworkView } from './present/network-view.ts'
import type { ShownTime } from './present/plain-time.ts'
import type { Choice } from './views.ts'

/** The box whose devices a page shows. */
export interface ShownBox {
  readonly id: string
  readonly name: string
  /** When it last told of its devices. */
  readonly told: ShownTime
  readonly devicesHref: string
  readonly networksHref: string
}

/** The part of the devices page that is put in place again when something changed. */
export interface DevicesRegion {
  /** Absent while no box has told of its devices. */
  readonly box: ShownBox | undefined
  readonly devices: readonly DeviceItem[]
  /** How many match, in words, and of how many. */
  readonly count: string
  readonly isFiltered: boolean
  /** Whether the box knows of any device at all. */
  readonly isEmpty: boolean
  /** Whether nobody can log on, because no source of logons is set up. */
  readonly hasNoLogons: boolean
  readonly tiles: readonly {
    readonly count: string
    /** With `{count}` where it belongs. */
    readonly text: string
    readonly href: string
  }[]
  readonly pages: readonly PageLink[]
  readonly previousHref: string | undefined
  readonly nextHref: string | undefined
  readonly fragmentHref: string
  readonly csvHref: string
  readonly clearHref: string
}

/** As the pagination component wants it. */
export type PageLink =
  | { readonly ellipsis: true }
  | { readonly number: number; readonly href: string; readonly current: boolean }

export interface DevicesFilterView {
  readonly boxes: readonly Choice[]
  readonly networks: readonly Choice[]
  readonly groups: readonly Choice[]
  readonly bands: readonly Choice[]
  readonly text: string
  readonly only: readonly {
    readonly value: string
    readonly text: string
    readonly checked: boolean
  }[]
  /** The filters in force, each with the address that takes it away. */
  readonly chosen: readonly {
    readonly heading: string
    readonly text: string
    readonly href: string
  }[]
}

export type DevicesView =
  | {
      readonly view: 'devices'
      readonly region: DevicesRegion
      readonly filter: DevicesFilterView
      readonly daysKept: number
    }
  | { readonly view: 'devices-rows'; readonly region: DevicesRegion }

export interface DevicePageView {
  readonly view: 'device' | 'device-detail'
  readonly box: ShownBox
  readonly detail: DeviceDetail
}

export interface NetworksView {
  readonly view: 'networks' | 'networks-cards'
  readonly box: ShownBox | undefined
  readonly boxes: readonly {
    readonly href: string
    readonly text: string
    readonly active: boolean
  }[]
  readonly networks: readonly NetworkView[]
  readonly fragmentHref: string
}
