import { type CategoryId, isCategoryId } from '../category-ids.ts'
import { type DomainName, parseDomainName } from '../domain-name.ts'
import { type RewriteService, RULE_SCOPES, type RuleScope } from '../list.ts'
import { isRuleFailure } from '../rule-failure.ts'

/** A name of a curated set, with where we know it from. */
export interface CuratedName {
  readonly name: DomainName
  readonly scope: RuleScope
  readonly source: string
  /** Only in sets of rewrites: where the name is answered from. */
  readonly target?: DomainName
}

/** A set shipped with the product: its names were put together by hand, a few tens at most, and each says whence. */
export interface CuratedSet {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly licence: string
  readonly version: string
  /** In milliseconds since the epoch. */
  readonly updatedAt: number
  readonly purpose:
    | { readonly kind: 'category'; readonly category: CategoryId }
    | { readonly kind: 'service'; readonly service: RewriteService }
  readonly names: readonly CuratedName[]
}

/** A shipped set that is not as it must be: a fault in the product itself, found at start. */
export class CuratedSetError extends Error {
  readonly code = 'EDGE_CURATED_SET'
}

/** Reads one set's file. Throws CuratedSetError for anything out of order. */
export function readCuratedSet(file: unknown): CuratedSet {
  const record = recordOf(file, 'a set')
  const id = textOf(record, 'id')
  const updatedAt = Date.parse(textOf(record, 'updatedAt'))
  if (Number.isNaN(updatedAt)) throw new CuratedSetError(`${id}: updatedAt is no date`)
  const { names } = record
  if (!Array.isArray(names) || names.length === 0)
    throw new CuratedSetError(`${id}: names are missing`)
  const purpose = purposeOf(record, id)
  return {
    id,
    title: textOf(record, 'title'),
    source: textOf(record, 'source'),
    licence: textOf(record, 'licence'),
    version: textOf(record, 'version'),
    updatedAt,
    purpose,
    names: names.map((name) => nameOf(name, purpose)),
  }
}

function nameOf(value: unknown, { kind }: CuratedSet['purpose']): CuratedName {
  const record = recordOf(value, 'a name')
  const name = domainOf(record, 'name')
  const source = textOf(record, 'source')
  if (kind === 'service')
    return { name, scope: 'exact', source, target: domainOf(record, 'target') }
  return { name, scope: scopeOf(record), source }
}

function purposeOf(record: Fields, id: string): CuratedSet['purpose'] {
  const { category, service } = record
  if (typeof category === 'string' && isCategoryId(category)) return { kind: 'category', category }
  if (service === 'safesearch' || service === 'youtube-strict' || service === 'youtube-moderate')
    return { kind: 'service', service }
  throw new CuratedSetError(`${id}: neither a category nor a service`)
}

function scopeOf({ scope }: Fields): RuleScope {
  if (scope === undefined) return 'subtree'
  const known = RULE_SCOPES.find((one) => one === scope)
  if (known === undefined) throw new CuratedSetError(`unknown scope ${JSON.stringify(scope)}`)
  return known
}

function domainOf(record: Fields, key: string): DomainName {
  const text = textOf(record, key)
  const name = parseDomainName(text)
  if (isRuleFailure(name)) throw new CuratedSetError(`${JSON.stringify(text)}: ${name.detail}`)
  return name
}

type Fields = Readonly<Record<string, unknown>>

function textOf(record: Fields, key: string): string {
  const value = record[key]
  if (typeof value === 'string' && value !== '') return value
  throw new CuratedSetError(`${key} is missing in ${JSON.stringify(record).slice(0, 200)}`)
}

function recordOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value
  throw new CuratedSetError(`${what} is not an object`)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
