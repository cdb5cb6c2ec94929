import type { MacAddress } from '#domain/mac-address.ts'
import { chooseGroup } from '../identity/choose-group.ts'
import type { Owner } from '../identity/feeds/owners/read-owner.ts'
import { IDENTITY_LIMITS } from '../identity/identity-limits.ts'
import { KnownDevices } from '../identity/known-devices.ts'
import type { Place } from '../identity/session-book.ts'
import type { ReadyIdentity } from '../policy/ready-identity.ts'

/** Devices that are in a group whoever is logged on, by what a firewall can see of them. */
export interface GroupedDevices {
  readonly macs: ReadonlyMap<MacAddress, string>
  /** In canonical text; the MAC beside it where the configuration names both. */
  readonly addresses: ReadonlyMap<string, AddressGroup>
}

export interface AddressGroup {
  readonly group: string
  readonly mac: MacAddress | undefined
}

/**
 * What the configuration and the import of owners say of devices, by the agent's own books, so that a firewall and the policy cannot differ in it. Logons and
 * the directory are left out: they come and go, and rules of a firewall stand.
 */
export function groupedDevices(identity: ReadyIdentity, owners: readonly Owner[]): GroupedDevices {
  const known = new KnownDevices(IDENTITY_LIMITS.owners)
  known.use(identity, 0)
  const imported = owners.flatMap(({ macs, name, user, group }) =>
    macs.map((mac) => ({ kind: 'owner-known', source: 'owners', mac, name, user, group }) as const),
  )
  for (const owner of imported) known.own(owner, 0)
  const groupOf = (place: Place): string | undefined => {
    const { user, group } = known.factsOf(place)
    return chooseGroup({ user, memberOf: [], device: group }, identity)?.group
  }
  const macs = new Set([...identity.devices, ...imported].flatMap(({ mac }) => mac ?? []))
  return {
    macs: new Map(
      [...macs].flatMap((mac) => {
        const group = groupOf({ address: undefined, mac })
        return group === undefined ? [] : [[mac, group]]
      }),
    ),
    addresses: new Map(
      identity.devices.flatMap(({ address, mac }) => {
        const group = address && groupOf({ address, mac: undefined })
        return address === undefined || !group ? [] : [[address, { group, mac }]]
      }),
    ),
  }
}
