import type { MacAddress } from '#domain/mac-address.ts'
import { readApplianceKey } from '#platform/http-signing.ts'
import { type AgentBase, readKey } from '../agent-base.ts'
import type { Bypass } from '../bypass/start-bypass.ts'
import { deviceFacts } from '../identity/device-facts.ts'
import { loadVendorNames, type VendorNames } from '../identity/vendor-names.ts'
import { assertCollectorUrl } from '../outbox/collector-url.ts'
import { Poster } from '../outbox/post-signed.ts'
import { outboxLimitsFrom } from '../outbox-limits-from.ts'
import { networkOf } from '../policy/network-of.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import { type DeviceReporter, makeDeviceReporter } from './device-reporter.ts'
import { identitySources } from './identity-sources.ts'

export interface DeviceReportParts {
  readonly keeper: PolicyKeeper
  readonly bypass: Pick<Bypass, 'facts' | 'hiddenSchool'>
  readonly hasCapture: () => boolean
}

/** Tells the collector of the devices that are known, once a minute at most. */
export function reportDevices(
  base: AgentBase,
  parts: DeviceReportParts,
): Pick<DeviceReporter, 'close' | 'readings'> {
  const { first, clock, faults, identities, log } = base
  const { keeper, bypass } = parts
  const key = readApplianceKey(readKey(base.stateDir))
  const limits = outboxLimitsFrom(first.limits)
  const poster = new Poster({
    collector: assertCollectorUrl(first.collector.url),
    key,
    timeoutMs: limits.requestTimeoutMs,
    answerBytesMax: limits.receiptBytesMax,
    wallMs: clock.wallMs,
  })
  let vendors: VendorNames | undefined
  loadVendorNames((text) => log.info({ text }, 'devices')).then(
    (names) => {
      vendors = names
    },
    () => undefined,
  )
  const reporter = makeDeviceReporter({
    appliance: key.appliance,
    post: (path, body) => poster.post(path, body),
    clock,
    onFault: (text) => faults.add('devices', text),
    devices: () =>
      deviceFacts({
        table: identities.table,
        groupByNetwork: (address) => groupByNetwork(address, keeper),
        vendorOf: (mac: MacAddress) => vendors?.of(mac),
      }),
    networks: () => ({
      networks: identities.networks(keeper.config, bypass.hiddenSchool()),
      sources: identitySources(keeper.config.identity, parts.hasCapture()),
    }),
    bypass: bypass.facts,
  })
  return {
    readings: reporter.readings,
    close: () => {
      reporter.close()
      poster.close()
    },
  }
}

function groupByNetwork(address: string | undefined, { config }: PolicyKeeper): string {
  const network = address === undefined ? undefined : networkOf(address, config)
  return network?.group ?? config.strictestGroup
}
