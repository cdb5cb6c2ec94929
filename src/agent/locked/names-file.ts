import { isAllowLocked, isLocked, LOCKED_CATEGORIES } from '#rules/categories.ts'
import { type CategoryId, isCategoryId } from '#rules/category-ids.ts'
import { type DomainName, nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { tooWide } from '#rules/list-guard.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import type { LockedName } from './seal-bundle.ts'

/** A line of an operator's file that cannot be used. What it says is not quoted: it would be in a terminal's memory, or in a log. */
export interface BadLine {
  readonly line: number
  readonly why: string
}

/** What a file of names holds. A bundle is made only where no line is bad. */
export interface NamesFile {
  readonly names: readonly LockedName[]
  readonly bad: readonly BadLine[]
  /** Lines that say what another has said. */
  readonly repeated: number
}

/**
 * Reads an operator's file: `CATEGORY NAME` a line for a name with all below it, `CATEGORY NAME exact` for the name alone;
 * `#` begins a comment. Never throws.
 */
export function readNamesFile(text: string): NamesFile {
  const names = new Map<string, LockedName>()
  const bad: BadLine[] = []
  let repeated = 0
  for (const [index, whole] of text.split('\n').entries()) {
    const words = whole.replace(/#.*/, '').trim().split(/\s+/)
    if (words[0] === '') continue
    const read = readLine(words)
    if (typeof read === 'string') bad.push({ line: index + 1, why: read })
    else {
      const key = `${read.category} ${read.name} ${read.isExact}`
      if (names.has(key)) repeated++
      names.set(key, read)
    }
  }
  return { names: [...names.values()], bad, repeated }
}

function readLine(words: readonly string[]): LockedName | string {
  const [category = '', text, scope, ...rest] = words
  if (!isCategoryId(category) || !isLocked(category))
    return `must begin with one of ${LOCKED_CATEGORIES.join(', ')}`
  if (text === undefined) return 'has no name'
  if (rest.length > 0 || (scope !== undefined && scope !== 'exact'))
    return 'has more than a category, a name and `exact`'
  return readName(category, text, scope === 'exact')
}

function readName(category: CategoryId, text: string, isExact: boolean): LockedName | string {
  if (/[/:?]/.test(text)) return 'is an address of a page: DNS can only apply whole names'
  if (text.includes('*')) return 'has a wildcard; a name stands for all below it as it is'
  const name = parseDomainName(text)
  if (isRuleFailure(name)) return name.detail
  const wide = tooWide(nameToWire(name), isExact ? 'exact' : 'subtree')
  if (wide) return wide.detail
  if (coversNeeded(name, isExact))
    return 'would block a help site, or a service that schools need, for everybody; nothing could lift it'
  return { category, name, isExact }
}

/** Whether a help site or another always-allowed name would be blocked with it. */
function coversNeeded(name: DomainName, isExact: boolean): boolean {
  return NEEDED.some((one) => one === name || (!isExact && one.endsWith(`.${name}`)))
}

const NEEDED: readonly DomainName[] = CURATED_SETS.flatMap(({ purpose, names }) =>
  purpose.kind === 'category' && isAllowLocked(purpose.category)
    ? names.map(({ name }) => name)
    : [],
)
