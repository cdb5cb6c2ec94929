import { type DeviceRow, knownBand } from '#domain/device-report.ts'
import { confidenceBand } from '#domain/identity.ts'
import { bandBadge, bandWithin, gradeBadge } from './device-words.ts'
import { plainText } from './plain-text.ts'
import type { ShownTime } from './plain-time.ts'
import type { Badge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** A device counts as new for so long. */
export const NEW_MS = 86_400_000

/** One device as a row of the list; all strings are text, none is HTML. */
export interface DeviceItem {
  readonly href: string
  /** Its name, or else its id. */
  readonly title: string
  /** Absent where the title is the id. */
  readonly id: string | undefined
  readonly vendor: string
  readonly user: string
  /** In words, where it is another than that of the row. */
  readonly userSure: string
  readonly group: string
  readonly band: Badge
  readonly network: string
  readonly address: string
  readonly lastSeen: ShownTime
  readonly isNew: boolean
  readonly isRandomMac: boolean
  readonly bypass: Badge | undefined
}

/** What presenting devices of one box needs besides. */
export interface DeviceWording extends Wording {
  readonly networkTitle: (network: string | undefined) => string
  /** The address of a device's page. */
  readonly deviceHref: (id: string) => string
}

/** Puts a device into words. */
export function deviceItem(device: DeviceRow, wording: DeviceWording): DeviceItem {
  const { id, name, user, group, vendor, addresses, bypass } = device
  const title = deviceTitle(device)
  return {
    href: wording.deviceHref(id),
    title,
    id: name === undefined ? undefined : plainText(id, 64),
    vendor: plainText(vendor ?? '', 60),
    user: plainText(user?.value ?? '', 80),
    userSure: userSure(device),
    group: plainText(group.value, 80),
    band: bandBadge(knownBand(device)),
    network: wording.networkTitle(device.network),
    // An id that is an address says it already.
    address:
      addresses[0] === undefined || addresses[0] === title ? '' : plainText(addresses[0], 64),
    lastSeen: wording.time.at(device.lastSeenAt, wording.nowMs),
    isNew: wording.nowMs - device.firstSeenAt < NEW_MS,
    isRandomMac: device.isRandomMac,
    bypass: bypass && gradeBadge(bypass.grade),
  }
}

/** A device may be known better than who uses it. */
function userSure(device: DeviceRow): string {
  if (device.user === undefined) return ''
  const band = confidenceBand(device.user.confidence)
  return band === knownBand(device) ? '' : bandWithin(band)
}

/** What a device is called: its name, or else its id. */
export function deviceTitle({ id, name }: Pick<DeviceRow, 'id' | 'name'>): string {
  return name === undefined ? plainText(id, 64) : plainText(name.value, 80)
}
