import { type MacAddress, parseMac } from '#domain/mac-address.ts'

/** What the answering threads know of somebody: another group than that of the network. Who it is stays in the main thread. */
export interface Assignment {
  readonly group: string
  /** The device that it was concluded of, where one is known. */
  readonly mac: MacAddress | undefined
}

/** An assignment, or that there is none any more, by what a client is known by: see `clientKey`. */
export type AssignmentRow = readonly [key: string, assignment: Assignment | undefined]

/** Whom a query comes from, as one text: an address, or a device behind an address that asks for it. */
export function clientKey(address: string, device?: string): string {
  return device === undefined ? address : `${device}@${address}`
}

/** A client's key, read: its address, and the MAC or the endpoint by which a device was named beside it. */
export interface ClientKeyParts {
  readonly address: string
  readonly mac?: MacAddress | undefined
  readonly endpoint?: string | undefined
}

export function readClientKey(key: string): ClientKeyParts {
  const at = key.lastIndexOf('@')
  if (at < 0) return { address: key }
  const [address, device] = [key.slice(at + 1), key.slice(0, at)]
  // An endpoint may be twelve digits that could be read as a MAC, but never has a colon.
  return device.includes(':') ? { address, mac: parseMac(device) } : { address, endpoint: device }
}
