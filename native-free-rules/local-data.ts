import { type DomainName, parseDomainName } from './domain-name.ts'
import { TYPE_A, TYPE_AAAA, TYPE_TXT } from './record-types.ts'
import { isPlainName } from './rule-condition.ts'
import { isRuleFailure } from './rule-failure.ts'

/** A record that a trusted list answers a name with. */
export type LocalRecord =
  | { readonly kind: 'alias'; readonly target: DomainName }
  /** RDATA in hexadecimal, of A, AAAA or TXT. */
  | { readonly kind: 'data'; readonly type: number; readonly data: string }

/** Records of one name. */
export const LOCAL_RECORDS_MAX = 16
/** RDATA of all records of one type; an answer made here has room for it. */
export const LOCAL_DATA_BYTES_MAX = 256

const RDATA: ReadonlyMap<number, RegExp> = new Map([
  [TYPE_A, /^[0-9a-f]{8}$/],
  [TYPE_AAAA, /^[0-9a-f]{32}$/],
  [TYPE_TXT, /^(?:[0-9a-f]{2}){1,256}$/],
])

/** Why records cannot be one name's answer, or undefined. */
export function whyNotRecords(records: readonly LocalRecord[]): string | undefined {
  if (records.length === 0 || records.length > LOCAL_RECORDS_MAX)
    return `a name has 1 to ${LOCAL_RECORDS_MAX} records`
  if (records.length > 1 && records.some(({ kind }) => kind === 'alias'))
    return 'an alias stands alone'
  const bytes = new Map<number, number>()
  for (const record of records) {
    if (record.kind === 'alias') continue
    const sum = (bytes.get(record.type) ?? 0) + record.data.length / 2
    if (sum > LOCAL_DATA_BYTES_MAX)
      return `more than ${LOCAL_DATA_BYTES_MAX} bytes of one record type`
    bytes.set(record.type, sum)
  }
  return undefined
}

/** Checks records from an index's manifest. */
export function areLocalRecords(value: unknown): value is readonly LocalRecord[] {
  return Array.isArray(value) && value.every(isLocalRecord) && whyNotRecords(value) === undefined
}

function isLocalRecord(value: unknown): value is LocalRecord {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'alias') return 'target' in value && isPlainTarget(value.target)
  if (value.kind !== 'data' || !('type' in value) || !('data' in value)) return false
  const { type, data } = value
  return (
    typeof type === 'number' && typeof data === 'string' && (RDATA.get(type)?.test(data) ?? false)
  )
}

function isPlainTarget(value: unknown): boolean {
  if (typeof value !== 'string' || !isPlainName(value)) return false
  const name = parseDomainName(value)
  return !isRuleFailure(name) && name === value
}

/** RDATA of the records, by type. */
export function dataByType(
  records: readonly LocalRecord[],
): ReadonlyMap<number, readonly Uint8Array[]> {
  const found = new Map<number, Uint8Array[]>()
  for (const record of records) {
    if (record.kind === 'alias') continue
    const bytes = Uint8Array.from(record.data.match(/../g) ?? [], (pair) => Number(`0x${pair}`))
    const others = found.get(record.type)
    if (others) others.push(bytes)
    else found.set(record.type, [bytes])
  }
  return found
}
