/** Made-up devices of a school for pictures of the console: addresses of RFC 5737, no real person or place. */
import type { DeviceReport, DeviceRow, NetworkFacts } from '#domain/device-report.ts'
import type { IdentitySource, Known } from '#domain/identity.ts'
import type { CollectorClient } from '../support/collector-client.ts'
import { device, deviceReport, NO_COUNTS } from '../support/device-rows.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Tells of some forty devices in four networks. */
export async function tellDevices(box: CollectorClient, now: number): Promise<void> {
  await box.postDevices(reportOf(box.appliance, now))
}

function reportOf(appliance: string, now: number): DeviceReport {
  return {
    ...deviceReport(appliance, [...special(now), ...trolley(now)]),
    at: now,
    networks: {
      networks: networks(now),
      sources: ['configured', 'owners', 'lease', 'neighbour', 'capture', 'network', 'radius'],
    },
  }
}

function special(now: number): readonly DeviceRow[] {
  const of = (value: string, confidence: number, source: IdentitySource): Known => ({
    value,
    confidence,
    source,
    since: now - 3 * HOUR_MS,
  })
  const seen = (days: number) => ({
    firstSeenAt: now - days * DAY_MS,
    lastSeenAt: now - 4 * MINUTE_MS,
  })
  const { name: _name, ...nameless } = device(90, {
    ...seen(0.2),
    isRandomMac: true,
    addresses: ['198.51.100.61'],
    network: '198.51.100.0/24',
    group: of('guest', 100, 'network'),
  })
  return [
    device(60, {
      ...seen(40),
      name: of('Art room iMac', 92, 'owners'),
      user: of('m.okafor', 95, 'radius'),
      group: of('staff', 95, 'radius'),
      vendor: 'Example Computers',
      addresses: ['203.0.113.14', '2001:db8:30::14'],
      network: '203.0.113.0/24',
    }),
    device(61, {
      ...seen(21),
      name: of('Chromebook 10-07', 92, 'owners'),
      user: of('j.example', 95, 'radius'),
      group: of('ks4', 95, 'radius'),
      vendor: 'Example Works',
      addresses: ['192.0.2.44', '2001:db8:20::1:44', '2001:db8:20::9c1f:44'],
      network: '192.0.2.0/24',
      bypass: { grade: 'high', ways: ['vpn', 'doh'], lastAt: now - 22 * MINUTE_MS },
    }),
    device(62, {
      ...seen(0.3),
      name: of('Galaxy-A14', 55, 'lease'),
      group: of('guest', 100, 'network'),
      isRandomMac: true,
      addresses: ['198.51.100.23'],
      network: '198.51.100.0/24',
    }),
    device(63, {
      ...seen(60),
      name: of('Hall television', 92, 'configured'),
      group: of('staff', 92, 'configured'),
      vendor: 'Example Screens',
      addresses: ['203.0.113.80'],
      network: '203.0.113.0/24',
      bypass: { grade: 'low', ways: ['dns'], lastAt: now - 3 * HOUR_MS },
    }),
    nameless,
  ]
}

/** A trolley of tablets that pupils share. */
function trolley(now: number): readonly DeviceRow[] {
  return Array.from({ length: 36 }, (_, index) =>
    device(100 + index, {
      name: {
        value: `Trolley 3 tablet ${String(index + 1).padStart(2, '0')}`,
        confidence: 92,
        source: 'owners',
        since: now - 20 * DAY_MS,
      },
      group: { value: 'ks3', confidence: 92, source: 'owners', since: now - 20 * DAY_MS },
      vendor: 'Example Works',
      addresses: [`192.0.2.${100 + index}`],
      network: '192.0.2.0/24',
      firstSeenAt: now - 20 * DAY_MS,
      lastSeenAt: now - (index + 2) * MINUTE_MS,
    }),
  )
}

function networks(now: number): readonly NetworkFacts[] {
  const none = { queries: NO_COUNTS, forwarders: [] }
  return [
    {
      ...none,
      network: '192.0.2.0/24',
      name: 'Pupils',
      group: 'ks3',
      addresses: { certain: 96, strong: 41, fair: 12, weak: 3, none: 6 },
      queries: { certain: 48_210, strong: 20_114, fair: 3100, weak: 220, none: 908 },
    },
    {
      ...none,
      network: '203.0.113.0/24',
      name: 'Staff',
      group: 'staff',
      addresses: { certain: 22, strong: 4, fair: 1, weak: 0, none: 1 },
      queries: { certain: 9120, strong: 1830, fair: 44, weak: 0, none: 12 },
    },
    {
      ...none,
      network: '198.51.100.0/24',
      name: 'Guests',
      group: 'guest',
      addresses: { certain: 0, strong: 2, fair: 14, weak: 6, none: 21 },
      queries: { certain: 0, strong: 210, fair: 1400, weak: 310, none: 2214 },
    },
    {
      ...none,
      network: '2001:db8:9::/64',
      name: 'Servers',
      group: 'ks1',
      addresses: { ...NO_COUNTS, none: 1 },
      queries: { ...NO_COUNTS, none: 210_400 },
      hiddenSchool: {
        by: 'share',
        address: '2001:db8:9::10',
        share: 0.91,
        since: now - 2 * HOUR_MS,
      },
    },
  ]
}
