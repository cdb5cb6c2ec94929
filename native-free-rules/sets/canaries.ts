import { CATEGORY_IDS, type CategoryId } from '../category-ids.ts'

/** The list that holds a made-up name for every category. */
export const CANARIES_LIST = 'canaries'

/** Whether what a list says of a name is a trial of the filter. No list of a school's can have that id. */
export function isTrial(list: string | undefined): boolean {
  return list === CANARIES_LIST
}

/**
 * One made-up name for every category, so that a filter can be tried end to end without looking anything bad up: a school's check,
 * a self-test, a demonstration. `.test` can be nobody's (RFC 6761 section 6.2), so a canary is never counted as content of a list.
 */
export const CANARIES: readonly { readonly name: string; readonly category: CategoryId }[] =
  CATEGORY_IDS.filter((id) => id !== 'uncategorised').map((category) => ({
    name: canaryOf(category),
    category,
  }))

/** The canary of a category: `harm.selfharm` has `canary-harm-selfharm.test`. */
export function canaryOf(category: CategoryId): string {
  return `canary-${category.replaceAll(/[._]/g, '-')}.test`
}
