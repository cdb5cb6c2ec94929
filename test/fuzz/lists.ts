/**
 * Feeds mutated lists of every format to the compiler, trusted and not, each beside a control list. Nothing may throw, no small list
 * may take long, no index may be unsound, and what the control list says must hold whatever the other list holds.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setImmediate as breathe } from 'node:timers/promises'
import { decide } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { IndexParts } from '#rules/index-layout.ts'
import type { ListSource } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { openIndex } from '#rules/open-index.ts'
import { compileView } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { cpuMs } from '#test/support/cpu-time.ts'
import { LIST_FORMATS, type ListFormat } from '#test/support/list-parsers.ts'
import { domainName, makePolicy } from '#test/support/test-rules.ts'
import { hostileList } from './list-text.ts'
import { residentBytes } from './process-facts.ts'
import { makeRandom, type Random } from './random.ts'
import { Tally } from './tally.ts'

/** Milliseconds of this thread's CPU that a list of some lines may take; the best of so many runs, for collections come at any time. */
const SLOWEST_MS = 50
const RUNS = 6
/** Resident memory may grow by so much between a third of the time and its end: collections are late, leaks are not. */
const RSS_GROWTH_MAX_BYTES = 96 * 1_048_576
/** A slice of time for one format before the next has its turn. */
const TURN_MS = 250
const CONTROL = 'control'

interface FormatFigures {
  lists: number
  lines: number
  rules: number
  refused: number
  slowestMs: number
}

export interface ListFuzzResult {
  readonly tally: Tally
  readonly figures: ReadonlyMap<string, FormatFigures>
  readonly rss: { readonly before: number; readonly after: number; readonly growthMax: number }
  readonly seconds: number
}

interface Subject {
  readonly format: ListFormat
  readonly isTrusted: boolean
  readonly fixture: readonly [string, ...string[]]
  readonly figures: FormatFigures
}

/** Runs for so long, all formats in turn. */
export async function fuzzLists(options: {
  readonly minutes: number
  readonly seed: number
}): Promise<ListFuzzResult> {
  const random = makeRandom(options.seed, 1)
  const tally = new Tally()
  const subjects = LIST_FORMATS.flatMap((format) =>
    [true, false].map((isTrusted) => makeSubject(format, isTrusted)),
  )
  const startedAt = performance.now()
  const totalMs = options.minutes * 60_000
  const passedMs = () => performance.now() - startedAt
  let before = 0
  while (passedMs() < totalMs)
    for (const subject of subjects) {
      for (const turnEnds = passedMs() + TURN_MS; passedMs() < Math.min(turnEnds, totalMs); )
        tryOne(subject, random, tally)
      if (before === 0 && passedMs() > totalMs / 3) before = residentBytes(process.pid)
      await breathe()
    }
  const after = residentBytes(process.pid)
  if (after - before > RSS_GROWTH_MAX_BYTES) tally.first('resident memory grew too much')
  return {
    tally,
    figures: new Map(
      subjects.map(({ format, isTrusted, figures }) => [
        `${format.name}${isTrusted ? ', trusted' : ''}`,
        figures,
      ]),
    ),
    rss: { before, after, growthMax: RSS_GROWTH_MAX_BYTES },
    seconds: passedMs() / 1000,
  }
}

function makeSubject(format: ListFormat, isTrusted: boolean): Subject {
  const file = new URL(`../fixtures/lists/${format.fixture}`, import.meta.url)
  const [first = '', ...rest] = readFileSync(file, 'utf8').split('\n')
  const figures = { lists: 0, lines: 0, rules: 0, refused: 0, slowestMs: 0 }
  return { format, isTrusted, fixture: [first, ...rest], figures }
}

function tryOne(subject: Subject, random: Random, tally: Tally): void {
  const { format, isTrusted, fixture, figures } = subject
  const text = hostileList(format, fixture, random)
  const told = `${format.name}${isTrusted ? ', trusted' : ''}: ${JSON.stringify(text).slice(0, 2_000)}`
  try {
    let { ms, parts } = compile(subject, text)
    for (let run = 1; run < RUNS && ms >= SLOWEST_MS; run++)
      ms = Math.min(ms, compile(subject, text).ms)
    if (ms >= SLOWEST_MS) tally.violation(`${ms.toFixed(0)} ms for ${told}`)
    const index = openIndex(parts)
    if ('failure' in index) tally.violation(`${index.detail} after ${told}`)
    else {
      const why = judge(index, random)
      if (why !== undefined) tally.violation(`${why} after ${told}`)
      const { names = 0, refusedLines = 0 } = index.lists.find(({ id }) => id === 'fuzz') ?? {}
      figures.rules += names
      figures.refused += refusedLines
    }
    figures.lists += 1
    figures.lines += text.split('\n').length
    figures.slowestMs = Math.max(figures.slowestMs, ms)
  } catch (error) {
    tally.violation(`${error instanceof Error ? error.stack : String(error)} after ${told}`)
  }
}

function compile(
  { format, isTrusted }: Subject,
  text: string,
): { readonly ms: number; readonly parts: IndexParts } {
  const builder = new IndexBuilder({ seed: randomBytes(8) })
  const control = builder.list(sourceOf(CONTROL, false))
  control.add('control.test', 'subtree', { kind: 'categorise', category: 'adult.porn' })
  const before = cpuMs()
  const parser = format.parserInto(builder.list(sourceOf('fuzz', isTrusted)), isTrusted)
  parser.write(text)
  parser.end()
  const ms = cpuMs() - before
  return { ms, parts: builder.build() }
}

function sourceOf(id: string, trusted: boolean): ListSource {
  const facts = { title: id, source: 'test', licence: 'CC0-1.0', version: '1', updatedAt: 0 }
  return { id, trusted, ...facts }
}

const ASKED = [
  'www.control.test',
  'control.test',
  'notcontrol.test',
  'www.example.test',
  'x',
  '.',
  'a\\.b.test',
].map((name) => ({
  name,
  wire: nameToWire(domainName(name)),
  isControl: /(?:^|\.)control\.test$/.test(name),
}))

/** What is wrong with the answers of an index, or undefined. */
function judge(index: RuleIndex, random: Random): string | undefined {
  const view = compileView(index, makePolicy('pupils', { 'adult.porn': 'block' }))
  const matches = new Matches()
  for (const { name, wire, isControl } of ASKED) {
    matches.clear()
    index.match(wire, 0, matches, random.pick([1, 28, 65]))
    const lists = [...matches.entries.subarray(0, matches.count)].map(
      (id) => index.entries[id]?.list,
    )
    if (lists.includes(CONTROL) !== isControl) return `the control list is wrong about ${name}`
    if (isControl && decide(view, matches).kind !== 'block') return `${name} is not blocked`
  }
  const addresses = [random.bytes(4), random.bytes(16), Uint8Array.of(192, 0, 2, 1)]
  for (const { entry } of [
    ...index.addresses.find('ip', addresses),
    ...index.addresses.find('client-ip', addresses),
  ])
    if (!index.entries[entry]) return 'a rule on a network has no entry'
  return undefined
}
