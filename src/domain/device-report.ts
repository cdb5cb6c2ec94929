/**
 * What a box tells the collector of devices, people and networks. Personal data: it goes apart from status and metrics, and
 * neither of them ever holds any of it.
 *
 * A box tells in a **series** of numbered parts. The parts up to the first that says `isWhole` are a snapshot, which replaces what
 * the collector held of that box; parts after it change the snapshot, each at once. A collector that is asked to go on from a
 * part that it never had answers 409, and the box begins a new series.
 */
import type { BypassFacts } from './bypass-event.ts'
import type { HiddenSchool } from './hidden-school.ts'
import {
  type ConfidenceBand,
  confidenceBand,
  type DeviceFacts,
  type IdentitySource,
} from './identity.ts'

/** POST, signed like a status report. */
export const DEVICES_PATH = '/v1/devices'
/** Of one part: bytes of JSON, devices, and devices that the box has forgotten. */
export const DEVICE_PART_BYTES_MAX = 262_144
export const DEVICE_PART_ROWS_MAX = 1000
/** Of one box. */
export const DEVICES_MAX = 10_000
export const DEVICE_NETWORKS_MAX = 250
/** Of one device. */
export const DEVICE_ADDRESSES_MAX = 32
export const DEVICE_WAYS_MAX = 16
/** Characters of a name, a user, a vendor. */
export const DEVICE_TEXT_MAX = 255
/** A device that was last seen this long ago is deleted at the collector, whatever becomes of its box. */
export const DEVICE_DAYS_MAX = 7

/** A device as it is told. */
export interface DeviceRow extends DeviceFacts {
  /** The network that its newest address lies in, as `NetworkFacts` names it. */
  readonly network?: string
  readonly bypass?: Omit<BypassFacts, 'id'>
}

/** How many of something by how surely its sender is known. */
export type BandCounts = Readonly<Record<ConfidenceBand, number>>

/** One configured network, or the local addresses that lie in none. */
export interface NetworkFacts {
  /** In canonical text: `192.0.2.0/24`; OTHER_NETWORK for those in none. */
  readonly network: string
  /** As the school calls it. */
  readonly name?: string
  readonly group: string
  /** Addresses that asked within the last day, by how surely their device or user is known. */
  readonly addresses: BandCounts
  /** Queries since the box started, by the same. */
  readonly queries: BandCounts
  /** Resolvers in it that ask for many devices, and are believed about which. */
  readonly forwarders: readonly string[]
  /** One address asks for most of the school, and nobody declared it. */
  readonly hiddenSchool?: HiddenSchool
}

/** Stands for local addresses that lie in no configured network. */
export const OTHER_NETWORK = 'other'

export interface NetworksTold {
  readonly networks: readonly NetworkFacts[]
  /** What is set up to tell this box of devices and people, whether it has told anything yet or not. */
  readonly sources: readonly IdentitySource[]
}

/** POST to DEVICES_PATH. 204: kept. 409: `series` and `part` follow nothing that is here. */
export interface DeviceReport {
  readonly v: 1
  readonly appliance: string
  readonly at: number
  readonly series: string
  /** From 0 on, over the whole series. */
  readonly part: number
  /** Nothing of the snapshot is missing after this part. */
  readonly isWhole: boolean
  /** New, or changed. */
  readonly devices: readonly DeviceRow[]
  /** Ids of devices that the box has forgotten. */
  readonly gone: readonly string[]
  /** Replaces what was told of networks before. */
  readonly networks?: NetworksTold
}

/** How surely it is known who or what a device is: by the better of its name and its user. A group alone says neither. */
export function knownBand({ name, user }: Pick<DeviceFacts, 'name' | 'user'>): ConfidenceBand {
  return confidenceBand(Math.max(name?.confidence ?? 0, user?.confidence ?? 0))
}
