/**
 * A million names in several lists of several formats, read by the product's parsers, and a naive look-up of the same lines: a map from
 * each name to what lists say of it, asked for every suffix. It shares nothing with the index but the text of the lists.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { Matches } from '#rules/matches.ts'
import { openIndex } from '#rules/open-index.ts'
import { parseAdblock } from '#rules/parse/adblock.ts'
import { parseDnsmasq } from '#rules/parse/dnsmasq.ts'
import { parseDomainList } from '#rules/parse/domain-list.ts'
import { parseHostsFile } from '#rules/parse/hosts-file.ts'
import { type ListParser, takeActionsInto, takeInto } from '#rules/parse/rule-taker.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { madeUpNames } from '#test/bench/bench-names.ts'
import type { ListTree } from '#test/load/ut1-tree.ts'
import { testSource } from '#test/native-free-rules/make-index.ts'
import { Agreement } from './agreement.ts'

type Meaning = 'exact' | 'subtree' | 'below' | 'except'

interface OracleList {
  readonly id: string
  readonly format: 'domains' | 'hosts' | 'adblock' | 'dnsmasq'
  /** Only the nearest of its rules counts. */
  readonly isNearestOnly: boolean
  readonly rules: readonly (readonly [name: string, meaning: Meaning])[]
}

const CATEGORY = { kind: 'categorise', category: 'contact.forums_ugc' } as const
const PLAIN = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/

/** UT1's black folders, each a list, and made-up lists of other formats, until there are `count` names. */
export function oracleLists(tree: ListTree, count: number): readonly OracleList[] {
  const real = tree.black.map((folder): OracleList => {
    const lines = readFileSync(join(tree.path, folder, 'domains'), 'utf8')
      .toLowerCase()
      .split('\n')
    const names = [...new Set(lines.map((line) => line.trim()))].filter(
      (name) => PLAIN.test(name) && !/^[\d.]+$/.test(name),
    )
    return listOf(`ut1-${folder}`, 'domains', names, () => ['subtree'])
  })
  const listed = real.flatMap(({ rules }) => rules.map(([name]) => name))
  const made = madeUpNames(Math.max(100_000, count - listed.length), 0)
  const quarter = Math.ceil(made.length / 4)
  const part = (i: number): readonly string[] => made.slice(i * quarter, (i + 1) * quarter)
  return [
    ...real,
    listOf('domains', 'domains', part(0), () => ['subtree']),
    // Some of these are in UT1 or in the list before as well.
    listOf(
      'hosts',
      'hosts',
      [...part(1), ...part(0).slice(0, 9_000), ...listed.slice(0, 9_000)],
      () => ['exact'],
    ),
    exceptionsOf('adblock', 'adblock', part(2)),
    exceptionsOf('dnsmasq', 'dnsmasq', part(3)),
  ]
}

/** Lists with exceptions: every third name has one below it, some of those have a block below that, some names only what is below. */
function exceptionsOf(
  id: string,
  format: 'adblock' | 'dnsmasq',
  names: readonly string[],
): OracleList {
  const rules = names.flatMap((name, i): (readonly [string, Meaning])[] => {
    const first: Meaning = format === 'adblock' && i % 5 === 0 ? 'below' : 'subtree'
    return [
      [name, first],
      ...(i % 3 === 0 ? ([[`good.${name}`, 'except']] as const) : []),
      ...(i % 9 === 0 ? ([[`bad.good.${name}`, 'subtree']] as const) : []),
    ]
  })
  return { id, format, isNearestOnly: format === 'dnsmasq', rules }
}

function listOf(
  id: string,
  format: OracleList['format'],
  names: readonly string[],
  meanings: () => readonly Meaning[],
): OracleList {
  const rules = names.flatMap((name) => meanings().map((meaning) => [name, meaning] as const))
  return { id, format, isNearestOnly: false, rules }
}

/** Compiles the lists from their text. */
export function compileLists(lists: readonly OracleList[]): RuleIndex {
  const builder = new IndexBuilder({ seed: randomBytes(8) })
  for (const list of lists) {
    const source = testSource(list.id)
    const sink = builder.list(list.isNearestOnly ? { ...source, isNearestOnly: true } : source)
    const actions = takeActionsInto(sink, CATEGORY, true)
    const parsers: Readonly<Record<OracleList['format'], () => ListParser>> = {
      domains: () => parseDomainList(takeInto(sink, CATEGORY)),
      hosts: () => parseHostsFile(takeInto(sink, CATEGORY)),
      adblock: () => parseAdblock(actions),
      dnsmasq: () => parseDnsmasq(actions),
    }
    const parser = parsers[list.format]()
    for (const [name, meaning] of list.rules) parser.write(`${lineOf(list, name, meaning)}\n`)
    parser.end()
  }
  const index = openIndex(builder.build())
  if (isRuleFailure(index)) throw new Error(index.detail)
  const refused = index.lists.flatMap(({ id, refused: lines }) =>
    lines.map(({ text, reason }) => `${id}: ${text}: ${reason}`),
  )
  if (refused.length > 0) throw new Error(`lines were refused: ${refused.slice(0, 5).join('; ')}`)
  return index
}

function lineOf({ format }: OracleList, name: string, meaning: Meaning): string {
  if (format === 'domains') return name
  if (format === 'hosts') return `0.0.0.0 ${name}`
  if (format === 'dnsmasq') return meaning === 'except' ? `server=/${name}/#` : `address=/${name}/`
  if (meaning === 'except') return `@@||${name}^`
  return meaning === 'below' ? `.${name}^` : `||${name}^`
}

/** Asks every listed name, and as many that nearly are one. */
export function compareLists(lists: readonly OracleList[], index: RuleIndex): Agreement {
  const agreement = new Agreement()
  const naive = new NaiveLists(lists)
  const matches = new Matches()
  const ask = (query: string): void => {
    const name = parseDomainName(query)
    if (isRuleFailure(name)) return
    matches.clear()
    index.match(nameToWire(name), 0, matches)
    const ids = [...matches.entries.subarray(0, matches.count)].map((id) => index.entries[id]?.list)
    const found = [...new Set(ids)].toSorted().join()
    const expected = naive.listsOn(query)
    if (found === expected) agreement.agree()
    else agreement.differ(`${query}: ${found || 'nothing'} not ${expected || 'nothing'}`)
  }
  let number = 0
  for (const { rules } of lists)
    for (const [name] of rules) {
      ask(name)
      ask(nearMiss(name, number++))
    }
  return agreement
}

/** In turn: a name below, the parent, a neighbour, a letter changed, a letter more, and a name beside an exception. */
function nearMiss(name: string, number: number): string {
  const dot = name.indexOf('.')
  const changed = name.charAt(dot - 1) === 'q' ? 'z' : 'q'
  switch (number % 6) {
    case 0:
      return `sub${number}.${name}`
    case 1:
      return name.slice(dot + 1)
    case 2:
      return `q${number}${name.slice(dot)}`
    case 3:
      return `${name.slice(0, Math.max(0, dot - 1))}${changed}${name.slice(dot)}`
    case 4:
      return `x${name}`
    default:
      return `a.good.${name}`
  }
}

class NaiveLists {
  readonly #rules = new Map<string, (readonly [list: number, meaning: Meaning])[]>()
  readonly #lists: readonly OracleList[]

  constructor(lists: readonly OracleList[]) {
    this.#lists = lists
    for (const [number, { rules }] of lists.entries())
      for (const [name, meaning] of rules) {
        const said = this.#rules.get(name)
        if (said) said.push([number, meaning])
        else this.#rules.set(name, [[number, meaning]])
      }
  }

  /** Ids of the lists that cover a name, sorted. */
  listsOn(query: string): string {
    const blocks = new Set<number>()
    const excepted = new Set<number>()
    const settled = new Set<number>()
    // From the name itself up, so that for a list whose nearest rules count the first level with any settles it.
    for (let at = 0; ; ) {
      const here = (this.#rules.get(query.slice(at)) ?? []).filter(
        ([list, meaning]) => !settled.has(list) && applies(meaning, at === 0),
      )
      for (const [list, meaning] of here) {
        if (meaning === 'except') excepted.add(list)
        else blocks.add(list)
      }
      for (const [list] of here) if (this.#lists[list]?.isNearestOnly) settled.add(list)
      const dot = query.indexOf('.', at)
      if (dot < 0) break
      at = dot + 1
    }
    const kept = [...blocks].filter((list) => !excepted.has(list))
    return [...new Set(kept.map((list) => this.#lists[list]?.id))].toSorted().join()
  }
}

function applies(meaning: Meaning, isWhole: boolean): boolean {
  return isWhole ? meaning !== 'below' : meaning !== 'exact'
}
