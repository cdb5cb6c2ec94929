/** Something to probe, by address. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** An upstream to probe: with a question where it is asked over UDP, else with a connection. */
export interface ProbedUpstream extends Endpoint {
  /** UDP where it is not said. */
  readonly transport?: 'udp' | 'tcp' | 'dot' | 'doh'
}

/** `192.0.2.1:53` or `[2001:db8::1]:53`. */
export function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Whether an address is this very machine: what answers there says nothing about the line. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}
