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

/**
 * Names to try a new list with before it is put in force: services of government, exam boards, help for children, sign-in and
 * updates of devices, delivery networks, and where certificates are checked. Not rules: policy may block any of them.
 */
export const GUARD_NAMES: readonly GuardName[] = file.names.map(readGuard)

function readGuard(entry: {
  readonly name: string
  readonly mayBeIn?: readonly string[] | undefined
}): GuardName {
  const name = parseDomainName(entry.name)
  if (isRuleFailure(name)) throw new CuratedSetError(`guard-names: ${entry.name}: ${name.detail}`)
  const mayBeIn = (entry.mayBeIn ?? []).map((category) => {
    if (isCategoryId(category)) return category
    throw new CuratedSetError(`guard-names: ${entry.name}: no category ${category}`)
  })
  return { name, mayBeIn }
}
