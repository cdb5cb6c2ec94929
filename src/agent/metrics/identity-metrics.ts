import type { Identities } from '../identity/identities.ts'
import type { Reading } from './agent-metrics.ts'

export interface IdentityMetricParts {
  readonly identities: Identities
}

/** How much is known of who asks; labels are sources and bands of confidence. */
export function identityReadings({ identities }: IdentityMetricParts): Reading[] {
  const { table } = identities
  return [
    gauge('edge_identity_devices', 'Devices that are known', () => table.readings().devices),
    gauge(
      'edge_identity_addresses',
      'Addresses of which the device is known',
      () => table.readings().addresses,
    ),
    gauge('edge_identity_sessions', 'People logged on', () => table.readings().sessions),
    gauge('edge_identity_owners', 'Devices with an owner', () => table.readings().owners),
    {
      name: 'edge_identity_crowded_out_total',
      help: 'Facts about devices and people that found no room',
      kind: 'counter',
      read: () => table.readings().crowdedOut,
    },
    {
      name: 'edge_identity_sightings_total',
      help: 'Facts about devices and people, by what told them',
      kind: 'counter',
      label: 'source',
      read: () => [...table.readings().told],
    },
    {
      name: 'edge_identity_queries_total',
      help: 'Queries by how sure it was who asked',
      kind: 'counter',
      label: 'confidence',
      read: () => identities.queriesByBand(),
    },
  ]
}

function gauge(name: string, help: string, read: () => number): Reading {
  return { name, help, kind: 'gauge', read }
}
