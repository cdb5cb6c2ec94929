import { Counter, type Registry } from 'prom-client'
import { type BypassWay, GROUPS_TOLD_MAX, OTHER_GROUPS } from '../bypass-way.ts'

/** Counts signs of a way round the filter, by the group that asked. */
export type AddWays = (way: BypassWay, group: string, count: number) => void

/** Registers the count of signs. Groups are as many as configurations have named since the start, up to a bound. */
export function makeBypassCounter(registry: Registry): AddWays {
  const signals = new Counter({
    name: 'edge_bypass_signals_total',
    help: 'Questions that are signs of a way round the filter, answered or not, by the group that asked',
    labelNames: ['way', 'group'],
    registers: [registry],
  })
  const told = new Set<string>()
  return (way, asked, count) => {
    const group = told.has(asked) || told.size < GROUPS_TOLD_MAX ? asked : OTHER_GROUPS
    if (group === asked) told.add(asked)
    signals.inc({ way, group }, count)
  }
}
