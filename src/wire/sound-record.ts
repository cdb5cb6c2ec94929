import { NAME_BYTES_MAX, TYPE } from './constants.ts'
import { readName } from './name.ts'
import { areParamsSound } from './service-params.ts'

const IPV4_BYTES = 4
const IPV6_BYTES = 16
const SOA_NUMBERS_BYTES = 20

/**
 * Bytes before the name in the RDATA of types that hold one name and nothing after it. These are the types whose names
 * may be compressed (RFC 3597 section 4), so clients follow the pointers in them.
 */
const LAST_NAME_AT: ReadonlyMap<number, number> = new Map([
  [TYPE.NS, 0],
  [3, 0], // MD
  [4, 0], // MF
  [TYPE.CNAME, 0],
  [7, 0], // MB
  [8, 0], // MG
  [9, 0], // MR
  [TYPE.PTR, 0],
  [TYPE.MX, 2],
  [18, 2], // AFSDB
  [21, 2], // RT
  [TYPE.SRV, 6],
  [36, 2], // KX
  [TYPE.DNAME, 0],
])
const MINFO = 14
const RP = 17
/** Priority before the target of SVCB and HTTPS (RFC 9460 section 2.2); parameters follow. */
export const SERVICE_TARGET_AT = 2

/** Where names stand in the RDATA of a type: `count` of them, one after the other. */
export interface NamePlace {
  readonly at: number
  readonly count: number
}

/** The names in a type's RDATA that may be compressed, and those of SVCB and HTTPS; undefined for types that hold none. */
export function namesIn(type: number): NamePlace | undefined {
  if (type === TYPE.SOA || type === MINFO || type === RP) return { at: 0, count: 2 }
  if (type === TYPE.SVCB || type === TYPE.HTTPS) return { at: SERVICE_TARGET_AT, count: 1 }
  const at = LAST_NAME_AT.get(type)
  return at === undefined ? undefined : { at, count: 1 }
}

/** Names are read into it and forgotten: only whether they can be read counts. */
const scratch = new Uint8Array(NAME_BYTES_MAX)

/**
 * Where the owner name of a record ends, or -1 when a client could not read it: what an upstream sends goes on to every
 * client, and pointers that lead nowhere or round have crashed resolvers (RFC 9267).
 */
export function ownerEnd(message: Uint8Array, start: number): number {
  return readName(message, start, message.length, scratch, 0)
}

/** Whether RDATA from `start` to `end` is what its type says, as far as names and addresses go. Does not allocate. */
export function isSoundData(
  message: Uint8Array,
  type: number,
  start: number,
  end: number,
): boolean {
  const length = end - start
  switch (type) {
    case TYPE.A:
      return length === IPV4_BYTES
    case TYPE.AAAA:
      return length === IPV6_BYTES
    case TYPE.SOA:
      return skipNames(message, start, end, 2) === end - SOA_NUMBERS_BYTES
    case MINFO:
    case RP:
      return skipNames(message, start, end, 2) === end
    case TYPE.SVCB:
    case TYPE.HTTPS:
      return isSoundService(message, start, end)
    default: {
      const nameAt = LAST_NAME_AT.get(type)
      return nameAt === undefined || skipNames(message, start + nameAt, end, 1) === end
    }
  }
}

/** A client must take a record whose parameters are unsound for none (RFC 9460 section 2.2), so nobody gets one. */
function isSoundService(message: Uint8Array, start: number, end: number): boolean {
  const paramsAt = skipNames(message, start + SERVICE_TARGET_AT, end, 1)
  return paramsAt > 0 && areParamsSound(message, paramsAt, end)
}

/** The position after `count` names, or -1. */
function skipNames(message: Uint8Array, start: number, end: number, count: number): number {
  let at = start
  for (let i = 0; i < count && at >= 0; i++) at = readName(message, at, end, scratch, 0)
  return at
}
