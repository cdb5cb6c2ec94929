import { categoryOf } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import { type BlockVerdict, NO_LIST } from '#rules/verdict.ts'
import { TYPE } from '#wire/constants.ts'
import { type ActivePolicy, matchName } from '../active-policy.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { Rehearse, Rehearsed } from '../rehearse/rehearsal.ts'
import { askedHost } from './asked-host.ts'
import { type Audience, FAMILIES, type Family } from './page-facts.ts'

/** What the agent knows of a visit to the page; more than the page may show. */
export type Looked =
  | { readonly kind: 'stranger' }
  | {
      readonly kind: 'no-name' | 'locked' | 'care'
      readonly group: string
      readonly audience: Audience
    }
  | {
      readonly kind: 'open' | 'unreachable'
      readonly group: string
      readonly audience: Audience
      readonly name: DomainName
    }
  | LookedBlock

export interface LookedBlock {
  readonly kind: 'blocked'
  readonly group: string
  readonly audience: Audience
  readonly name: DomainName
  readonly family: Family
  readonly category: CategoryId | undefined
  /** Title, or undefined where no list decided. */
  readonly list: string | undefined
}

export interface LookParts {
  readonly rehearse: Rehearse
  readonly policy: () => ActivePolicy
  readonly config: () => ReadyConfig
}

/**
 * What a client's visit to a name is about: decided anew, now, for this client, through the stages that answered its DNS query. So
 * the page tells the reason that counts, and nothing of what another group gets.
 */
export async function lookAt(
  visit: { readonly address: string; readonly host: string },
  parts: LookParts,
): Promise<Looked> {
  const client = parts.policy().clients.find(visit.address)
  if (!client) return { kind: 'stranger' }
  const { group } = client
  const audience = audienceOf(group, parts.config())
  const name = askedHost(visit.host)
  if (name === undefined) return { kind: 'no-name', group, audience }
  const wire = nameToWire(name)
  let isAnswered = false
  for (const type of [TYPE.A, TYPE.AAAA]) {
    const asker = { kind: 'client', address: visit.address } as const
    const found = await parts.rehearse({ asker, name: wire, type })
    const block = blockOf(found)
    if (block) return lookedBlock(block, { name, wire, type, group, audience }, parts)
    isAnswered ||= found.result !== 'failed'
  }
  return { kind: isAnswered ? 'open' : 'unreachable', group, audience, name }
}

interface Place {
  readonly name: DomainName
  readonly wire: Uint8Array
  readonly type: number
  readonly group: string
  readonly audience: Audience
}

function lookedBlock(
  verdict: BlockVerdict,
  { name, wire, type, group, audience }: Place,
  parts: LookParts,
): Looked {
  if (verdict.reason === 'locked') return { kind: 'locked', group, audience }
  const policy = parts.policy()
  if (isCare(verdict, wire, type, policy)) return { kind: 'care', group, audience }
  const { category, list } = verdict
  return {
    kind: 'blocked',
    group,
    audience,
    name,
    family: familyOf(verdict),
    category,
    list: list === NO_LIST ? undefined : policy.rules.lists.find(({ id }) => id === list)?.title,
  }
}

function blockOf({ verdict }: Rehearsed): BlockVerdict | undefined {
  return verdict?.kind === 'block' ? verdict : undefined
}

/** Also where something else decided first: what a list says of the name may mean a child at risk all the same. */
function isCare(
  { category }: BlockVerdict,
  wire: Uint8Array,
  type: number,
  policy: ActivePolicy,
): boolean {
  if (category?.startsWith('harm.')) return true
  const matches = new Matches()
  matchName(policy, wire, 0, matches, type)
  return matches.entries.subarray(0, matches.count).some((entry) => {
    const effect = policy.rules.entries[entry]?.effect
    return effect?.kind === 'categorise' && effect.category.startsWith('harm.')
  })
}

function familyOf({ reason, category }: BlockVerdict): Family {
  switch (reason) {
    case 'school-deny':
      return 'school'
    case 'address':
      return 'address'
    case 'rebinding':
      return 'private'
    case 'uncategorised':
      return 'unlisted'
    case 'rewrite-unavailable':
    case 'rewrite-signed':
      return 'search'
    case 'locked':
    case 'bypass-floor':
    case 'category': {
      const family = category?.split('.')[0]
      return FAMILIES.find((one) => one === family) ?? 'unlisted'
    }
    default:
      return reason satisfies never
  }
}

/** Guests read what older pupils read; a group that is not known is taken for the youngest. */
function audienceOf(group: string, { groups }: ReadyConfig): Audience {
  const profile = groups.get(group)?.profile ?? 'ks1'
  if (profile === 'staff') return 'staff'
  return profile === 'ks1' || profile === 'ks2' ? 'primary' : 'secondary'
}

/** A category's title for the page: the youngest are told why in plain words alone. */
export function shownCategory({ category, audience }: LookedBlock): string | undefined {
  return category === undefined || audience === 'primary' ? undefined : categoryOf(category)?.title
}
