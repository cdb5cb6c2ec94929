import type { LookupAddress } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'
import { type Failure, failure } from '#domain/failure.ts'
import { type AddressBytes, parseAddress } from '#domain/ip-address.ts'
import { mayBeServer } from '#domain/private-address.ts'
import type { Endpoint } from '../../policy/sections/listen.ts'

const TRY_MS = 3_000
const TRIES = 2
const ADDRESSES_MAX = 16

export interface HostRules {
  /** Hosts, as in a URL, that may have private addresses. */
  readonly privateHosts: readonly string[]
  /** The agent's own upstreams; without any the machine is asked. */
  readonly nameServers: readonly Endpoint[]
}

/** Why a literal address may not be asked, or undefined; a name is no literal address. Never throws. */
export function literalFault(
  hostname: string,
  { privateHosts }: Pick<HostRules, 'privateHosts'>,
): Failure<'private-address'> | undefined {
  const address = literalOf(hostname)
  return address && !privateHosts.includes(hostname) && !mayBeServer(address)
    ? privateFault(hostname, hostname)
    : undefined
}

/**
 * The addresses of a host, looked up once and checked; whoever connects uses these and looks nothing up again, or a name that
 * answers something else the next time would lead into the school. One private address refuses the host. Never rejects.
 */
export async function checkedAddresses(
  hostname: string,
  rules: HostRules,
): Promise<readonly LookupAddress[] | Failure<'private-address' | 'unreachable'>> {
  const literal = literalOf(hostname)
  const found = literal ? [hostname.replaceAll(/[[\]]/g, '')] : await resolveHost(hostname, rules)
  if (found.length === 0)
    return failure('unreachable', `${hostname} has no address, or no resolver answers`)
  const mayBePrivate = rules.privateHosts.includes(hostname)
  for (const text of found) {
    const address = parseAddress(text)
    if (!address || (!mayBePrivate && !mayBeServer(address))) return privateFault(hostname, text)
  }
  return found
    .slice(0, ADDRESSES_MAX)
    .map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

function privateFault(hostname: string, address: string): Failure<'private-address'> {
  return failure(
    'private-address',
    `${hostname} leads to ${address}, which is not on the internet; a mirror of your own belongs in downloads.private-hosts`,
  )
}

function literalOf(hostname: string): AddressBytes | undefined {
  return parseAddress(hostname.replaceAll(/[[\]]/g, ''))
}

async function resolveHost(
  hostname: string,
  { nameServers }: HostRules,
): Promise<readonly string[]> {
  try {
    if (nameServers.length === 0)
      return (await lookup(hostname, { all: true })).map(({ address }) => address)
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES })
    resolver.setServers(
      nameServers.map(({ address, port }) =>
        address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
      ),
    )
    const found = await Promise.allSettled([
      resolver.resolve4(hostname),
      resolver.resolve6(hostname),
    ])
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  } catch {
    return []
  }
}
