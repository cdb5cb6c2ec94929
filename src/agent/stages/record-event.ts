import { categoryOf, isAlerting } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { nameFromWire } from '#rules/domain-name.ts'
import { BYPASS_CANARIES_LIST } from '#rules/sets/bypass-canaries.ts'
import type { Client } from '../identity/client.ts'
import type { Answer, Query } from '../query.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import { type Stage, whenAnswered } from '../stage.ts'

export interface RecordEventOptions {
  /** Takes note at once, without blocking and without throwing. */
  readonly record: (lookup: BlockedLookup) => void
  /** Whether a lookup is counted with an earlier one of the same client in the same category; `list` decided it. */
  readonly isFolded?: (client: Client, category: CategoryId, list: string) => boolean
  /** Keyed hash of a name in wire form, the same for the same name on this appliance only. */
  readonly hashName: (name: Uint8Array) => string
}

/**
 * Tells of lookups in alerting categories that were blocked, or allowed and are watched, after the answer is decided and whatever decided it. Names under
 * `illegal.*` leave this stage as keyed hashes only. Who asks for protected help leaves no trace, even where its answer leads to what is
 * locked, and our own self-test alarms nobody. Fails open: an event that cannot be kept is counted by the outbox, the answer goes out all the same.
 */
export function makeRecordEvent(options: RecordEventOptions): Stage {
  const recordAnswered = (query: Query, answer: Answer): Answer => {
    if (answer.kind !== 'pending' && !query.isSelfTest) recordAlerting(query, options)
    return answer
  }
  return (next) => (query) => whenAnswered(next(query), query, recordAnswered)
}

function recordAlerting(query: Query, { record, hashName, isFolded }: RecordEventOptions): void {
  const { verdict, decided, client, view } = query
  if (decided?.reason === 'protected') return
  // A redirected category is not had either: its verdict names it, that of safe search names none.
  if (verdict?.kind !== 'block' && verdict?.kind !== 'rewrite' && verdict?.kind !== 'monitor')
    return
  if (!client || verdict.category === undefined) return
  // Devices ask for these by themselves, to learn whether the network filters: nobody looked anything up.
  if (verdict.list === BYPASS_CANARIES_LIST) return
  const category = categoryOf(verdict.category)
  if (!category?.theme || !isAlerting(category.id)) return
  if (isFolded?.(client, category.id, verdict.list)) return
  const isIllegal = category.id.startsWith('illegal.')
  record({
    client: client.key,
    group: client.group,
    category: category.id,
    theme: category.theme,
    severity: category.severity,
    name: isIllegal
      ? { form: 'hash', hash: hashName(view.name.subarray(0, view.nameLength)) }
      : { form: 'clear', name: nameFromWire(view.name, 0) },
    list: verdict.list,
    ...(verdict.kind === 'monitor' && { isMonitored: true }),
  })
}
