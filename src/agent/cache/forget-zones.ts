import type { ReadyZone } from '../policy/ready-config.ts'
import { ZoneTable } from '../zone-table.ts'
import type { AnswerCache } from './answer-cache.ts'

/**
 * Drops what is known of names whose upstreams have changed: an answer of a zone's upstream serves names of that zone alone, and the
 * default's none of it.
 */
export function forgetChangedZones(
  before: readonly ReadyZone[],
  after: readonly ReadyZone[],
  cache: AnswerCache,
): void {
  if (before === after) return
  const [old, now] = [new Set(before.map(textOf)), new Set(after.map(textOf))]
  const changed = [...before, ...after].filter(
    (zone) => !(old.has(textOf(zone)) && now.has(textOf(zone))),
  )
  if (changed.length === 0) return
  const table = new ZoneTable([...new Set(changed.map(({ zone }) => zone))])
  cache.forget((key) => table.holdsKey(key))
}

function textOf({ zone, upstreams }: ReadyZone): string {
  return JSON.stringify([zone, upstreams])
}
