import { type RecordPlace, recordsOf } from './answer-records.ts'
import { TYPE } from './constants.ts'
import { skipName } from './name.ts'
import { paramsOf, SERVICE_PARAM } from './service-params.ts'
import { SERVICE_TARGET_AT } from './sound-record.ts'
import type { StoredAnswer } from './stored-answer.ts'

const IPV4_BYTES = 4
const IPV6_BYTES = 16

/**
 * Every address that an answer could send a client to: A and AAAA of all sections, and the hints of SVCB and HTTPS
 * (RFC 9460 section 7.3). They are views of the stored bytes.
 */
export function addressesOf({ wire }: StoredAnswer): readonly Uint8Array[] {
  return recordsOf(wire).flatMap((place) => {
    const { type, dataStart, end } = place
    if (type === TYPE.A || type === TYPE.AAAA) return [wire.subarray(dataStart, end)]
    return type === TYPE.SVCB || type === TYPE.HTTPS ? hintsOf(wire, place) : []
  })
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
