import { CAPTURE_SETTINGS_LIMITS, type CaptureSettings } from '#domain/capture-settings.ts'
import { GUARD_ADDRESSES } from '#rules/sets/guard-addresses.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import { type ServersConfig, schoolServers } from '../policy/school-servers.ts'
import { cidrText } from '../policy/sections/networks.ts'
import { TOR_AUTHORITIES } from './tor-authorities.ts'

/** Ways past the filter that are known beside the shipped sets. */
export interface MoreServers {
  readonly dohAddresses?: readonly string[]
  readonly dohNames?: readonly string[]
  readonly vpnNames?: readonly string[]
}

const DOH_SET = 'bypass-doh'
const CANARY_SET = 'bypass-canaries'
/** Of the canaries these are servers themselves (iCloud Private Relay); others are only questions. */
const RELAY_ZONES = ['icloud.com', 'apple-dns.net']

/** What of the configuration a capture goes by. */
export type CaptureConfig = Pick<ReadyConfig, 'capture' | 'networks'> & ServersConfig

/** What the capture process is told: the configuration's part, and the servers that go past the filter. */
export function captureSettings(config: CaptureConfig, more: MoreServers = {}): CaptureSettings {
  const { addresses, names } = CAPTURE_SETTINGS_LIMITS
  const { interfaces, source, resolvers, dhcpServers, routers } = config.capture
  const { askers, asked } = schoolServers(config)
  return {
    interfaces,
    source,
    resolvers: [...resolvers, ...askers].slice(0, addresses),
    servers: asked.map(cidrText).slice(0, addresses),
    dhcpServers,
    routers,
    networks: config.networks.map(({ network }) => cidrText(network)).slice(0, addresses),
    dohNames: [...namesOf(DOH_SET), ...(more.dohNames ?? [])].slice(0, names),
    vpnNames: [...relayNames(), ...(more.vpnNames ?? [])].slice(0, names),
    dohAddresses: [...resolverAddresses(), ...(more.dohAddresses ?? [])].slice(0, addresses),
    torAddresses: TOR_AUTHORITIES,
  }
}

function namesOf(id: string): readonly string[] {
  return CURATED_SETS.flatMap((set) => (set.id === id ? set.names.map(({ name }) => name) : []))
}

function relayNames(): readonly string[] {
  return namesOf(CANARY_SET).filter((name) => RELAY_ZONES.some((zone) => name.endsWith(`.${zone}`)))
}

/** Public resolvers: none of their addresses serves anything else. */
function resolverAddresses(): readonly string[] {
  return GUARD_ADDRESSES.flatMap(({ address, mayBeIn }) =>
    mayBeIn.some((category) => category === 'bypass.doh') ? [address] : [],
  )
}
