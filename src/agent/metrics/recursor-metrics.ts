import type { Recursor } from '../recursor/recursor.ts'
import type { Reading } from './agent-metrics.ts'

export interface RecursorMetricParts {
  readonly recursor: Pick<Recursor, 'isUp' | 'starts'>
}

/** Unbound beside the agent; all 0 where it is switched off. */
export function recursorReadings({ recursor }: RecursorMetricParts): Reading[] {
  return [
    {
      name: 'edge_recursor_up',
      help: '1 while the recursor beside the agent runs',
      kind: 'gauge',
      read: () => Number(recursor.isUp),
    },
    {
      name: 'edge_recursor_starts_total',
      help: 'Starts of the recursor; more than one for each start of the agent or change of its settings is a fault',
      kind: 'counter',
      read: () => recursor.starts,
    },
  ]
}
