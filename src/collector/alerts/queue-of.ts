import type { Profile } from '#rules/categories.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Queue } from './alert.ts'

/**
 * Whose it is to review. Machines are IT's, whoever sits before them. A head's own is the chair's even where it is not
 * sure that it was the head: the head must not be the one who decides that.
 */
export function queueOf(facts: {
  readonly theme: ThemeId | undefined
  readonly profile: Profile | undefined
  readonly user: string | undefined
  /** Users in lower case. */
  readonly heads: ReadonlySet<string>
}): Queue {
  const { theme, profile, user, heads } = facts
  if (theme === 'security' || theme === 'circumvention') return 'it'
  if (user !== undefined && heads.has(user.toLowerCase())) return 'chair'
  return profile === 'staff' ? 'head' : 'safeguarding'
}
