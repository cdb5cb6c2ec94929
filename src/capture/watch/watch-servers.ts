import type { RogueServerSeen } from '#domain/capture-report.ts'
import { DHCP_TYPE, type DhcpMessage } from '../parse/dhcp.ts'
import type { Dhcpv6Message } from '../parse/dhcpv6.ts'
import type { Packet } from '../parse/packet.ts'
import { readRouterAdvertisement } from '../parse/router-advertisement.ts'
import type { Surroundings } from './surroundings.ts'
import { addressText, macText } from './text-of.ts'

interface Parts {
  readonly around: () => Surroundings
  readonly tell: (report: RogueServerSeen, nowMs: number) => void
}

const GIVING: readonly number[] = [DHCP_TYPE.offer, DHCP_TYPE.acknowledge, DHCP_TYPE.refuse]

/**
 * Whether the server of this message may speak, as far as the configuration says: both the address that it came from and the one that it
 * gives as its own must be named. One that may not is told.
 */
export function isServerAllowed(
  { around, tell }: Parts,
  packet: Packet,
  message: DhcpMessage,
  nowMs: number,
): boolean {
  const isAllowed = around().isDhcpServer[4]
  if (!isAllowed || !GIVING.includes(message.type)) return true
  const address = addressText(packet, packet.sourceAt)
  const { serverId = address, resolvers, routers } = message
  if (isAllowed(address) && isAllowed(serverId)) return true
  const own = serverId === address ? [] : [`says it is ${serverId}`]
  tellRogue({ tell, packet, nowMs }, 'dhcp', [
    ...own,
    ...listed('resolvers', resolvers),
    ...listed('router', routers),
  ])
  return false
}

/** The same of DHCP for IPv6. */
export function watchServer6(
  { around, tell }: Parts,
  packet: Packet,
  { resolvers }: Dhcpv6Message,
  nowMs: number,
): void {
  const isAllowed = around().isDhcpServer[6]
  if (!isAllowed || isAllowed(addressText(packet, packet.sourceAt))) return
  tellRogue({ tell, packet, nowMs }, 'dhcp', listed('resolvers', resolvers))
}

/** Tells a router that is not named, by its address or its MAC. */
export function watchRouter({ around, tell }: Parts, packet: Packet, nowMs: number): void {
  const { isRouter } = around()
  const said = isRouter && readRouterAdvertisement(packet)
  if (!said) return
  const mac = macText(packet, packet.macAt)
  if (isRouter(addressText(packet, packet.sourceAt)) || (mac && isRouter(mac))) return
  tellRogue({ tell, packet, nowMs }, 'router', [
    ...listed('prefix', said.prefixes),
    ...listed('resolvers', said.resolvers),
    `lifetime ${said.lifetimeSeconds} s`,
  ])
}

interface Teller extends Pick<Parts, 'tell'> {
  readonly packet: Packet
  readonly nowMs: number
}

function tellRogue(
  { tell, packet, nowMs }: Teller,
  part: RogueServerSeen['part'],
  says: readonly string[],
): void {
  const mac = macText(packet, packet.macAt)
  if (!mac) return
  const address = addressText(packet, packet.sourceAt)
  tell({ kind: 'rogue-server-seen', part, mac, address, detail: says.join('; ') }, nowMs)
}

function listed(what: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${what} ${values.join(', ')}`]
}
