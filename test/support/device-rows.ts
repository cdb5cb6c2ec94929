/** Devices and networks as a box would tell of them. */
import {
  type BandCounts,
  type DeviceReport,
  type DeviceRow,
  type NetworkFacts,
  type NetworksTold,
} from '#domain/device-report.ts'
import type { IdentitySource, Known } from '#domain/identity.ts'
import { isRandomMac, parseMac } from '#domain/mac-address.ts'

const HOUR_MS = 3_600_000

/** Something known, from a lease and fairly unless told otherwise. */
export function known(
  value: string,
  confidence = 60,
  source: IdentitySource = 'lease',
  since: number = Date.now() - HOUR_MS,
): Known {
  return { value, confidence, source, since }
}

/** The device of this number, changed as told: `device-7` at 192.0.2.7. */
export function device(number: number, change: Partial<DeviceRow> = {}): DeviceRow {
  const mac = parseMac(`0000${(0x5e_00_00_00 + number).toString(16).padStart(8, '0')}`)
  if (mac === undefined) throw new Error('no such device')
  const now = Date.now()
  return {
    id: mac,
    mac,
    isRandomMac: isRandomMac(mac),
    addresses: [`192.0.${2 + (number >> 8)}.${number & 255}`],
    name: known(`device-${number}`),
    group: known('ks3', 100, 'network'),
    firstSeenAt: now - 72 * HOUR_MS,
    lastSeenAt: now - 60_000,
    ...change,
  }
}

/** So many, each a little different. */
export function devices(count: number): readonly DeviceRow[] {
  return Array.from({ length: count }, (_, index) => device(index))
}

export const NO_COUNTS: BandCounts = { certain: 0, strong: 0, fair: 0, weak: 0, none: 0 }

/** A network of pupils, changed as told. */
export function network(change: Partial<NetworkFacts> = {}): NetworkFacts {
  return {
    network: '192.0.2.0/24',
    name: 'Pupils',
    group: 'ks3',
    addresses: { ...NO_COUNTS, strong: 6, none: 4 },
    queries: { ...NO_COUNTS, strong: 600, none: 400 },
    forwarders: [],
    ...change,
  }
}

/** Networks and sources, changed as told. */
export function networksTold(change: Partial<NetworksTold> = {}): NetworksTold {
  return { networks: [network()], sources: ['lease', 'neighbour', 'network'], ...change }
}

/** One part that is a whole snapshot of these devices. */
export function deviceReport(
  appliance: string,
  rows: readonly DeviceRow[],
  change: Partial<DeviceReport> = {},
): DeviceReport {
  return {
    v: 1,
    appliance,
    at: Date.now(),
    series: crypto.randomUUID(),
    part: 0,
    isWhole: true,
    devices: rows,
    gone: [],
    networks: networksTold(),
    ...change,
  }
}
