/**
 * The rules that make the filter count on a box that routes, as text for `nft -f`. They stand in a table of their own, which touches nothing of any other:
 * its chains see only packets that the box forwards, or that come from a guarded network for port 53; whatever is addressed to the box itself, SSH
 * among it, goes by untouched, as does all that no rule names.
 */
import { type Failure, failure } from '#domain/failure.ts'
import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { DOH_ADDRESSES } from '#rules/sets/doh-addresses.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import { schoolServers } from '../policy/school-servers.ts'
import { type AddressRange, merged, rangeOfAddress, rangesOf, rangeText } from './address-ranges.ts'

export const FIREWALL_TABLE = 'supercloud_edge'
/** Stands in the table; a table without it is somebody else's. */
export const FIREWALL_MARK = 'made by supercloud-edge firewall'

/** What the rules are made from. */
export interface FirewallPlan {
  readonly families: readonly FamilyPlan[]
}

/** One family of addresses. */
export interface FamilyPlan {
  readonly family: 'ip' | 'ip6'
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

/** Works the plan out from a configuration. A failure where the box answers no client, so that redirecting would leave the school without names. */
export function planFirewall(config: ReadyConfig): FirewallPlan | Failure<'cannot-guard'> {
  const families = (['ip', 'ip6'] as const).map((family) => planFamily(family, config))
  if (families.every(({ guarded }) => guarded.length === 0))
    return failure(
      'cannot-guard',
      'no network is guarded: name the networks of the school under networks, and not all their groups under firewall.exempt',
    )
  if (families.every(({ target }) => target === undefined))
    return failure(
      'cannot-guard',
      'this box answers on loopback alone: let listen.dns name an address that clients reach, or 0.0.0.0 and ::',
    )
  return { families }
}

function planFamily(family: 'ip' | 'ip6', config: ReadyConfig): FamilyPlan {
  const bytes = family === 'ip' ? 4 : 16
  const { exempt } = config.firewall
  const networks = config.networks.filter(({ network }) => !isLoopback(network.bytes))
  const guarded = rangesOf(
    networks.map(({ network, group }) => ({ network, isIn: !exempt.includes(group) })),
    bytes,
  )
  const { askers, asked } = schoolServers(config)
  return {
    family,
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
export function firewallText({ families }: FirewallPlan): string {
  const guarded = families.filter((one) => one.guarded.length > 0)
  return [
    `table inet ${FIREWALL_TABLE}`,
    `delete table inet ${FIREWALL_TABLE}`,
    `table inet ${FIREWALL_TABLE} {`,
    `  comment "${FIREWALL_MARK}"`,
    ...guarded.flatMap(setLines),
    '  chain bring_here {',
    '    type nat hook prerouting priority dstnat; policy accept;',
    '    fib daddr type { local, broadcast, multicast } return',
    ...guarded.flatMap(redirectLines),
    '  }',
    '  chain turn_away {',
    '    type filter hook forward priority filter; policy accept;',
    ...guarded.flatMap(refuseLines),
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

/** From a guarded client, and not to a server of the school. */
function betweenClients(family: 'ip' | 'ip6'): string {
  return `${family} saddr @guarded_${family} ${family} saddr != @askers_${family} ${family} daddr != @servers_${family}`
}

function redirectLines({ family, target }: FamilyPlan): readonly string[] {
  if (!target) return []
  const { address, port } = target
  const host = family === 'ip6' ? `[${address}]` : address
  const to = address === undefined ? `redirect to :${port}` : `dnat ${family} to ${host}:${port}`
  return ['udp', 'tcp'].map(
    (protocol) => `    ${betweenClients(family)} ${protocol} dport 53 counter ${to}`,
  )
}

function refuseLines({ family }: FamilyPlan): readonly string[] {
  const clients = betweenClients(family)
  const refuse = (to: string, ports: string): readonly string[] => [
    `    ${clients} ${to}tcp dport ${ports} counter reject with tcp reset`,
    `    ${clients} ${to}udp dport ${ports} counter reject`,
  ]
  return [...refuse('', '{ 53, 853 }'), ...refuse(`${family} daddr @resolvers_${family} `, '443')]
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
