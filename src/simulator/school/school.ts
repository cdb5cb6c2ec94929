/** The school that is simulated: who is there and with which devices. The same seed and size give the same school. */
import type { ProfileName } from '#agent/policy/profiles.ts'
import { Dice } from '../dice.ts'
import { DEVICE_MIX, type DeviceKind, PERSON_MIX } from './school-mix.ts'

export interface Person {
  /** As the directory knows them; made up. */
  readonly user: string
  readonly group: ProfileName
  /** 7 to 13; absent for staff. */
  readonly year?: number
  /** The class that they have lessons with, `8c`; absent for staff. */
  readonly form?: string
  /** Sleeps at the school: is there in the evening and at the weekend. */
  readonly isBoarder: boolean
}

export interface Device {
  readonly index: number
  readonly name: string
  readonly kind: DeviceKind
  readonly group: ProfileName
  /** Loopback, so that the same school can be played over the wire on one machine. */
  readonly address: string
  /** Whose it is; absent where it is shared or nobody knows. */
  readonly owner?: Person
}

export interface School {
  readonly seed: number
  readonly devices: readonly Device[]
  readonly people: readonly Person[]
  /** Pupils by class. */
  readonly forms: ReadonlyMap<string, readonly Person[]>
  readonly pupils: number
}

export const DEVICES_DEFAULT = 1200
export const DEVICES_MIN = 60
export const DEVICES_MAX = 10_000
const FORM_LETTERS = ['a', 'b', 'c', 'd', 'e'] as const
const ADDRESSES_PER_BLOCK = 250

/** Which addresses a group has; a /16 each. */
export const GROUP_NETWORKS: Readonly<Record<ProfileName, number>> = {
  ks1: 21,
  ks2: 22,
  ks3: 23,
  ks4: 24,
  ks5: 25,
  staff: 30,
  guest: 40,
}

/** Makes a school of about `devices` devices, from `DEVICES_MIN` to `DEVICES_MAX`. Never throws. */
export function makeSchool(seed: number, devices: number = DEVICES_DEFAULT): School {
  const people = makePeople(seed, devices / DEVICES_DEFAULT)
  const forms = Map.groupBy(
    people.filter(({ form }) => form !== undefined),
    ({ form = '' }) => form,
  )
  return {
    seed,
    people,
    forms,
    pupils: people.filter(({ group }) => group !== 'staff').length,
    devices: makeDevices(people, devices),
  }
}

function makePeople(seed: number, scale: number): readonly Person[] {
  const dice = new Dice(seed, 1)
  return PERSON_MIX.flatMap(({ group, year, count, boarders }) =>
    Array.from({ length: Math.max(1, Math.round(count * scale)) }, (_, at): Person => {
      const isBoarder = dice.chance(boarders)
      if (year === undefined) return { user: `staff${at + 1}`, group, isBoarder }
      const form = `${year}${FORM_LETTERS[at % FORM_LETTERS.length]}`
      return { user: `y${year}-${at + 1}`, group, year, form, isBoarder }
    }),
  )
}

function makeDevices(people: readonly Person[], wanted: number): readonly Device[] {
  const used = new Map<ProfileName, number>()
  const devices: Device[] = []
  const owners = new Map<ProfileName, readonly Person[]>()
  for (const one of mixYears(people)) owners.set(one.group, [...(owners.get(one.group) ?? []), one])
  for (const { kind, group, share, isOwned } of DEVICE_MIX) {
    const count = Math.max(1, Math.round(wanted * share))
    for (let i = 0; i < count; i++) {
      const place = used.get(group) ?? 0
      used.set(group, place + 1)
      const owner = isOwned ? owners.get(group)?.[i % (owners.get(group)?.length ?? 1)] : undefined
      devices.push({
        index: devices.length,
        name: `${kind}-${String(i + 1).padStart(3, '0')}`,
        kind,
        group,
        address: addressOf(group, place),
        ...(owner && { owner }),
      })
    }
  }
  return devices
}

/** One of each year in turn, so that the devices that there are go to every year. */
function mixYears(people: readonly Person[]): readonly Person[] {
  const years = [...Map.groupBy(people, ({ year = 0 }) => year).values()]
  const most = Math.max(...years.map(({ length }) => length))
  return Array.from({ length: most }, (_, at) => years.flatMap((year) => year[at] ?? [])).flat()
}

/** The device at a place of its group's network. */
export function addressOf(group: ProfileName, place: number): string {
  const block = Math.floor(place / ADDRESSES_PER_BLOCK)
  return `127.${GROUP_NETWORKS[group]}.${block}.${(place % ADDRESSES_PER_BLOCK) + 2}`
}
