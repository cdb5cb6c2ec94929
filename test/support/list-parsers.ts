/** Every list format with its parser and its fixture, for tests that try them all. */
import type { ListSink } from '#rules/list-sink.ts'
import { parseAdblock } from '#rules/parse/adblock.ts'
import { parseDnsmasq } from '#rules/parse/dnsmasq.ts'
import { parseDomainList } from '#rules/parse/domain-list.ts'
import { parseHostsFile } from '#rules/parse/hosts-file.ts'
import { parseRegexList } from '#rules/parse/regex-list.ts'
import { parseRpz } from '#rules/parse/rpz.ts'
import {
  type ActionTaker,
  type ListParser,
  type RuleTaker,
  takeActionsInto,
  takeInto,
} from '#rules/parse/rule-taker.ts'
import { parseUt1Usage, ut1Use } from '#rules/parse/ut1-folder.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'

const EFFECT = { kind: 'categorise', category: 'media.games' } as const

export interface ListFormat {
  readonly name: 'hosts' | 'domains' | 'ut1' | 'adblock' | 'rpz' | 'dnsmasq' | 'regex'
  readonly fixture: string
  readonly parserInto: (sink: ListSink, isTrusted: boolean) => ListParser
  /** A line that names a domain with what is below it, or it alone. */
  readonly lineFor: (name: string) => string
}

export const LIST_FORMATS: readonly ListFormat[] = [
  { name: 'hosts', fixture: 'hosts.txt', ...names(parseHostsFile), lineFor: (x) => `0.0.0.0 ${x}` },
  { name: 'domains', fixture: 'domains.txt', ...names(parseDomainList), lineFor: (x) => x },
  { name: 'ut1', fixture: 'ut1.txt', parserInto: parseUt1, lineFor: (x) => x },
  { name: 'adblock', fixture: 'adblock.txt', ...actions(parseAdblock), lineFor: (x) => `||${x}^` },
  { name: 'rpz', fixture: 'zone.rpz', ...actions(parseRpz), lineFor: (x) => `${x} CNAME .` },
  {
    name: 'dnsmasq',
    fixture: 'dnsmasq.conf',
    ...actions(parseDnsmasq),
    lineFor: (x) => `address=/${x}/`,
  },
  {
    name: 'regex',
    fixture: 'regex.txt',
    ...actions(parseRegexList),
    lineFor: (x) => `(^|\\.)${x.replaceAll('.', '\\.')}$`,
  },
]

function names(parse: (taker: RuleTaker) => ListParser): Pick<ListFormat, 'parserInto'> {
  return { parserInto: (sink) => parse(takeInto(sink, EFFECT)) }
}

function actions(parse: (taker: ActionTaker) => ListParser): Pick<ListFormat, 'parserInto'> {
  return {
    parserInto: (sink, isTrusted) => parse(takeActionsInto(sink, EFFECT, isTrusted)),
  }
}

const FOLDER = /^(.*)\/$/

/** Folders of UT1, each begun by a line of its name with a slash; their usage files are as hostile as their names. */
function parseUt1(sink: ListSink): ListParser {
  let folder = parseDomainList(takeInto(sink, EFFECT))
  const texts: string[] = []
  return {
    write: (chunk) => {
      parseUt1Usage(chunk)
      texts.push(chunk)
    },
    end: () => {
      for (const line of texts.join('').split('\n')) {
        const name = FOLDER.exec(line)?.[1]
        if (name === undefined) folder.write(`${line}\n`)
        else folder = openFolder(sink, folder, name)
      }
      folder.end()
    },
  }
}

/** Where the lines after a folder's name go; those of a folder that is not used go nowhere. */
function openFolder(sink: ListSink, before: ListParser, name: string): ListParser {
  before.end()
  const category = ut1Use(name, new Map())
  if (isRuleFailure(category)) sink.refuse(0, name, category.detail)
  if (category === 'off' || isRuleFailure(category))
    return { write: () => undefined, end: () => undefined }
  return parseDomainList(takeInto(sink, { kind: 'categorise', category }))
}
