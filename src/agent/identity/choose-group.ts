import type { IdentitySource, Known } from '#domain/identity.ts'
import { GROUP_CONFIDENCE_MIN } from './confidence-rules.ts'

/** What could decide about a group, each with how sure it is. */
export interface GroupGrounds {
  readonly user: Known | undefined
  /** Groups of the directory that the user is in. */
  readonly memberOf: readonly string[]
  /** What the configuration, or the list of owners, says of the device itself. */
  readonly device: Known | undefined
}

/** What the configuration makes of users and of groups of the directory. */
export interface GroupRules {
  /** By user, lower case. */
  readonly users: ReadonlyMap<string, string>
  /** In order: the first that a user is in counts. */
  readonly memberOf: ReadonlyMap<string, string>
}

/** A group that somebody is in for another reason than where they are. */
export interface ChosenGroup {
  readonly group: string
  readonly source: IdentitySource
  readonly confidence: number
  readonly since: number
}

/**
 * The most specific wins: the user, then the groups of the directory that the user is in, then the device. Whatever is less than sure
 * enough decides nothing; undefined: the network does.
 */
export function chooseGroup(
  { user, memberOf, device }: GroupGrounds,
  rules: GroupRules,
): ChosenGroup | undefined {
  return (
    (user && chosen(rules.users.get(user.value.toLowerCase()), user)) ??
    (user && chosen(groupOfMember(memberOf, rules.memberOf), user)) ??
    (device && chosen(device.value, device))
  )
}

function chosen(group: string | undefined, why: Known): ChosenGroup | undefined {
  if (group === undefined || why.confidence < GROUP_CONFIDENCE_MIN) return undefined
  const { source, confidence, since } = why
  return { group, source, confidence, since }
}

/** Names of the directory are compared without regard to case (RFC 4518). */
function groupOfMember(
  memberOf: readonly string[],
  rules: ReadonlyMap<string, string>,
): string | undefined {
  const names = new Set(memberOf.map((one) => one.toLowerCase()))
  for (const [name, group] of rules) if (names.has(name.toLowerCase())) return group
  return undefined
}
