/**
 * What a secondary school of 1,200 devices and about 1,000 people is made of. The two totals are the planning figures for one
 * school; how they divide is our assumption and is no published figure.
 */
import type { ProfileName } from '#agent/policy/profiles.ts'

export const DEVICE_KINDS = [
  'own-laptop', // lent to one pupil, who is logged on
  'lab-pc', // in a computer room: whoever sits there
  'trolley', // a shared Chromebook, nobody in particular
  'own-phone', // a sixth former's, on the pupils' Wi-Fi
  'staff-laptop',
  'guest-phone', // a visitor's, or a member of staff's own
  'fixture', // printers, boards, cameras
] as const
export type DeviceKind = (typeof DEVICE_KINDS)[number]

interface DeviceShare {
  readonly kind: DeviceKind
  readonly group: ProfileName
  /** Of all devices. */
  readonly share: number
  readonly isOwned: boolean
}

export const DEVICE_MIX: readonly DeviceShare[] = [
  { kind: 'own-laptop', group: 'ks3', share: 0.29, isOwned: true },
  { kind: 'own-laptop', group: 'ks4', share: 0.19, isOwned: true },
  { kind: 'lab-pc', group: 'ks3', share: 0.12, isOwned: false },
  { kind: 'trolley', group: 'ks3', share: 0.1, isOwned: false },
  { kind: 'own-phone', group: 'ks5', share: 0.11, isOwned: true },
  { kind: 'staff-laptop', group: 'staff', share: 0.08, isOwned: true },
  { kind: 'guest-phone', group: 'guest', share: 0.08, isOwned: false },
  { kind: 'fixture', group: 'staff', share: 0.03, isOwned: false },
]

interface PersonShare {
  readonly group: ProfileName
  readonly year?: number
  /** Of them in a school of 1,200 devices. */
  readonly count: number
  /** How many of them board. */
  readonly boarders: number
}

export const PERSON_MIX: readonly PersonShare[] = [
  { group: 'ks3', year: 7, count: 150, boarders: 0.02 },
  { group: 'ks3', year: 8, count: 150, boarders: 0.02 },
  { group: 'ks3', year: 9, count: 150, boarders: 0.03 },
  { group: 'ks4', year: 10, count: 140, boarders: 0.05 },
  { group: 'ks4', year: 11, count: 140, boarders: 0.05 },
  { group: 'ks5', year: 12, count: 90, boarders: 0.1 },
  { group: 'ks5', year: 13, count: 80, boarders: 0.1 },
  { group: 'staff', count: 100, boarders: 0.05 },
]
