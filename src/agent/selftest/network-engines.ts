import type { CuratedName } from '#rules/sets/curated-set.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import type { ReadyGroup } from '../policy/ready-config.ts'

/** One name for each place that engines and YouTube are led to for a group. */
export function engineNames(group: ReadyGroup): readonly CuratedName[] {
  const services: readonly string[] = [
    ...(group.safeSearch ? ['safesearch'] : []),
    ...(group.youtube === 'off' ? [] : [`youtube-${group.youtube}`]),
  ]
  const byTarget = new Map<string, CuratedName>()
  for (const { purpose, names } of CURATED_SETS) {
    if (purpose.kind !== 'service' || !services.includes(purpose.service)) continue
    for (const one of names)
      if (one.target !== undefined && !byTarget.has(one.target)) byTarget.set(one.target, one)
  }
  return [...byTarget.values()]
}
