import type { DirectoryFeed } from '../identity/feeds/directory/start-directory.ts'
import type { LeaseFeed } from '../identity/feeds/leases/start-leases.ts'
import type { NameFeed } from '../identity/feeds/names/start-names.ts'
import type { NeighbourFeed } from '../identity/feeds/neighbours/start-neighbours.ts'
import type { OwnersFeed } from '../identity/feeds/owners/start-owners.ts'
import type { RadiusFeed } from '../identity/feeds/radius/start-radius.ts'
import type { Reading } from './agent-metrics.ts'

/** The sources of what is known of devices and people. */
export interface FeedMetricParts {
  readonly directory: Pick<DirectoryFeed, 'readings'>
  readonly radius: Pick<RadiusFeed, 'readings'>
  readonly owners: Pick<OwnersFeed, 'readings'>
  readonly leases: Pick<LeaseFeed, 'readings'>
  readonly neighbours: Pick<NeighbourFeed, 'readings'>
  readonly names: Pick<NameFeed, 'readings'>
}

/** Labels are outcomes of closed sets. */
export function feedReadings(parts: FeedMetricParts): readonly Reading[] {
  const { radius, owners, leases, neighbours } = parts
  return [
    {
      name: 'edge_radius_packets_total',
      help: 'Packets of RADIUS accounting by what became of them',
      kind: 'counter',
      label: 'outcome',
      read: () => Object.entries(radius.readings().outcomes),
    },
    gauge('edge_radius_sessions', 'Sessions that are open', () => radius.readings().sessions),
    gauge(
      'edge_radius_listeners_missing',
      'Addresses that could not be listened on',
      () => radius.readings().listenersWanted - radius.readings().listening,
    ),
    gauge(
      'edge_owners_rows_refused',
      'Rows of the owners that were not taken',
      () => owners.readings().refused,
    ),
    gauge('edge_owners_fault', '1 while the newest file of owners is of no use', () =>
      Number(owners.readings().fault !== undefined),
    ),
    gauge('edge_leases', 'Leases that hold', () => leases.readings().leases),
    gauge(
      'edge_lease_files_unreadable',
      'Lease files that cannot be read',
      () => leases.readings().unreadable,
    ),
    counter(
      'edge_lease_lines_malformed_total',
      'Lines of lease files that say nothing',
      () => leases.readings().malformed,
    ),
    gauge(
      'edge_neighbours',
      'Entries of the neighbour tables in use',
      () => neighbours.readings().neighbours,
    ),
    ...asked(parts),
  ]
}

/** What is asked of others. */
function asked({ directory, names }: FeedMetricParts): readonly Reading[] {
  return [
    {
      name: 'edge_device_names_total',
      help: 'Addresses that were looked up for a name, by what came of it',
      kind: 'counter',
      label: 'outcome',
      read: () => {
        const { reverseNamed, mdnsNamed, nameless, unconfirmed, failed } = names.readings()
        return Object.entries({ reverseNamed, mdnsNamed, nameless, unconfirmed, failed })
      },
    },
    {
      name: 'edge_directory_total',
      help: 'Look-ups of users in the directory, and what became of them',
      kind: 'counter',
      label: 'outcome',
      read: () => directoryCounts(directory),
    },
  ]
}

function directoryCounts({
  readings,
}: Pick<DirectoryFeed, 'readings'>): readonly (readonly [string, number])[] {
  return Object.entries(readings()).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name, value] as const] : [],
  )
}

function gauge(name: string, help: string, read: () => number): Reading {
  return { name, help, kind: 'gauge', read }
}

function counter(name: string, help: string, read: () => number): Reading {
  return { name, help, kind: 'counter', read }
}
