import { type Failure, failure } from '#domain/failure.ts'
import { parseAddress } from '#domain/ip-address.ts'

/** A place to listen on. */
export interface HostPort {
  /** An address without brackets, or `localhost`. */
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

/** Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`. Never throws. */
export function parseHostPort(text: string): HostPort | Failure<'usage'> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  const isHost = host.toLowerCase() === 'localhost' || parseAddress(host) !== undefined
  if (isHost && port <= 65_535) return { host, port }
  return failure('usage', `${JSON.stringify(text.slice(0, 60))} is not ADDRESS:PORT`)
}
