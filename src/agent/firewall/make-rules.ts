/**
 * The rules that make the filter count on a box that routes, as text for `nft -f`. They stand in a table of their own, which touches nothing of any other:
 * its chains see only packets that the box forwards, or that come from a guarded network or device for port 53; whatever is addressed to the box itself, SSH
 * among it, goes by untouched, as does all that no rule names.
 */
import { type Failure, failure } from '#domain/failure.ts'
import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import { DOH_ADDRESSES } from '#rules/sets/doh-addresses.ts'
import type { NetworkGroup } from '../identity/client-table.ts'
import type { Owner } from '../identity/feeds/owners/read-owner.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import { schoolServers } from '../policy/school-servers.ts'
import { type AddressRange, merged, rangeOfAddress, rangesOf, rangeText } from './address-ranges.ts'
import { type GroupedDevices, groupedDevices } from './grouped-devices.ts'

export const FIREWALL_TABLE = 'supercloud_edge'
/** Stands in the table; a table without it is somebody else's. */
export const FIREWALL_MARK = 'made by supercloud-edge firewall'
/** Sets of hardware addresses. */
const EXEMPT_DEVICES = 'exempt_devices'
const GUARDED_DEVICES = 'guarded_devices'
const NO_DEVICES: GroupedDevices = { macs: new Map(), addresses: new Map() }

/** What the rules are made from. */
export interface FirewallPlan {
  readonly families: readonly FamilyPlan[]
  /** Devices that are left alone wherever they are, and those that nowhere are; known by their MAC, so only where no router is between. */
  readonly exemptMacs: readonly MacAddress[]
  readonly guardedMacs: readonly MacAddress[]
}

/** One family of addresses. */
export interface FamilyPlan {
  readonly family: 'ip' | 'ip6'
  /** Whether any network of it is named; else all of it goes by. */
  readonly isNamed: boolean
  /** Clients whose DNS comes here. */
  readonly guarded: readonly string[]
  /** Servers of the school that may be asked. */
  readonly servers: readonly string[]
  /** Those that may ask whom they like: what this box asks must not be sent back to it. */
  readonly askers: readonly string[]
  /** Public resolvers that answer over HTTPS. */
  readonly resolvers: readonly string[]
  /** Where questions are sent: an address and a port of this box, a port at whatever address they came in by, or nowhere: then they are refused. */
  readonly target: { readonly address: string | undefined; readonly port: number } | undefined
}

/**
 * Works the plan out from a configuration and the owners of its import. The most specific counts, as in the policy: the MAC of a device, its address, its network.
 * A failure where the box answers no client, so that redirecting would leave the school without names.
 */
export function planFirewall(
  config: ReadyConfig,
  owners: readonly Owner[] = [],
): FirewallPlan | Failure<'cannot-guard'> {
  const { exempt } = config.firewall
  // Where all are guarded it makes no difference who is who.
  const devices = exempt.length === 0 ? NO_DEVICES : groupedDevices(config.identity, owners)
  const macsThat = (isExempt: boolean): readonly MacAddress[] =>
    [...devices.macs].flatMap(([mac, group]) => (exempt.includes(group) === isExempt ? [mac] : []))
  const families = (['ip', 'ip6'] as const).map((family) => planFamily(family, config, devices))
  const plan = { families, exemptMacs: macsThat(true), guardedMacs: macsThat(false) }
  if (families.every((one) => !isGuarding(one, plan)))
    return failure(
      'cannot-guard',
      'no network is guarded: name the networks of the school under networks, and not all their groups under firewall.exempt',
    )
  if (families.every(({ target }) => target === undefined))
    return failure(
      'cannot-guard',
      'this box answers on loopback alone: let listen.dns name an address that clients reach, or 0.0.0.0 and ::',
    )
  return plan
}

/** Whether there is anything to do in a family. */
export function isGuarding(
  { isNamed, guarded }: FamilyPlan,
  { guardedMacs }: Pick<FirewallPlan, 'guardedMacs'>,
): boolean {
  return isNamed && guarded.length + guardedMacs.length > 0
}

function planFamily(
  family: 'ip' | 'ip6',
  config: ReadyConfig,
  devices: GroupedDevices,
): FamilyPlan {
  const bytes = family === 'ip' ? 4 : 16
  const networks = config.networks.filter(
    ({ network }) => network.bytes.length === bytes && !isLoopback(network.bytes),
  )
  const hosts = networks.length === 0 ? [] : hostsOf(devices, config)
  const guarded = rangesOf(
    [...networks, ...hosts].map(({ network, group }) => ({
      network,
      isIn: !config.firewall.exempt.includes(group),
    })),
    bytes,
  )
  const { askers, asked } = schoolServers(config)
  return {
    family,
    isNamed: networks.length > 0,
    guarded: textsOf(guarded, bytes),
    servers: textsOf(
      rangesOf(
        asked.map((network) => ({ network, isIn: true })),
        bytes,
      ),
      bytes,
    ),
    askers: textsOf(merged(addressRanges(askers, bytes)), bytes),
    resolvers: textsOf(
      merged(
        addressRanges(
          DOH_ADDRESSES.map((one) => one.address),
          bytes,
        ),
      ),
      bytes,
    ),
    target: targetOf(family, config),
  }
}

/** Addresses of devices, as networks of one. Whoever has an address that is exempt for another's MAC has not earned it. */
function hostsOf(
  { addresses }: GroupedDevices,
  { firewall }: ReadyConfig,
): readonly NetworkGroup[] {
  return [...addresses].flatMap(([address, { group, mac }]): readonly NetworkGroup[] => {
    const bytes = parseAddress(address)
    if (!bytes || isLoopback(bytes)) return []
    if (mac !== undefined && firewall.exempt.includes(group)) return []
    return [{ network: { bytes, prefixLength: bytes.length * 8 }, group }]
  })
}

function targetOf(family: 'ip' | 'ip6', { listen }: ReadyConfig): FamilyPlan['target'] {
  const ours = listen.dns.flatMap(({ address, port }) => {
    const bytes = parseAddress(address)
    return bytes?.length === (family === 'ip' ? 4 : 16) ? [{ bytes, port }] : []
  })
  const any = ours.find(({ bytes }) => bytes.every((byte) => byte === 0))
  if (any) return { address: undefined, port: any.port }
  const named = ours.find(({ bytes }) => !isLoopback(bytes))
  return named && { address: formatAddress(named.bytes), port: named.port }
}

/** The table as text, with what removes an older one of ours before it: `nft -f` does all of it or nothing. */
export function firewallText(plan: FirewallPlan): string {
  const { exemptMacs, guardedMacs } = plan
  const guarded = plan.families.filter((one) => isGuarding(one, plan))
  // A rule of its own, for a match on a MAC is none on what has come over no Ethernet.
  const leaveAlone = exemptMacs.length > 0 ? [`    ether saddr @${EXEMPT_DEVICES} return`] : []
  return [
    `table inet ${FIREWALL_TABLE}`,
    `delete table inet ${FIREWALL_TABLE}`,
    `table inet ${FIREWALL_TABLE} {`,
    `  comment "${FIREWALL_MARK}"`,
    ...macSetLines(EXEMPT_DEVICES, exemptMacs),
    ...macSetLines(GUARDED_DEVICES, guardedMacs),
    ...guarded.flatMap(setLines),
    '  chain bring_here {',
    '    type nat hook prerouting priority dstnat; policy accept;',
    '    fib daddr type { local, broadcast, multicast } return',
    ...leaveAlone,
    ...guarded.flatMap((one) => redirectLines(one, plan)),
    '  }',
    '  chain turn_away {',
    '    type filter hook forward priority filter; policy accept;',
    ...leaveAlone,
    ...guarded.flatMap((one) => refuseLines(one, plan)),
    '  }',
    '}',
    '',
  ].join('\n')
}

function setLines({ family, guarded, servers, askers, resolvers }: FamilyPlan): readonly string[] {
  const set = (name: string, elements: readonly string[]): readonly string[] => [
    `  set ${name}_${family} {`,
    `    type ${family === 'ip' ? 'ipv4_addr' : 'ipv6_addr'}`,
    '    flags interval',
    ...(elements.length > 0 ? [`    elements = { ${elements.join(', ')} }`] : []),
    '  }',
  ]
  return [
    ...set('guarded', guarded),
    ...set('servers', servers),
    ...set('askers', askers),
    ...set('resolvers', resolvers),
  ]
}

function macSetLines(name: string, macs: readonly MacAddress[]): readonly string[] {
  if (macs.length === 0) return []
  return [`  set ${name} {`, '    type ether_addr', `    elements = { ${macs.join(', ')} }`, '  }']
}

/** From a guarded client, known by its address or by its MAC, and not to a server of the school. */
function betweenClients({ family }: FamilyPlan, { guardedMacs }: FirewallPlan): readonly string[] {
  const others = `${family} saddr != @askers_${family} ${family} daddr != @servers_${family}`
  return [
    `${family} saddr @guarded_${family} ${others}`,
    ...(guardedMacs.length > 0 ? [`ether saddr @${GUARDED_DEVICES} ${others}`] : []),
  ]
}

function redirectLines(one: FamilyPlan, plan: FirewallPlan): readonly string[] {
  const { family, target } = one
  if (!target) return []
  const { address, port } = target
  const host = family === 'ip6' ? `[${address}]` : address
  const to = address === undefined ? `redirect to :${port}` : `dnat ${family} to ${host}:${port}`
  return betweenClients(one, plan).flatMap((clients) =>
    ['udp', 'tcp'].map((protocol) => `    ${clients} ${protocol} dport 53 counter ${to}`),
  )
}

function refuseLines(one: FamilyPlan, plan: FirewallPlan): readonly string[] {
  const { family } = one
  return betweenClients(one, plan).flatMap((clients) => {
    const refuse = (to: string, ports: string): readonly string[] => [
      `    ${clients} ${to}tcp dport ${ports} counter reject with tcp reset`,
      `    ${clients} ${to}udp dport ${ports} counter reject`,
    ]
    return [...refuse('', '{ 53, 853 }'), ...refuse(`${family} daddr @resolvers_${family} `, '443')]
  })
}

function addressRanges(addresses: readonly string[], bytes: 4 | 16): readonly AddressRange[] {
  return addresses.flatMap((text) => {
    const isOfFamily = parseAddress(text)?.length === bytes
    const range = isOfFamily ? rangeOfAddress(text) : undefined
    return range ? [range] : []
  })
}

function textsOf(ranges: readonly AddressRange[], bytes: 4 | 16): readonly string[] {
  return ranges.map((range) => rangeText(range, bytes))
}

function isLoopback(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return bytes[0] === 127
  return bytes.every((byte, i) => byte === (i === 15 ? 1 : 0))
}
