import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { compileBaseline } from '#rules/compile-baseline.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { IndexParts } from '#rules/index-layout.ts'
import type { ListSource, RuleEffect } from '#rules/list.ts'
import type { ListSink } from '#rules/list-sink.ts'
import { parseAdblock } from '#rules/parse/adblock.ts'
import { parseDnsmasq } from '#rules/parse/dnsmasq.ts'
import { parseDomainList } from '#rules/parse/domain-list.ts'
import { parseHostsFile } from '#rules/parse/hosts-file.ts'
import { parseRegexList } from '#rules/parse/regex-list.ts'
import { parseRpz } from '#rules/parse/rpz.ts'
import { type ListParser, takeActionsInto, takeInto } from '#rules/parse/rule-taker.ts'
import { parseUt1Usage, type Ut1Usage, ut1Use } from '#rules/parse/ut1-folder.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { SchoolRule } from '../policy/ready-config.ts'
import { type CompilePlan, type ListVersion, ut1Folders } from './compile-plan.ts'
import { readList } from './read-list.ts'
import { refuseUnknown } from './unknown-folders.ts'

/** A usage file is a few words; more is not one. */
const USAGE_CHARS_MAX = 1_000
/** Of a list's file, to guess how many names it holds. */
const BYTES_PER_NAME = 20

/**
 * Reads every list and compiles one index of the shipped sets, the lists and the school's own rules. Blocks for as long
 * as it takes: a worker's work. A file that cannot be read is a refused line of its list, never the end.
 */
export function compileRules(plan: CompilePlan): IndexParts {
  const builder = new IndexBuilder({
    seed: randomBytes(8),
    fingerprint: plan.fingerprint,
    limits: { nodesMax: plan.listNamesMax, refusedKeptMax: plan.refusedLinesKept },
    namesExpected: Math.floor(bytesOfLists(plan) / BYTES_PER_NAME),
  })
  compileBaseline(builder)
  // Before the lists, so that none of them can use up the room for these.
  compileSchool(builder, 'school-allow', plan.schoolAllow)
  compileSchool(builder, 'school-deny', plan.schoolDeny)
  for (const list of plan.lists) compileList(builder, list, plan.listBytesMax)
  return builder.build()
}

function bytesOfLists({ lists }: CompilePlan): number {
  return lists
    .flatMap(filesOf)
    .reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** The files that a list is read from. */
function filesOf({ format, path }: ListVersion): readonly string[] {
  if (format !== 'ut1') return [path]
  return ut1Folders(path).map((folder) => join(path, folder, 'domains'))
}

/** Reads one list into an index. A file that cannot be read is a refused line. Returns where more of the list could go. */
export function compileList(builder: IndexBuilder, list: ListVersion, bytesMax: number): ListSink {
  const sink = builder.list(sourceOf(list))
  if (list.format === 'ut1') {
    compileUt1(sink, list, bytesMax)
    return sink
  }
  const fault = readList(list.path, parserOf(list, sink), bytesMax)
  if (fault) sink.refuse(0, list.id, fault.detail)
  return sink
}

function parserOf(
  list: Exclude<ListVersion, { readonly format: 'ut1' }>,
  sink: ListSink,
): ListParser {
  const effect: Extract<RuleEffect, { kind: 'categorise' }> = {
    kind: 'categorise',
    category: list.category,
  }
  switch (list.format) {
    case 'hosts':
      return parseHostsFile(takeInto(sink, effect))
    case 'domains':
      return parseDomainList(takeInto(sink, effect))
    case 'regex':
      return parseRegexList(takeActionsInto(sink, effect, list.trusted))
    case 'adblock':
      return parseAdblock(takeActionsInto(sink, effect, list.trusted))
    case 'rpz':
      return parseRpz(takeActionsInto(sink, effect, list.trusted))
    case 'dnsmasq':
      return parseDnsmasq(takeActionsInto(sink, effect, list.trusted))
    default:
      return list.format satisfies never
  }
}

/** One folder a category; only those that UT1 itself calls black are lists of what to block. */
function compileUt1(
  sink: ListSink,
  list: ListVersion & { readonly format: 'ut1' },
  bytesMax: number,
): void {
  // First, for of the lines that are refused only so many are kept.
  refuseUnknown(sink, list.path, list.categories)
  for (const folder of ut1Folders(list.path)) {
    const category = ut1Use(folder, list.categories)
    if (category === 'off' || isRuleFailure(category)) continue
    const usage = readUsage(join(list.path, folder, 'usage'))
    if (isFailure(usage)) sink.refuse(0, folder, usage.detail)
    if (usage !== 'black') continue
    const file = join(list.path, folder, 'domains')
    if (!existsSync(file)) continue
    const taker = takeInto(sink, { kind: 'categorise', category })
    const parser = parseDomainList({
      emit: taker.emit,
      refuse: (line, text, reason) => taker.refuse(line, `${folder}: ${text}`, reason),
    })
    const fault = readList(file, parser, bytesMax)
    if (fault) sink.refuse(0, folder, fault.detail)
  }
}

function readUsage(file: string): Ut1Usage | Failure {
  try {
    return parseUt1Usage(readFileSync(file, 'utf8').slice(0, USAGE_CHARS_MAX))
  } catch {
    return failure('no-usage', 'has no usage file that says black or white')
  }
}

function compileSchool(
  builder: IndexBuilder,
  kind: 'school-allow' | 'school-deny',
  rules: readonly SchoolRule[],
): void {
  if (rules.length === 0) return
  const sink = builder.list({
    id: kind,
    title: kind === 'school-allow' ? 'Allowed by the school' : 'Denied by the school',
    source: 'edge.yaml',
    licence: 'own',
    version: '1',
    updatedAt: 0,
    trusted: true,
  })
  for (const { name, groups, until } of rules)
    sink.add(name, 'subtree', { kind, groups, ...(until === undefined ? {} : { until }) })
}

function sourceOf(list: ListVersion): ListSource {
  const { id, title, source, licence, version, updatedAt, trusted, format } = list
  const facts = { id, title, source, licence, version, updatedAt: Math.floor(updatedAt), trusted }
  // What a zone, and dnsmasq, say of a name is said by the nearest of their rules.
  return format === 'rpz' || format === 'dnsmasq' ? { ...facts, isNearestOnly: true } : facts
}
