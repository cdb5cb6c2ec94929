import { type RecordPlace, recordsOf } from './answer-records.ts'
import { HEADER_BYTES, NAME_BYTES_MAX, TYPE } from './constants.ts'
import { lengthOf, readName, skipName } from './name.ts'
import { paramsOf, SERVICE_PARAM } from './service-params.ts'
import { SERVICE_TARGET_AT } from './sound-record.ts'
import type { StoredAnswer } from './stored-answer.ts'

const IPV4_BYTES = 4
const IPV6_BYTES = 16

/**
 * Every address that an answer could send a client to: A and AAAA of all sections, and the hints of SVCB and HTTPS
 * (RFC 9460 section 7.3). They are views of the stored bytes. Addresses of name servers are left out, for whoever asks
 * us asks no name server; but not where the same name is asked for or led to.
 */
export function addressesOf(stored: StoredAnswer): readonly Uint8Array[] {
  const { wire } = stored
  const records = recordsOf(wire)
  const servers = serversOf(stored, records)
  return records.flatMap((place) => {
    const { type, start, dataStart, end } = place
    if (type === TYPE.SVCB || type === TYPE.HTTPS) return hintsOf(wire, place)
    if (type !== TYPE.A && type !== TYPE.AAAA) return []
    const isServer = servers.size > 0 && servers.has(nameAt(wire, start))
    return isServer ? [] : [wire.subarray(dataStart, end)]
  })
}

/** Names that only stand for name servers. */
function serversOf(
  { wire, hopNames }: StoredAnswer,
  records: readonly RecordPlace[],
): ReadonlySet<string> {
  const servers = new Set(
    records.flatMap(({ type, dataStart }) => (type === TYPE.NS ? [nameAt(wire, dataStart)] : [])),
  )
  if (servers.size === 0) return servers
  servers.delete(nameAt(wire, HEADER_BYTES))
  for (let at = 0; at < hopNames.length; at += lengthOf(hopNames, at))
    servers.delete(latin1(hopNames, at))
  return servers
}

const scratch = new Uint8Array(NAME_BYTES_MAX)

function nameAt(wire: Buffer, start: number): string {
  readName(wire, start, wire.length, scratch, 0)
  return latin1(scratch, 0)
}

function latin1(name: Uint8Array, start: number): string {
  return String.fromCharCode(...name.subarray(start, start + lengthOf(name, start)))
}

function hintsOf(wire: Buffer, { dataStart, end }: RecordPlace): readonly Uint8Array[] {
  const paramsAt = skipName(wire, dataStart + SERVICE_TARGET_AT, end)
  return paramsOf(wire, paramsAt, end).flatMap(({ key, valueStart, end: valueEnd }) => {
    if (key === SERVICE_PARAM.ipv4hint) return cut(wire, valueStart, valueEnd, IPV4_BYTES)
    return key === SERVICE_PARAM.ipv6hint ? cut(wire, valueStart, valueEnd, IPV6_BYTES) : []
  })
}

function cut(wire: Buffer, start: number, end: number, bytes: number): readonly Uint8Array[] {
  return Array.from({ length: (end - start) / bytes }, (_, i) =>
    wire.subarray(start + i * bytes, start + (i + 1) * bytes),
  )
}
