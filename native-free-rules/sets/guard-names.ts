import { type CategoryId, isCategoryId } from '../category-ids.ts'
import { type DomainName, parseDomainName } from '../domain-name.ts'
import { isRuleFailure } from '../rule-failure.ts'
import { CuratedSetError } from './curated-set.ts'
import file from './guard-names.json' with { type: 'json' }

/** A name that a school must reach, so that a list which blocks it is broken. */
export interface GuardName {
  readonly name: DomainName
  /** Categories of which it is a part, so that lists of these may hold it. */
  readonly mayBeIn: readonly CategoryId[]
}

/** A domain under which a delivery network keeps its customers: one of them may be blocked, all of them may not. */
export interface GuardZone extends GuardName {
  /** Names below it, shaped like those of customers where they stand deeper than one label. */
  readonly like: readonly DomainName[]
}

/**
 * Names to try a new list with before it is put in force: services of government, exam boards, help for children, sign-in and
 * updates of devices, delivery networks, and where certificates are checked. Not rules: policy may block any of them.
 */
export const GUARD_NAMES: readonly GuardName[] = file.names.map(readGuard)

/**
 * Domains of delivery networks. What a name leads to is judged by its names too, so that with one of these a list would block
 * most of what a school uses without naming any of it.
 */
export const GUARD_ZONES: readonly GuardZone[] = file.zones.map((entry) => ({
  ...readGuard(entry),
  like: (entry.like ?? []).map(readName),
}))

/** The categories that an entry names. Throws CuratedSetError for what is none. */
export function readMayBeIn(
  what: string,
  categories: readonly string[] | undefined,
): readonly CategoryId[] {
  return (categories ?? []).map((category) => {
    if (isCategoryId(category)) return category
    throw new CuratedSetError(`${what}: no category ${category}`)
  })
}

function readGuard(entry: {
  readonly name: string
  readonly mayBeIn?: readonly string[] | undefined
}): GuardName {
  return { name: readName(entry.name), mayBeIn: readMayBeIn(entry.name, entry.mayBeIn) }
}

function readName(text: string): DomainName {
  const name = parseDomainName(text)
  if (isRuleFailure(name)) throw new CuratedSetError(`guard-names: ${text}: ${name.detail}`)
  return name
}
