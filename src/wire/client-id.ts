import { TYPE } from './constants.ts'
import { skipName } from './name.ts'
import type { QueryView } from './query-view.ts'

const CLIENT_SUBNET = 8
/** Of the range for local use: dnsmasq's `add-mac`, and the same of others. */
const MAC = 65_001
const MAC_BYTES = 6

/** No client is named. */
export const NO_CLIENT_ID = 0

/**
 * A number for the client that a forwarder names in a query: by EDNS Client Subnet (RFC 7871), or by its MAC. It is hashed with `seed` and only tells
 * that there are many; nobody is identified by it. Reads a message that was parsed; does not allocate.
 */
export function clientIdOf(view: QueryView, seed: number): number {
  const { bytes, start, length, questionEnd, hasEdns } = view
  if (!hasEdns) return NO_CLIENT_ID
  const end = start + length
  for (let at = questionEnd; at < end; ) {
    const type = skipName(bytes, at, end)
    if (type < 0 || type + 10 > end) return NO_CLIENT_ID
    const next = type + 10 + u16(bytes, type + 8)
    if (u16(bytes, type) === TYPE.OPT) return idIn(bytes, type + 10, Math.min(next, end), seed)
    at = next
  }
  return NO_CLIENT_ID
}

function idIn(bytes: Uint8Array, from: number, to: number, seed: number): number {
  for (let at = from; at + 4 <= to; ) {
    const code = u16(bytes, at)
    const length = u16(bytes, at + 2)
    const isSubnet = code === CLIENT_SUBNET && length > 4
    if (isSubnet || (code === MAC && length === MAC_BYTES))
      return hashBytes(bytes, at + 4, Math.min(at + 4 + length, to), seed)
    at += 4 + length
  }
  return NO_CLIENT_ID
}

/** 32 bits of some bytes (FNV-1a, begun with a seed); never 0. */
export function hashBytes(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed ^ 0x811c_9dc5
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193)
  return hash === NO_CLIENT_ID ? 1 : hash
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}
