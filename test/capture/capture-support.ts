/** What the analyser tells of packets, without a process. */

import { type Analyser, makeAnalyser } from '#capture/watch/analyser.ts'
import type { OwnAddresses } from '#capture/watch/surroundings.ts'
import type { CaptureReport } from '#domain/capture-report.ts'
import type { CaptureSettings } from '#domain/capture-settings.ts'

export const SETTINGS: CaptureSettings = {
  interfaces: ['eth0'],
  source: 'auto',
  resolvers: ['192.0.2.10'],
  servers: ['192.0.2.12/32', '10.9.9.0/30'],
  dhcpServers: ['192.0.2.1', 'fe80::1'],
  routers: ['fe80::1'],
  networks: ['203.0.113.0/24'],
  dohNames: ['doh.example.org'],
  vpnNames: ['relay.example.org'],
  dohAddresses: ['198.51.100.99', '2001:db8:99::99'],
  torAddresses: ['198.51.100.90'],
}

/** The box. */
export const OWN: OwnAddresses = {
  addresses: ['192.0.2.2', '2001:db8::2', 'fe80::2'],
  networks: ['192.0.2.2/24', '2001:db8::2/64', 'fe80::2/64'],
  macs: ['02:00:5e:00:53:fe'],
}

export interface Watched extends Analyser {
  readonly reports: CaptureReport[]
  /** Takes packets a millisecond after each other from `atMs` on. */
  readonly see: (atMs: number, ...packets: readonly Buffer[]) => readonly CaptureReport[]
}

export function watch(settings: Partial<CaptureSettings> = {}): Watched {
  const reports: CaptureReport[] = []
  const analyser = makeAnalyser({
    settings: { ...SETTINGS, ...settings },
    own: OWN,
    seed: 1,
    report: (report) => reports.push(report),
  })
  return {
    ...analyser,
    reports,
    see: (atMs, ...packets) => {
      const before = reports.length
      for (const [i, packet] of packets.entries())
        analyser.packet(packet, packet.length, 1, atMs + i)
      return reports.slice(before)
    },
  }
}
