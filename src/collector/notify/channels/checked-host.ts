import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { type Failure, failure } from '#domain/failure.ts'
import { parseAddress } from '#domain/ip-address.ts'
import { mayBeServer } from '#domain/private-address.ts'

const ADDRESSES_MAX = 8

/** A host as in a URL or a file, as it is compared: lower case, an IPv6 address without brackets. */
export function plainHost(host: string): string {
  return host.replaceAll(/[[\]]/g, '').toLowerCase()
}

/**
 * The addresses of a host, looked up once and checked; whoever connects uses these and looks nothing up again, or a name that
 * answers something else the next time would lead into the school. One private address refuses a host that is not
 * named in `privateHosts`. Never rejects.
 */
export async function checkedHost(
  hostname: string,
  privateHosts: readonly string[],
): Promise<readonly LookupAddress[] | Failure<'failed' | 'refused'>> {
  const host = plainHost(hostname)
  const found = parseAddress(host) ? [host] : await addressesOf(host)
  if (found.length === 0) return failure('failed', `${host} has no address`)
  const mayBePrivate = privateHosts.includes(host)
  for (const text of found) {
    const address = parseAddress(text)
    if (address && (mayBePrivate || mayBeServer(address))) continue
    return failure(
      'refused',
      `${host} leads to ${text}, which is not on the internet; a server of your own belongs in private-hosts`,
    )
  }
  return found
    .slice(0, ADDRESSES_MAX)
    .map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return [] // No such name, or no resolver answers: the try fails.
  }
}
