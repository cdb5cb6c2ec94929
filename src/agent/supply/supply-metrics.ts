import type { Clock } from '#platform/clock.ts'
import type { Reading } from '../metrics/agent-metrics.ts'
import type { ShownList } from './list-report.ts'
import { needsSomebody } from './list-state.ts'
import type { ListSupply } from './list-supply.ts'

/** How lists are supplied. The label is the id of a list in the configuration, at most 256, or one of five results. */
export function supplyReadings(supply: ListSupply, clock: Clock): readonly Reading[] {
  const each = (read: (list: ShownList) => number | undefined): Reading['read'] => {
    return () =>
      supply.all().flatMap((list) => {
        const value = read(list)
        return value === undefined ? [] : [[list.id, value]]
      })
  }
  const gauge = { kind: 'gauge', label: 'list' } as const
  return [
    {
      ...gauge,
      name: 'edge_list_confirmed_age_seconds',
      help: 'Time since the source of a list last confirmed what is in force',
      read: each(({ confirmedAt }) =>
        confirmedAt === undefined ? undefined : (clock.wallMs() - confirmedAt) / 1000,
      ),
    },
    {
      ...gauge,
      name: 'edge_list_stale',
      help: '1 while a list has not been confirmed for three of its intervals',
      read: each(({ isStale }) => Number(isStale)),
    },
    {
      ...gauge,
      name: 'edge_list_needs_attention',
      help: '1 while a list is not in force, or its newest version is not used, or it is stale',
      read: each(({ state }) => Number(needsSomebody(state))),
    },
    {
      name: 'edge_list_attempts_total',
      kind: 'counter',
      help: 'Lists looked for, by what became of it',
      label: 'result',
      read: () => Object.entries(supply.counts()),
    },
  ]
}
