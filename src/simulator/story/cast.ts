/** Puts the people of stories at devices of the school: real ones, with all that else goes on there. */

import type { ProfileName } from '#agent/policy/profiles.ts'
import { type Failure, failure } from '#domain/failure.ts'
import { Dice, textSeed } from '../dice.ts'
import type { Device, School } from '../school/school.ts'
import type { CastMember, Story, StoryDevice } from './story.ts'

/** Devices by name in the cast, for each story by its id. */
export type Casting = ReadonlyMap<string, ReadonlyMap<string, readonly Device[]>>

export const HEAD_USER = 'staff1'

/** The group of whoever is at such a device, where a story says only the year or nothing. */
export function defaultGroupOf(device: StoryDevice, year: number | undefined): ProfileName {
  if (device === 'staff-laptop') return 'staff'
  if (device === 'guest-phone') return 'guest'
  if (device === 'own-phone' || (year !== undefined && year >= 12)) return 'ks5'
  return year !== undefined && year >= 10 ? 'ks4' : 'ks3'
}

/** Everybody has a device of their own, no two stories share one. A failure where the school has too few. */
export function castStories(school: School, stories: readonly Story[]): Casting | Failure<'cast'> {
  const taken = new Set<number>()
  const casting = new Map<string, ReadonlyMap<string, readonly Device[]>>()
  for (const story of stories) {
    const dice = new Dice(school.seed, 8, textSeed(story.id))
    const members = new Map<string, readonly Device[]>()
    for (const [name, member] of story.cast) {
      const devices = pickDevices(school, member, taken, dice)
      if (devices.length < member.count)
        return failure(
          'cast',
          `story ${story.id}: the school has no ${member.count} devices left for ${name} (${member.device}, ${member.group})`,
        )
      members.set(name, devices)
    }
    casting.set(story.id, members)
  }
  return casting
}

function pickDevices(
  school: School,
  member: CastMember,
  taken: Set<number>,
  dice: Dice,
): readonly Device[] {
  const fitting = school.devices.filter((device) => isFitting(device, member))
  const picked: Device[] = []
  while (picked.length < member.count) {
    const free = fitting.filter(({ index }) => !taken.has(index))
    if (free.length === 0) return picked
    const device = dice.pick(free)
    taken.add(device.index)
    picked.push(device)
  }
  return picked
}

function isFitting(
  { kind, group, owner }: Device,
  { device, group: wanted, year, isHead }: CastMember,
): boolean {
  if (kind !== device) return false
  // Trolleys stand in one network and belong to nobody, whoever uses them.
  if (kind === 'trolley') return true
  if (group !== wanted) return false
  if (isHead !== (owner?.user === HEAD_USER)) return false
  return year === undefined || owner?.year === year
}
