import { DOH_ADDRESSES, DOH_ADDRESSES_DATE } from '#rules/sets/doh-addresses.ts'
import type { FirewallPlan } from './make-rules.ts'

/** The same in words, for a firewall that is not this box: one line each. */
export function adviceLines(plan: FirewallPlan): readonly string[] {
  const { families, exemptMacs, guardedMacs } = plan
  const networks = families.flatMap(({ guarded }) => guarded).join(', ')
  const clients = networks === '' ? 'the hardware addresses below' : networks
  const allowed = families.flatMap(({ servers }) => servers)
  const box = families.flatMap(({ target }) => target?.address ?? []).join(' or ')
  return [
    'On another firewall between these clients and the internet, in this order:',
    `1. From ${clients}: send UDP and TCP port 53, to whomever, to this box${box === '' ? '' : ` (${box})`} (destination NAT, also called DNS redirect), but not what comes from this box itself.`,
    ...(allowed.length > 0
      ? [`   Leave out what goes to the school's own servers: ${allowed.join(', ')}.`]
      : []),
    ...(exemptMacs.length > 0
      ? [`   Leave out these hardware addresses, in 2 and 3 too: ${exemptMacs.join(', ')}.`]
      : []),
    ...(guardedMacs.length > 0
      ? [`   Whatever their network, do it for these too: ${guardedMacs.join(', ')}.`]
      : []),
    '   Where it cannot redirect, refuse port 53 to all but this box: devices then use what DHCP gave them (option 6), which must be this box.',
    '2. From the same clients: refuse TCP and UDP port 853 (DNS over TLS and over QUIC), with a reset or "port unreachable", so that devices fall back at once; dropping makes them wait.',
    `3. From the same clients: refuse TCP and UDP port 443 to the ${DOH_ADDRESSES.length} addresses of public resolvers in the rules above (put together on ${DOH_ADDRESSES_DATE}).`,
    '4. Do all of it for IPv6 as well as for IPv4, or clients go round by the other.',
    '5. Refuse what the school does not use of VPNs: UDP 51820, 1194, 500 and 4500, TCP 1194. Tunnels over port 443 can only be known by name.',
  ]
}
