/** What the answering threads know of somebody: who it is stays in the main thread. */
export interface Assignment {
  /** Another group than that of the network; undefined: the network's. */
  readonly group: string | undefined
  /** Percent. */
  readonly confidence: number
}

/** An assignment, or that there is none any more, by what a client is known by: see `clientKey`. */
export type AssignmentRow = readonly [key: string, assignment: Assignment | undefined]

/** Whom a query comes from, as one text: an address, or a device behind an address that asks for it. */
export function clientKey(address: string, device?: string): string {
  return device === undefined ? address : `${device}@${address}`
}

/** The address that sent the query, and the device behind it where one was named. */
export function readClientKey(key: string): {
  readonly address: string
  readonly device: string | undefined
} {
  const at = key.lastIndexOf('@')
  if (at < 0) return { address: key, device: undefined }
  return { address: key.slice(at + 1), device: key.slice(0, at) }
}
