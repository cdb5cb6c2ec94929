import { type AddressRule, addressRow, readAddressRow } from './address-rule.ts'
import { isCategoryId } from './category-ids.ts'
import { parseDomainName } from './domain-name.ts'
import { ENTRIES_MAX } from './index-layout.ts'
import {
  LIST_ANSWERS,
  type ListManifest,
  type RefusedLine,
  type RewriteService,
  type RuleEffect,
  type RuleEntry,
  type RuleGroups,
} from './list.ts'
import { areLocalRecords } from './local-data.ts'
import { isCondition } from './rule-condition.ts'
import { isRuleFailure } from './rule-failure.ts'

/** What an index says of itself. */
export interface IndexManifest {
  readonly fingerprint: string
  readonly lists: readonly ListManifest[]
  readonly entries: readonly RuleEntry[]
  /** Rules on networks. */
  readonly addresses: readonly AddressRule[]
}

const SERVICES: readonly RewriteService[] = ['safesearch', 'youtube-strict', 'youtube-moderate']

/** JSON text of a manifest. */
export function writeManifest(manifest: IndexManifest): string {
  return JSON.stringify({ ...manifest, addresses: manifest.addresses.map(addressRow) })
}

/** Reads what `writeManifest` wrote; undefined for anything else. Never throws. */
export function readManifest(text: string): IndexManifest | undefined {
  const value = parseJson(text)
  if (!isRecord(value)) return undefined
  const { fingerprint, lists, entries, addresses } = value
  if (typeof fingerprint !== 'string') return undefined
  if (!isArrayOf(lists, isListManifest)) return undefined
  if (!isArrayOf(entries, isRuleEntry) || entries.length > ENTRIES_MAX) return undefined
  const ids = new Set(lists.map(({ id }) => id))
  const isInOrder = entries.every((entry, index) => entry.id === index && ids.has(entry.list))
  const rules = Array.isArray(addresses)
    ? addresses.map((row) => readAddressRow(row, entries.length))
    : [undefined]
  const sound = rules.filter((rule) => rule !== undefined)
  return isInOrder && sound.length === rules.length
    ? { fingerprint, lists, entries, addresses: sound }
    : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isListManifest(value: unknown): value is ListManifest {
  if (!isRecord(value)) return false
  const texts = ['id', 'title', 'source', 'licence', 'version']
  const numbers = ['updatedAt', 'names', 'conditional', 'refusedLines']
  return (
    texts.every((key) => typeof value[key] === 'string') &&
    numbers.every((key) => typeof value[key] === 'number') &&
    typeof value['trusted'] === 'boolean' &&
    (value['isNearestOnly'] === undefined || value['isNearestOnly'] === true) &&
    isArrayOf(value['refused'], isRefusedLine) &&
    isArrayOf(value['categories'], isCategory) &&
    isArrayOf(value['categoriesWithNames'], isCategory)
  )
}

function isRefusedLine(value: unknown): value is RefusedLine {
  if (!isRecord(value)) return false
  const { line, text, reason } = value
  return typeof line === 'number' && typeof text === 'string' && typeof reason === 'string'
}

function isRuleEntry(value: unknown): value is RuleEntry {
  if (!isRecord(value)) return false
  const { id, list, effect, condition } = value
  if (condition !== undefined && !isCondition(condition)) return false
  return typeof id === 'number' && typeof list === 'string' && isEffect(effect)
}

function isEffect(value: unknown): value is RuleEffect {
  if (!isRecord(value)) return false
  switch (value['kind']) {
    case 'categorise':
      return (
        isCategory(value['category']) &&
        isAnswer(value['answer']) &&
        (value['records'] === undefined || arePlainRecords(value['records']))
      )
    case 'tcp-only':
      return isCategory(value['category'])
    case 'except':
      return true
    case 'rewrite':
      return SERVICES.some((service) => service === value['service']) && isName(value['target'])
    case 'local-data':
      return areLocalRecords(value['records'])
    case 'school-allow':
    case 'school-deny':
      return isGroups(value['groups']) && isUntil(value['until'])
    default:
      return false
  }
}

/** An alias would have to be followed, which a block is not. */
function arePlainRecords(value: unknown): boolean {
  return areLocalRecords(value) && value.every(({ kind }) => kind === 'data')
}

function isAnswer(value: unknown): boolean {
  return value === undefined || LIST_ANSWERS.some((answer) => answer === value)
}

function isGroups(value: unknown): value is RuleGroups {
  return value === 'all' || isArrayOf(value, isText)
}

function isUntil(value: unknown): boolean {
  return value === undefined || Number.isFinite(value)
}

function isName(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const name = parseDomainName(value)
  return !isRuleFailure(name) && name === value
}

function isCategory(value: unknown): boolean {
  return typeof value === 'string' && isCategoryId(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isArrayOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is readonly T[]
function isArrayOf(value: unknown, isOne: (one: unknown) => boolean): boolean
function isArrayOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((one) => isOne(one))
}
