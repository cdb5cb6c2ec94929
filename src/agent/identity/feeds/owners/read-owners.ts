import { type Failure, failure } from '#domain/failure.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import { OWNER_LIMITS } from './owner-limits.ts'
import { findColumns, type OwnerColumns } from './owner-titles.ts'
import { readCsv, type TextRow } from './read-csv.ts'
import { readJsonList } from './read-json-list.ts'
import { type Owner, type OwnerRules, quoted, readOwner } from './read-owner.ts'
import type { TextFault } from './text-fault.ts'

/** A row that does not count. */
export interface RefusedRow {
  readonly line: number
  readonly reason: string
}

export interface OwnerImport {
  readonly owners: readonly Owner[]
  readonly rows: number
  readonly refused: number
  /** The first of them. */
  readonly refusedRows: readonly RefusedRow[]
}

/** The file as a whole is of no use: the last good one stays. */
export type OwnersFault = Failure<'owners-unusable'>

/**
 * Reads an export, CSV or a JSON list of objects, in steps: each `yield` is a place to pause. A bad row costs only itself. Never throws.
 */
export function* readOwners(
  text: string,
  rules: OwnerRules,
): Generator<undefined, OwnerImport | OwnersFault> {
  const gathering = new Gathering(rules)
  const isJson = /^\s*[[{]/.test(text)
  const fault = yield* isJson ? takeJson(text, gathering) : takeCsv(text, gathering)
  if (fault !== undefined) return failure('owners-unusable', fault)
  const { owners, rows, refused, refusedRows } = gathering
  if (rows === 0) return failure('owners-unusable', 'it holds no row')
  if (owners.length === 0)
    return failure(
      'owners-unusable',
      `none of its ${rows} rows counts; line ${refusedRows[0]?.line}: ${refusedRows[0]?.reason}`,
    )
  return { owners, rows, refused, refusedRows }
}

class Gathering {
  readonly owners: Owner[] = []
  readonly refusedRows: RefusedRow[] = []
  rows = 0
  refused = 0
  readonly #rules: OwnerRules
  readonly #lineOf = new Map<MacAddress, number>()

  constructor(rules: OwnerRules) {
    this.#rules = rules
  }

  take(row: TextRow, columns: OwnerColumns): void {
    this.rows++
    if (this.rows > OWNER_LIMITS.rows)
      return this.refuse(row.line, `at most ${OWNER_LIMITS.rows} rows count`)
    const owner = readOwner(row, columns, this.#rules)
    if (typeof owner === 'string') return this.refuse(row.line, owner)
    const taken = owner.macs.find((mac) => this.#lineOf.has(mac))
    if (taken !== undefined)
      return this.refuse(row.line, `${taken} stands in line ${this.#lineOf.get(taken)} already`)
    for (const mac of owner.macs) this.#lineOf.set(mac, row.line)
    this.owners.push(owner)
  }

  refuse(line: number, reason: string): void {
    this.refused++
    if (this.refusedRows.length < OWNER_LIMITS.refusedKept) this.refusedRows.push({ line, reason })
  }
}

function* takeCsv(text: string, gathering: Gathering): Generator<undefined, string | undefined> {
  let columns: OwnerColumns | undefined
  let titles = 0
  const rows = readCsv(text)
  for (;;) {
    const next = rows.next()
    if (next.done) return next.value && sayFault(next.value)
    const row = next.value
    if (row.fields.every((field) => field === '')) {
      yield
      continue
    }
    if (columns && row.fields.length > titles) {
      gathering.rows++
      gathering.refuse(row.line, `it has ${row.fields.length} fields, the titles are ${titles}`)
    } else if (columns) gathering.take(row, columns)
    else {
      columns = findColumns(row.fields)
      titles = row.fields.length
      if (columns.mac.length === 0) return noMacColumn(row.fields)
    }
    yield
  }
}

function sayFault({ line, fault }: TextFault): string {
  return `line ${line}: ${fault}`
}

function noMacColumn(titles: readonly string[]): string {
  return `no column is called "MAC address", "Wi-Fi MAC" or the like; it begins with ${quoted(titles.join(', '))}`
}

function* takeJson(text: string, gathering: Gathering): Generator<undefined, string | undefined> {
  const items = readJsonList(text)
  // Most objects have the titles of the one before.
  let titles = ''
  let columns = findColumns([])
  for (;;) {
    const next = items.next()
    if (next.done) return next.value && sayFault(next.value)
    const { line, text: item } = next.value
    const row = rowOf(item, line)
    if (typeof row === 'string') return `line ${line}: ${row}`
    const key = row.titles.join('\n')
    if (key !== titles) {
      titles = key
      columns = findColumns(row.titles)
    }
    gathering.take(row, columns)
    yield
  }
}

/** An object as a row with titles of its own; what is neither text nor a number is no field. */
function rowOf(
  item: string,
  line: number,
): (TextRow & { readonly titles: readonly string[] }) | string {
  let value: unknown
  try {
    value = JSON.parse(item)
  } catch {
    return 'the object that begins here is no JSON'
  }
  const entries = Object.entries(value ?? {}).slice(0, OWNER_LIMITS.fields)
  return {
    line,
    titles: entries.map(([title]) => title),
    fields: entries.map(([, field]) => textOf(field).slice(0, OWNER_LIMITS.fieldChars)),
  }
}

function textOf(field: unknown): string {
  if (Array.isArray(field)) return field.map(textOf).join(' ')
  return typeof field === 'string' || typeof field === 'number' ? String(field).trim() : ''
}
