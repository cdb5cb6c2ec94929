import { z } from 'zod'
import {
  block,
  choice,
  flag,
  integer,
  listOf,
  mapOf,
  shortName,
  text,
} from '#agent/policy/fields.ts'
import { PROFILE_NAMES, type ProfileName } from '#agent/policy/profiles.ts'
import { CATEGORY_IDS, type CategoryId } from '#rules/category-ids.ts'
import { THEMES, type ThemeId } from '#rules/themes.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import {
  ABOUT,
  DEEDS,
  type Deed,
  STORY_DEVICES,
  type StoryDevice,
  TOLD,
  type Told,
} from './story.ts'
import { decidedByField, gapField, siteField, whenField } from './story-fields.ts'

export const STORY_LIMITS = {
  fileBytes: 262_144,
  /** Entries of the cast, and devices of one entry. */
  cast: 20,
  castCount: 60,
  sites: 200,
  steps: 300,
  times: 500,
  /** Deeds of one story, over all steps, times and people. */
  deeds: 20_000,
  expectations: 20,
  snoozes: 20,
} as const
const DAY_MS = 86_400_000
const GAP_MAX_MS = 14 * DAY_MS
const theme = choice(THEMES.map(({ id }) => id))

/** What a file says, checked by itself and not yet against itself. Times in milliseconds. */
export interface StorySection {
  readonly story: string
  readonly title: string
  readonly about?: string | undefined
  readonly cast: Readonly<Record<string, CastSection>>
  readonly sites?:
    | Readonly<Record<string, { readonly category?: CategoryId | undefined } | null>>
    | undefined
  readonly steps: readonly StepSection[]
  readonly snoozes?: readonly SnoozeSection[] | undefined
  readonly expect: readonly ExpectSection[]
  readonly 'else-at-most'?: Severity | 'none' | undefined
}
interface CastSection {
  readonly device: StoryDevice
  readonly group?: ProfileName | undefined
  readonly year?: number | undefined
  readonly count?: number | undefined
  readonly 'is-head'?: boolean | undefined
}
export interface StepSection {
  readonly id: string
  readonly at: number
  readonly who: string | readonly string[]
  readonly does: Deed
  readonly site?: string | undefined
  readonly times?: number | undefined
  readonly every?: number | undefined
  readonly apart?: number | undefined
}
interface SnoozeSection {
  readonly theme: ThemeId
  readonly group: ProfileName
  readonly from: number
  readonly to: number
  readonly reason: string
}
interface ExpectSection {
  readonly theme: ThemeId
  readonly about: (typeof ABOUT)[number]
  readonly who: string
  readonly severity: Severity
  readonly told: Told
  readonly 'decided-by': { readonly step: string; readonly time: number | undefined }
}

export const storySchema: z.ZodType<StorySection> = block({
  story: shortName('the id of the story, as its file is called'),
  title: text('a title', 120),
  about: z
    .string({ error: () => 'some lines of text' })
    .max(2000)
    .optional(),
  cast: mapOf(
    block({
      device: choice(STORY_DEVICES),
      group: choice(PROFILE_NAMES).optional(),
      year: integer(7, 13).optional(),
      count: integer(1, STORY_LIMITS.castCount).optional(),
      'is-head': flag().optional(),
    }),
    'people by a short name of your choice',
  ),
  sites: mapOf(
    block({ category: choice(CATEGORY_IDS).optional() }).nullable(),
    'sites by their name',
  ).optional(),
  steps: listOf(
    block({
      id: shortName('the id of the step'),
      at: whenField(),
      who: z.union(
        [shortName('somebody of the cast'), z.array(shortName('somebody of the cast'))],
        {
          error: () => 'somebody of the cast, or a list of them',
        },
      ),
      does: choice(DEEDS),
      site: siteField().optional(),
      times: integer(1, STORY_LIMITS.times).optional(),
      every: gapField(GAP_MAX_MS).optional(),
      apart: gapField(GAP_MAX_MS).optional(),
    }),
    'steps',
    STORY_LIMITS.steps,
  ),
  snoozes: listOf(
    block({
      theme,
      group: choice(PROFILE_NAMES),
      from: whenField(),
      to: whenField(),
      reason: text('a reason', 200),
    }),
    'snoozes',
    STORY_LIMITS.snoozes,
  ).optional(),
  expect: listOf(
    block({
      theme,
      about: choice(ABOUT),
      who: shortName('somebody of the cast'),
      severity: choice(SEVERITIES),
      told: choice(TOLD),
      'decided-by': decidedByField(),
    }),
    'alerts',
    STORY_LIMITS.expectations,
  ),
  'else-at-most': choice(['none', ...SEVERITIES]).optional(),
})
