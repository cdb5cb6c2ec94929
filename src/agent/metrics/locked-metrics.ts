import { type LockedStatus, lockedAgeMs } from '#domain/locked-status.ts'
import type { Clock } from '#platform/clock.ts'
import type { Reading } from './agent-metrics.ts'

export interface LockedMetricParts {
  readonly clock: Clock
  readonly locked: { readonly status: () => LockedStatus }
}

type InForce = Extract<LockedStatus, { readonly kind: 'in-force' }>

/** The locked bundle. Without one there is no age, serial or count, rather than one that could be taken for true. */
export function lockedReadings({ locked, clock }: LockedMetricParts): Reading[] {
  const inForce = (): readonly InForce[] => {
    const status = locked.status()
    return status.kind === 'in-force' ? [status] : []
  }
  return [
    {
      name: 'edge_locked_bundle_installed',
      help: '1 while a bundle of illegal-content lists is in force; with 0 the box is not compliant',
      kind: 'gauge',
      read: () => inForce().length,
    },
    {
      name: 'edge_locked_bundle_faulty',
      help: '1 while a bundle that was installed cannot be read',
      kind: 'gauge',
      read: () => (isSound(locked.status()) ? 0 : 1),
    },
    {
      name: 'edge_locked_bundle_age_seconds',
      help: 'Time since the bundle in force was made',
      kind: 'gauge',
      label: 'publisher',
      read: () =>
        inForce().map((status) => [status.publisher, lockedAgeMs(status, clock.wallMs()) / 1000]),
    },
    {
      name: 'edge_locked_bundle_serial',
      help: 'Number of the bundle in force',
      kind: 'gauge',
      label: 'publisher',
      read: () => inForce().map(({ publisher, serial }) => [publisher, serial]),
    },
    {
      name: 'edge_locked_bundle_names',
      help: 'Names of the bundle in force, by category',
      kind: 'gauge',
      label: 'category',
      read: () => inForce().flatMap(({ names }) => Object.entries(names)),
    },
  ]
}

function isSound(status: LockedStatus): boolean {
  return status.kind === 'none' || (status.kind === 'in-force' && status.problem === undefined)
}
