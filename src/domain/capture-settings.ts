/** What the agent tells the capture process, once, before anything else: the process knows no configuration and no rules. */

export const CAPTURE_SOURCES = ['auto', 'cap', 'tcpdump'] as const
/** `auto`: cap where its addon was built, else tcpdump. */
export type CaptureSource = (typeof CAPTURE_SOURCES)[number]

export interface CaptureSettings {
  readonly interfaces: readonly string[]
  readonly source: CaptureSource
  /** Addresses of resolvers that may be asked, and may ask others, beside this machine's own. */
  readonly resolvers: readonly string[]
  /** Resolvers that may be asked, as `address/length`; what they ask of others is told as anybody's. */
  readonly servers: readonly string[]
  /** Addresses of servers that may answer DHCP, of both families. Empty: it is not known which may. */
  readonly dhcpServers: readonly string[]
  /** Addresses or MACs of routers that may advertise themselves. Empty: it is not known which may. */
  readonly routers: readonly string[]
  /** Where devices are, as `address/length`, beside what is private and what the interfaces are in. */
  readonly networks: readonly string[]
  /** Names of servers, with all below them. */
  readonly dohNames: readonly string[]
  readonly vpnNames: readonly string[]
  readonly dohAddresses: readonly string[]
  readonly torAddresses: readonly string[]
}

/** Of each list; and of the whole, in bytes. Beyond it the agent cuts, and the process refuses. */
export const CAPTURE_SETTINGS_LIMITS = {
  interfaces: 8,
  addresses: 4096,
  names: 20_000,
  bytes: 1_048_576,
} as const
