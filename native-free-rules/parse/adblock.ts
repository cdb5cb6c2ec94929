/**
 * Adblock DNS rules, as AdGuard's DNS filters are written: `||name^`, `@@` exceptions, `|`, wildcards, and the options `important`,
 * `badfilter`, `dnstype`, `denyallow` and `dnsrewrite`. A line of a hosts file among them covers its names exactly.
 */
import type { RuleCondition } from '../rule-condition.ts'
import { isRuleFailure } from '../rule-failure.ts'
import { type AdblockOptions, readOptions } from './adblock-options.ts'
import { isAddress, whyNotHost } from './host-text.ts'
import { splitLines } from './line-splitter.ts'
import { type ListLine, type LocalDataBook, makeLocalDataBook } from './local-data-book.ts'
import { conditionOf, type NamePattern, readNamePattern } from './name-pattern.ts'
import { makeRegexReader, type ReadRegex } from './regex-rule.ts'
import type { ActionTaker, ListParser, ListRule } from './rule-taker.ts'

/** Rules taken back by `badfilter`: they are held until the list ends, because they may stand before what they take back. */
const BAD_FILTERS_MAX = 10_000
const IMPORTANT: RuleCondition = { isImportant: true }
/** `[Adblock Plus 2.0]` and its like. */
const TITLE = /^\[ad(?:block|guard)[^\]]*\]$/i
const COSMETIC = /#[@?$%]*#/
/**
 * The same for every page, as `##.banner` and `###id`: it begins like a comment. A heading (`## x`) and a line of `#` are comments, for no
 * selector begins with a blank or with two of them.
 */
const COSMETIC_EVERYWHERE = /^\s*#[@?$%]*##?[^\s#]/
const OF_PAGES = 'a rule for the content of pages'

interface BadFilter extends ListLine {
  readonly rule: ListRule
}

/** A parser for one such list. Never throws. */
export function parseAdblock(taker: ActionTaker): ListParser {
  const book = makeLocalDataBook(taker)
  const badFilters: BadFilter[] = []
  const readRegex = makeRegexReader()
  const lines = splitLines(
    taker,
    (content, line, whole) => {
      if (content.startsWith('!') || TITLE.test(content)) return
      const at = { line, text: whole }
      // Before blanks are looked for, which selectors have.
      if (COSMETIC.test(content)) return taker.refuse(line, whole, OF_PAGES)
      if (/\s/.test(content)) return takeHosts(taker, content, at)
      const why = takeRule({ taker, book, badFilters, readRegex }, content, at)
      if (why !== undefined) taker.refuse(line, whole, why)
    },
    (text) => COSMETIC_EVERYWHERE.test(text),
  )
  return {
    write: lines.write,
    end: () => {
      lines.end()
      book.end()
      for (const { rule, line, text } of badFilters)
        if (!taker.takeBack(rule))
          taker.refuse(line, text, 'takes back a rule that this list does not have')
      badFilters.length = 0
    },
  }
}

interface Parts {
  readonly taker: ActionTaker
  readonly book: LocalDataBook
  readonly badFilters: BadFilter[]
  readonly readRegex: ReadRegex
}

/** Why the rule is not taken in, or undefined. */
function takeRule(parts: Parts, content: string, at: ListLine): string | undefined {
  const isException = content.startsWith('@@')
  const { pattern, options: text } = splitRule(isException ? content.slice(2) : content)
  const options = text === undefined ? {} : readOptions(text)
  if (isRuleFailure(options)) return options.detail
  const names = patternOf(pattern, parts.readRegex)
  if (isRuleFailure(names)) return names.detail
  return takeParsed(parts, { names, options, isException }, at)
}

interface Parsed {
  readonly names: NamePattern
  readonly options: AdblockOptions
  readonly isException: boolean
}

function takeParsed(
  { taker, book, badFilters }: Parts,
  { names, options, isException }: Parsed,
  at: ListLine,
): string | undefined {
  const { rewrite, isBadFilter } = options
  const rule = ruleOf(names, options)
  if (rewrite && isException) return 'an exception from rewrites alone is not evaluated'
  if (rewrite && isBadFilter) return 'taking back a rewrite is not evaluated'
  if (rewrite && !taker.isTrusted) return 'only a trusted list may do more than block'
  if (rewrite?.kind === 'record') return book.hold(rule, rewrite.record, at)?.detail
  const action = isException ? ({ kind: 'except' } as const) : (rewrite?.action ?? BLOCK)
  if (!isBadFilter) return taker.take({ ...rule, action })?.detail
  if (badFilters.length >= BAD_FILTERS_MAX) return 'too many rules with badfilter'
  badFilters.push({ ...at, rule: { ...rule, action } })
  return undefined
}

const BLOCK = { kind: 'block' } as const

function ruleOf(names: NamePattern, options: AdblockOptions): Omit<ListRule, 'action'> {
  const { name, scope } = names
  const pattern = conditionOf(names)
  const { isImportant, types, denyAllow } = options
  if (!pattern && !types && !denyAllow)
    return isImportant ? { name, scope, condition: IMPORTANT } : { name, scope }
  const condition: RuleCondition = {
    ...(isImportant && { isImportant }),
    ...(types && { types }),
    ...(denyAllow && { denyAllow }),
    ...pattern,
  }
  return { name, scope, condition }
}

/** Cuts a rule at the `$` before its options, which a regular expression may hold too. */
function splitRule(text: string): { readonly pattern: string; readonly options?: string } {
  if (text.startsWith('/')) {
    const end = text.endsWith('/') ? -1 : text.lastIndexOf('/$')
    if (end < 1) return { pattern: text }
    return { pattern: text.slice(0, end + 1), options: text.slice(end + 2) }
  }
  const at = text.indexOf('$')
  if (at < 0) return { pattern: text }
  return { pattern: text.slice(0, at), options: text.slice(at + 1) }
}

function patternOf(
  text: string,
  readRegex: ReadRegex,
): ReturnType<typeof readNamePattern> | ReturnType<ReadRegex> {
  return /^\/.+\/$/.test(text) ? readRegex(text.slice(1, -1)) : readNamePattern(text)
}

function takeHosts(taker: ActionTaker, content: string, { line, text }: ListLine): void {
  const [address = '', ...names] = content.split(/\s+/)
  if (!isAddress(address)) return taker.refuse(line, text, 'a blank within a rule')
  for (const name of names) {
    const why = whyNotHost(name) ?? taker.take({ name, scope: 'exact', action: BLOCK })?.detail
    if (why !== undefined) taker.refuse(line, text, why)
  }
}
