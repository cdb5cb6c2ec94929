import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DeviceFacts, Known } from '#domain/identity.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import { NETWORK_CONFIDENCE } from './confidence-rules.ts'
import type { DeviceRecord, MacRecord } from './device-book.ts'
import { type Identity, known } from './identity.ts'
import type { IdentityTable } from './identity-table.ts'

export interface DeviceFactsParts {
  readonly table: IdentityTable
  /** The group that an address has by its network; of no address the strictest. */
  readonly groupByNetwork: (address: string | undefined) => string
  readonly vendorOf: (mac: MacAddress) => string | undefined
}

/** Records that are joined between two turns of the event loop: a millisecond or two. */
const SLICE_RECORDS = 100

/** Every device that is known, and every address that asks and belongs to none, the last seen first. Yields to the event loop. */
export async function deviceFacts({
  table,
  groupByNetwork,
  vendorOf,
}: DeviceFactsParts): Promise<readonly DeviceFacts[]> {
  const byNetwork = (address: string | undefined, sinceSeconds: number): Known =>
    known(groupByNetwork(address), 'network', NETWORK_CONFIDENCE, sinceSeconds)
  const ofDevice = (record: MacRecord): DeviceFacts => {
    const { id: mac } = record
    const addresses = table.addressesOf(mac)
    const [address] = addresses
    const who = address === undefined ? table.ofDevice(mac) : table.ofAddress(address)
    const network = byNetwork(address, record.firstSeconds)
    return { ...factsOf(who, record, network), mac, addresses, ...vendor(vendorOf(mac)) }
  }
  const ofAddress = (record: DeviceRecord): DeviceFacts => {
    const { id: address } = record
    const network = byNetwork(address, record.firstSeconds)
    return { ...factsOf(table.ofAddress(address), record, network), addresses: [address] }
  }
  const devices = await inSlices([...table.devices.devices()], ofDevice)
  const others = await inSlices([...table.devices.addresses()], ofAddress)
  return [...devices, ...others].toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
}

async function inSlices<A, B>(
  records: readonly A[],
  join: (record: A) => B,
): Promise<readonly B[]> {
  const joined: B[] = []
  for (const [index, record] of records.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- the pause between two slices is the point
    if (index % SLICE_RECORDS === 0) await nextTurn()
    joined.push(join(record))
  }
  return joined
}

function factsOf(
  { isRandomMac, name, user, group, dhcp }: Identity,
  { id, firstSeconds, lastSeconds }: DeviceRecord,
  network: Known,
): Omit<DeviceFacts, 'addresses'> {
  return {
    id,
    isRandomMac,
    ...(name && { name }),
    ...(user && { user }),
    ...(dhcp && { dhcp }),
    group: group ? { ...network, ...group, value: group.group } : network,
    firstSeenAt: firstSeconds * 1000,
    lastSeenAt: lastSeconds * 1000,
  }
}

function vendor(name: string | undefined): { readonly vendor?: string } {
  return name === undefined ? {} : { vendor: name }
}
