import type { Profile } from '#rules/categories.ts'

/** What a school calls its groups by, youngest first; staff and guests last. */
export const PROFILE_NAMES = ['ks1', 'ks2', 'ks3', 'ks4', 'ks5', 'staff', 'guest'] as const
export type ProfileName = (typeof PROFILE_NAMES)[number]

/** Whether a group exists though no file names it: one a profile does, by the profile's name. */
export function isDefaultGroup(name: string): name is ProfileName {
  return PROFILE_NAMES.some((profile) => profile === name)
}

interface ProfileFacts {
  readonly defaults: Profile
  readonly kind: 'pupil' | 'staff' | 'guest'
  readonly youtube: 'strict' | 'moderate' | 'off'
}

const FACTS: Readonly<Record<ProfileName, ProfileFacts>> = {
  ks1: { defaults: 'primary', kind: 'pupil', youtube: 'strict' },
  ks2: { defaults: 'primary', kind: 'pupil', youtube: 'strict' },
  ks3: { defaults: 'secondary', kind: 'pupil', youtube: 'moderate' },
  ks4: { defaults: 'secondary', kind: 'pupil', youtube: 'moderate' },
  ks5: { defaults: 'sixth', kind: 'pupil', youtube: 'moderate' },
  staff: { defaults: 'staff', kind: 'staff', youtube: 'off' },
  guest: { defaults: 'guest', kind: 'guest', youtube: 'moderate' },
}

/** Which column of the category table a profile takes its defaults from. */
export function defaultsOf(profile: ProfileName): Profile {
  return FACTS[profile].defaults
}

/** Whom a profile is for. */
export function kindOf(profile: ProfileName): 'pupil' | 'staff' | 'guest' {
  return FACTS[profile].kind
}

/** How restricted YouTube is unless the group says otherwise. */
export function youtubeOf(profile: ProfileName): 'strict' | 'moderate' | 'off' {
  return FACTS[profile].youtube
}
