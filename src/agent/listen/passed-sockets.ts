import { type Failure, failure } from '#domain/failure.ts'
import { parseAddress } from '#domain/ip-address.ts'
import type { Libc } from '#platform/ffi/libc.ts'
import { lookAtSocket, type SocketFacts, socketText } from '#platform/ffi/passed-socket.ts'
import type { PassedDescriptor } from '#platform/passed-descriptors.ts'
import type { DnsEndpoint } from './listen-dns.ts'

/** Descriptors that were passed for one endpoint; where there are none the agent binds by itself. */
export interface PassedSockets {
  readonly udp: readonly number[]
  readonly tcp: readonly number[]
}

/**
 * Gives each endpoint the sockets that were passed for its address and port. One that no endpoint names would take queries and
 * never answer them, so it is a failure.
 */
export function matchPassed(
  endpoints: readonly DnsEndpoint[],
  descriptors: readonly PassedDescriptor[],
  libc: Libc | undefined,
): readonly DnsEndpoint[] | Failure<'cannot-listen'> {
  if (descriptors.length === 0) return endpoints
  if (!libc)
    return failure(
      'cannot-listen',
      `${descriptors.length} sockets were passed (LISTEN_FDS), and to take them needs Linux on x64 or arm64 and the optional package koffi`,
    )
  const looked = descriptors.map((one) => ({ ...one, facts: lookAtSocket(libc, one.fd) }))
  for (const { fd, name, facts } of looked)
    if (!endpoints.some((endpoint) => isFor(endpoint, facts)))
      return failure(
        'cannot-listen',
        `descriptor ${fd} ${JSON.stringify(name)} was passed (LISTEN_FDS) and is ${socketText(facts)}, which listen.dns does not name; allowed: ${endpoints.map(({ address, port }) => `${address} port ${port}`).join(', ')}`,
      )
  return endpoints.map((endpoint) => {
    const of = (kind: 'udp' | 'tcp'): readonly number[] =>
      looked
        .filter(({ facts }) => facts.kind === kind && isFor(endpoint, facts))
        .map(({ fd }) => fd)
    return { ...endpoint, passed: { udp: of('udp'), tcp: of('tcp') } }
  })
}

function isFor({ address, port }: DnsEndpoint, facts: SocketFacts): boolean {
  if (facts.kind === 'other' || facts.port !== port) return false
  const wanted = parseAddress(address)
  return wanted !== undefined && Buffer.compare(wanted, facts.address) === 0
}
