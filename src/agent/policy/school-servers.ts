import { type Cidr, isLocalAddress, parseAddress } from '#domain/ip-address.ts'
import type { ReadyConfig, ReadyUpstream } from './ready-config.ts'

/** Resolvers of the school beside this box, as far as the configuration names them. */
export interface SchoolServers {
  /** Addresses of those that may ask whom they like: what this box asks on the site, and what the firewall leaves alone. */
  readonly askers: readonly string[]
  /** Who may be asked: those, whoever knows a zone, and whoever asks here for others. */
  readonly asked: readonly Cidr[]
}

export type ServersConfig = Pick<ReadyConfig, 'upstreams' | 'zones' | 'firewall' | 'identity'>

/** A public upstream is nobody's to ask but ours, so it is not among them. */
export function schoolServers(config: ServersConfig): SchoolServers {
  const { upstreams, zones, firewall, identity } = config
  const askers = [...localOf(upstreams), ...firewall.servers]
  const ofZones = localOf(zones.flatMap((zone) => zone.upstreams))
  const hosts = [...askers, ...ofZones].flatMap((text): readonly Cidr[] => {
    const bytes = parseAddress(text)
    return bytes ? [{ bytes, prefixLength: bytes.length * 8 }] : []
  })
  return { askers, asked: [...identity.forwarders.map(({ from }) => from), ...hosts] }
}

function localOf(upstreams: readonly ReadyUpstream[]): readonly string[] {
  return upstreams.flatMap(({ address }) => {
    const bytes = parseAddress(address)
    return bytes && isLocalAddress(bytes) ? [address] : []
  })
}
