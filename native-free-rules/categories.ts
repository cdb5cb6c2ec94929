import { CATEGORY_IDS, type CategoryId } from './category-ids.ts'
import {
  CATEGORY_TABLE,
  type CategoryRoute,
  type CategorySeverity,
  type CategoryTier,
} from './category-table.ts'
import { THEMES, type ThemeId } from './themes.ts'

export { type CategoryId, isCategoryId } from './category-ids.ts'
export { THEMES } from './themes.ts'

/** Whom defaults are made for. */
export const PROFILES = ['primary', 'secondary', 'sixth', 'staff', 'guest'] as const
export type Profile = (typeof PROFILES)[number]
export type DefaultAction = 'block' | 'allow' | 'monitor' | 'timetable'

/** One category: what it means, who may change it, and who hears of it. */
export interface Category {
  readonly id: CategoryId
  readonly title: string
  /** Completes "a device looked up ..." in plain English. */
  readonly sentence: string
  readonly tier: CategoryTier
  readonly defaults: Readonly<Record<Profile, DefaultAction>>
  readonly theme: ThemeId | undefined
  readonly severity: CategorySeverity
  readonly route: CategoryRoute
}

/** All categories, in the order of `CATEGORY_IDS`. */
export const CATEGORIES: readonly Category[] = CATEGORY_IDS.map(readRow)

const byId: ReadonlyMap<string, Category> = new Map(CATEGORIES.map((one) => [one.id, one]))

/** The category of an id, or undefined when there is none such. Never throws. */
export function categoryOf(id: string): Category | undefined {
  return byId.get(id)
}

/** Whether a blocked lookup in this category is told to a person. */
export function isAlerting(id: CategoryId): boolean {
  const category = byId.get(id)
  return category !== undefined && category.theme !== undefined && category.route !== 'none'
}

/** Blocked for everybody, by law: nothing in a policy lowers it. */
export function isLocked(id: CategoryId): boolean {
  return byId.get(id)?.tier === 'locked'
}

const GRAVE: ReadonlySet<ThemeId> = new Set(['illegal', 'suicide', 'self-harm'])

/** What no rule of the console opens, nor hides from those who are told: suicide, self-harm, and what the law locks. */
export function isGrave(id: CategoryId): boolean {
  const theme = byId.get(id)?.theme
  return isLocked(id) || (theme !== undefined && GRAVE.has(theme))
}

/** The locked categories, in the order of `CATEGORY_IDS`: none has a switch. */
export const LOCKED_CATEGORIES: readonly CategoryId[] = CATEGORIES.filter(
  ({ tier }) => tier === 'locked',
).map(({ id }) => id)

/** Always allowed: `core.*` and `protected.help`. */
export function isAllowLocked(id: CategoryId): boolean {
  return byId.get(id)?.tier === 'allow-locked'
}

/** Whether this is one of the ways round the filter, which pupils may never have. */
export function isBypass(id: CategoryId): boolean {
  return id.startsWith('bypass.')
}

/**
 * Plain titles of the themes that no list covers, so that silence is never taken for safety. `categoriesPresent` holds the
 * categories with at least one real name: see `RuleIndex.categoriesPresent`.
 */
export function themesWithoutList(categoriesPresent: ReadonlySet<CategoryId>): readonly string[] {
  const covered = new Set(
    CATEGORIES.filter(({ id }) => categoriesPresent.has(id)).map(({ theme }) => theme),
  )
  return THEMES.filter(({ id }) => !covered.has(id)).map(({ title }) => title)
}

function readRow(id: CategoryId): Category {
  const [tier, letters, themeOrNone, severity, route, title, sentence] = CATEGORY_TABLE[id]
  const theme = themeOrNone === 'none' ? undefined : themeOrNone
  return { id, title, sentence, tier, defaults: readDefaults(letters), theme, severity, route }
}

function readDefaults(letters: string): Readonly<Record<Profile, DefaultAction>> {
  const at = (index: number) => readAction(letters[index])
  return { primary: at(0), secondary: at(1), sixth: at(2), staff: at(3), guest: at(4) }
}

function readAction(letter: string | undefined): DefaultAction {
  if (letter === 'A') return 'allow'
  if (letter === 'M') return 'monitor'
  return letter === 'T' ? 'timetable' : 'block'
}
