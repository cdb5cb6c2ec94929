import { isAllowLocked } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { DomainName } from '#rules/domain-name.ts'
import type { RuleScope } from '#rules/list.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'

/** Notes of one kind; the rest is counted. */
const NOTES_MAX = 20

interface AlwaysOpen {
  readonly name: DomainName
  readonly scope: RuleScope
  readonly category: CategoryId
}

/** Names that stay open whatever anybody denies: protected help and core. */
const ALWAYS_OPEN: ReadonlyMap<string, AlwaysOpen> = new Map(
  CURATED_SETS.flatMap(({ purpose, names }) =>
    purpose.kind === 'category' && isAllowLocked(purpose.category)
      ? names.map(({ name, scope }) => [name, { name, scope, category: purpose.category }] as const)
      : [],
  ),
)

/** Denials that can have no effect, since what they name stays open for everybody. */
export function denyNotes(deny: readonly { readonly name: DomainName }[]): readonly string[] {
  const idle = deny.flatMap(({ name }) => {
    const open = openAt(name)
    return open ? [sayIdle(name, open)] : []
  })
  const more = idle.length - NOTES_MAX
  return [
    ...idle.slice(0, NOTES_MAX),
    ...(more > 0 ? [`${more} more denials have no effect for the same reason`] : []),
  ]
}

/** The name itself, or the nearest above it, that is always open. */
function openAt(name: DomainName): AlwaysOpen | undefined {
  const labels = name.split('.')
  for (let i = 0; i < labels.length; i++) {
    const open = ALWAYS_OPEN.get(labels.slice(i).join('.'))
    if (open && (i === 0 ? open.scope !== 'below' : open.scope !== 'exact')) return open
  }
  return undefined
}

function sayIdle(name: DomainName, open: AlwaysOpen): string {
  const which = open.name === name ? 'it' : open.name
  const where = open.scope === 'exact' ? ' on the name itself' : ''
  return `deny ${name} has no effect${where}: ${which} is in ${open.category}, which stays open to everybody`
}
