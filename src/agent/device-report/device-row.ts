import type { BypassFacts } from '#domain/bypass-event.ts'
import {
  DEVICE_ADDRESSES_MAX,
  DEVICE_TEXT_MAX,
  DEVICE_WAYS_MAX,
  type DeviceRow,
  type NetworkFacts,
  OTHER_NETWORK,
} from '#domain/device-report.ts'
import type { DeviceFacts, DhcpSaid, Known } from '#domain/identity.ts'
import { type Cidr, contains, formatAddress, parseAddress, parseCidr } from '#domain/ip-address.ts'

/** When a device was last seen is told to this step: else every device that is in use would be told anew each minute. */
const SEEN_STEP_MS = 10 * 60_000

/**
 * Makes what is told of a device from what is known of it, so that no row can make the collector refuse the others: text is cut, an
 * address that is none is left out, and so is a device whose id is none. Text is not cleaned: who shows it does that.
 */
export function makeDeviceRow(
  networks: readonly NetworkFacts[],
  bypass: readonly BypassFacts[],
): (device: DeviceFacts) => DeviceRow | undefined {
  const networkOf = makeNetworkOf(networks)
  const around = new Map(bypass.map(({ id, ...facts }) => [id, facts]))
  return (device) => {
    const { id, mac, isRandomMac, name, user, group, vendor, dhcp } = device
    if (id !== mac && canonical(id) !== id) return undefined
    const addresses = device.addresses
      .slice(0, DEVICE_ADDRESSES_MAX)
      .flatMap((address) => canonical(address) ?? [])
    const network = networkOf(addresses[0])
    const found = around.get(id)
    return {
      id,
      ...(mac === undefined ? {} : { mac }),
      isRandomMac,
      addresses,
      ...(name?.value ? { name: cutKnown(name) } : {}),
      ...(user?.value ? { user: cutKnown(user) } : {}),
      group: cutKnown(group),
      ...(vendor ? { vendor: cut(vendor) } : {}),
      ...(dhcp === undefined ? {} : { dhcp: cutDhcp(dhcp) }),
      firstSeenAt: device.firstSeenAt,
      lastSeenAt: Math.max(
        device.firstSeenAt,
        device.lastSeenAt - (device.lastSeenAt % SEEN_STEP_MS),
      ),
      ...(network === undefined ? {} : { network }),
      ...(found === undefined
        ? {}
        : { bypass: { ...found, ways: found.ways.slice(0, DEVICE_WAYS_MAX) } }),
    }
  }
}

/** The longest network that an address lies in. */
function makeNetworkOf(
  networks: readonly NetworkFacts[],
): (address: string | undefined) => string | undefined {
  const cidrs = networks
    .flatMap(({ network }): { network: string; cidr: Cidr }[] => {
      const cidr = parseCidr(network)
      return cidr === undefined ? [] : [{ network, cidr }]
    })
    .toSorted((a, b) => b.cidr.prefixLength - a.cidr.prefixLength)
  const other = networks.some(({ network }) => network === OTHER_NETWORK)
    ? OTHER_NETWORK
    : undefined
  return (text) => {
    const address = text === undefined ? undefined : parseAddress(text)
    if (address === undefined) return undefined
    return cidrs.find(({ cidr }) => contains(cidr, address))?.network ?? other
  }
}

function canonical(address: string): string | undefined {
  const bytes = parseAddress(address)
  return bytes && formatAddress(bytes)
}

function cutKnown(known: Known): Known {
  return { ...known, value: cut(known.value) }
}

function cutDhcp({ vendorClass, fingerprint }: DhcpSaid): DhcpSaid {
  return {
    ...(vendorClass ? { vendorClass: cut(vendorClass) } : {}),
    ...(fingerprint ? { fingerprint: cut(fingerprint) } : {}),
  }
}

function cut(text: string): string {
  return text.slice(0, DEVICE_TEXT_MAX).toWellFormed()
}
