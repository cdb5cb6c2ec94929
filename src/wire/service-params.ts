/** Parameters of SVCB and HTTPS records: key, length, value, keys rising (RFC 9460 section 2.2). */
const HEAD_BYTES = 4
const IPV4_BYTES = 4
const IPV6_BYTES = 16

/** Keys that are looked at (RFC 9460 section 14.3.2). */
export const SERVICE_PARAM = { mandatory: 0, ipv4hint: 4, ech: 5, ipv6hint: 6 } as const

/** One parameter: its head starts at `start`, its value goes from `valueStart` to `end`. */
export interface ServiceParam {
  readonly key: number
  readonly start: number
  readonly valueStart: number
  readonly end: number
}

/**
 * Whether the bytes from `start` to `end` are parameters that a client may use: whole, each key once and rising, hints
 * of whole addresses. Does not allocate.
 */
export function areParamsSound(message: Uint8Array, start: number, end: number): boolean {
  let last = -1
  let at = start
  while (at + HEAD_BYTES <= end) {
    const key = u16(message, at)
    const length = u16(message, at + 2)
    if (key <= last || !isSoundLength(key, length)) return false
    last = key
    at += HEAD_BYTES + length
  }
  return at === end
}

/** Whether sound parameters hold a key. Does not allocate. */
export function hasParam(message: Uint8Array, key: number, start: number, end: number): boolean {
  for (let at = start; at + HEAD_BYTES <= end; at += HEAD_BYTES + u16(message, at + 2))
    if (u16(message, at) === key) return true
  return false
}

/** Sound parameters, one after the other. */
export function paramsOf(message: Uint8Array, start: number, end: number): readonly ServiceParam[] {
  const found: ServiceParam[] = []
  for (let at = start; at + HEAD_BYTES <= end; ) {
    const valueStart = at + HEAD_BYTES
    const next = valueStart + u16(message, at + 2)
    found.push({ key: u16(message, at), start: at, valueStart, end: next })
    at = next
  }
  return found
}

function isSoundLength(key: number, length: number): boolean {
  switch (key) {
    case SERVICE_PARAM.mandatory:
      return length > 0 && length % 2 === 0
    case SERVICE_PARAM.ipv4hint:
      return length > 0 && length % IPV4_BYTES === 0
    case SERVICE_PARAM.ipv6hint:
      return length > 0 && length % IPV6_BYTES === 0
    default:
      return true
  }
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}
