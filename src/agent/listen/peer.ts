/** Who is at the other end of a connection. */
export interface Peer {
  readonly address: string
  /** The endpoint of its own by which a device has come: see `identity.devices` of the configuration. */
  readonly endpoint: string | undefined
}

/** An id that stands in a DoH path, or before a DoT name. */
export const ENDPOINT_ID: RegExp = /^[a-z0-9]{8,32}$/

/** The endpoint that a client of DoT names: the first label of the server's name (SNI, RFC 6066 section 3) where that may be one. */
export function endpointOfServerName(serverName: string | false | null): string | undefined {
  if (typeof serverName !== 'string') return undefined
  const dot = serverName.indexOf('.')
  const label = serverName.slice(0, Math.max(0, dot)).toLowerCase()
  return ENDPOINT_ID.test(label) ? label : undefined
}
