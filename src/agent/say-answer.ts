import { formatAddress } from '#domain/ip-address.ts'
import { nameFromWire } from '#rules/domain-name.ts'
import { type RecordPlace, recordsOf } from '#wire/answer-records.ts'
import { EDE_OPTION } from '#wire/answer-writer.ts'
import { NAME_BYTES_MAX, RCODE, TYPE, typeName } from '#wire/constants.ts'
import { readName } from '#wire/name.ts'

/** Of a long answer the first. */
const RECORDS_SAID_MAX = 8
/** Code and length. */
const OPTION_HEAD_BYTES = 4

/** A whole answer in words, as it would go out: code, records, extended error. May allocate; for `explain`. */
export function sayAnswer(bytes: Buffer): string {
  if (bytes.length === 0) return 'no answer at all'
  const records = recordsOf(bytes)
  const answers = records.slice(0, bytes.readUInt16BE(6))
  const rcode = bytes.readUInt16BE(2) & 0xf
  const option = records.find(({ type }) => type === TYPE.OPT)
  return `${sayCode(rcode, answers.length)}${sayRecords(bytes, answers)}${sayError(bytes, option)}`
}

function sayCode(rcode: number, answers: number): string {
  if (rcode === RCODE.NOERROR) return answers > 0 ? 'NOERROR' : 'NODATA'
  for (const [name, value] of Object.entries(RCODE)) if (value === rcode) return name
  return `rcode ${rcode}`
}

function sayRecords(bytes: Buffer, answers: readonly RecordPlace[]): string {
  if (answers.length === 0) return ''
  const said = answers.slice(0, RECORDS_SAID_MAX).map((record) => sayRecord(bytes, record))
  const more = answers.length - said.length
  return `: ${said.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function sayRecord(bytes: Buffer, { type, dataStart, end }: RecordPlace): string {
  switch (type) {
    case TYPE.A:
    case TYPE.AAAA:
      return `${typeName(type)} ${formatAddress(bytes.subarray(dataStart, end))}`
    case TYPE.CNAME:
      return `CNAME ${nameAt(bytes, dataStart)}`
    default:
      return typeName(type)
  }
}

/** The name at a place of a message, compressed or not; empty where there is none. */
export function nameAt(bytes: Buffer, start: number): string {
  const name = new Uint8Array(NAME_BYTES_MAX)
  return readName(bytes, start, bytes.length, name, 0) < 0 ? '' : nameFromWire(name, 0)
}

function sayError(bytes: Buffer, option: RecordPlace | undefined): string {
  if (!option) return ''
  for (let at = option.dataStart; at + OPTION_HEAD_BYTES <= option.end; ) {
    const dataStart = at + OPTION_HEAD_BYTES
    const next = dataStart + bytes.readUInt16BE(at + 2)
    if (bytes.readUInt16BE(at) === EDE_OPTION)
      return ` with EDE ${bytes.readUInt16BE(dataStart)} (${bytes.toString('latin1', dataStart + 2, next)})`
    at = next
  }
  return ''
}
