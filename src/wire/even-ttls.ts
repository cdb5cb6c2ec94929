import { type RecordPlace, recordsOf } from './answer-records.ts'
import { NAME_BYTES_MAX, TYPE } from './constants.ts'
import { lengthOf, readName } from './name.ts'
import { get32, put32 } from './put.ts'

const CLASS_BYTES = 2
const TYPE_BYTES = 2
const owner = Buffer.alloc(NAME_BYTES_MAX)

/** Gives all records of an RRset the least TTL among them (RFC 2181 section 5.2). `wire` has been found sound. */
export function evenTtls(wire: Buffer): void {
  const records = recordsOf(wire)
  const least = new Map<string, number>()
  for (const place of records) {
    const set = setOf(wire, place)
    least.set(set, Math.min(least.get(set) ?? Number.POSITIVE_INFINITY, get32(wire, ttlAt(place))))
  }
  for (const place of records) put32(wire, least.get(setOf(wire, place)) ?? 0, ttlAt(place))
}

function ttlAt({ headStart }: RecordPlace): number {
  return headStart + TYPE_BYTES + CLASS_BYTES
}

/** Owner, type and class; of signatures the type that they cover too. */
function setOf(wire: Buffer, { type, start, headStart, dataStart }: RecordPlace): string {
  readName(wire, start, wire.length, owner, 0)
  const name = owner.toString('latin1', 0, lengthOf(owner, 0))
  const kind = wire.toString('latin1', headStart, headStart + TYPE_BYTES + CLASS_BYTES)
  const covered = type === TYPE.RRSIG ? wire.toString('latin1', dataStart, dataStart + 2) : ''
  return name + kind + covered
}
