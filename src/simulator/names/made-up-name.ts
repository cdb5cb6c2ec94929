import { LOCKED_CATEGORIES } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { canaryOf } from '#rules/sets/canaries.ts'

/** What the rules know by their canary, and no list may add to: help, what the law locks, what devices need. */
export function isByCanary(category: CategoryId): boolean {
  return (
    category === 'protected.help' ||
    category.startsWith('core.') ||
    LOCKED_CATEGORIES.includes(category)
  )
}

/** A made-up name in a category. Those that no list may add to lie below the category's canary. */
export function madeUpName(label: string, category: CategoryId | undefined): string {
  if (category !== undefined && isByCanary(category)) return `${label}.${canaryOf(category)}`
  return `${label}.test`
}
