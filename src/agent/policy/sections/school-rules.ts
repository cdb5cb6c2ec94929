import type { z } from 'zod'
import { type DomainName, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { block, field, listOf, type Reading, shortName, text } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { type LocalMoment, momentField } from '../time-fields.ts'

/** One name that the school allows or denies, with everything below it. */
export interface SchoolRuleSection {
  readonly name: DomainName
  /** Shown wherever the rule decides: why is it here? */
  readonly reason: string
  readonly author?: string | undefined
  /** When it goes out of force by itself. */
  readonly expires?: LocalMoment | undefined
  /** Absent: for every group. */
  readonly groups?: readonly string[] | undefined
}

const schoolRule: z.ZodType<SchoolRuleSection> = block({
  name: field(readName),
  reason: text('a reason', 200),
  author: text('an author', 64).optional(),
  expires: momentField().optional(),
  groups: listOf(shortName('a group'), 'groups', FILE_LIMITS.groups).optional(),
})

/** `allow` and `deny`: the school's own list. Deny wins over allow; neither moves what is locked. */
export const schoolRulesSection: z.ZodType<readonly SchoolRuleSection[]> = listOf(
  schoolRule,
  'names with reasons',
  FILE_LIMITS.schoolNames,
)

/** Reads a name that stands for itself and all below it. */
export function readName(found: unknown): Reading<DomainName> {
  const allowed = 'a domain name such as example.org; it covers all names below it'
  if (typeof found !== 'string') return { allowed }
  const address = /^[a-z]+:\/\/([^/:?#]+)/i.exec(found)?.[1]
  if (address !== undefined)
    return { allowed, hint: `write only the name: ${address.slice(0, 60)}` }
  const name = parseDomainName(found.replace(/^\*\./, ''))
  if (isRuleFailure(name)) return { allowed, hint: name.detail }
  return name === '.' ? { allowed, hint: 'this is every name there is' } : { value: name }
}
