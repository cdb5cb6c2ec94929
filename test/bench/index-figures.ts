/** The index by itself: size, compile time and memory, load, look-ups. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadSnapshot } from '#agent/rules/snapshot-file.ts'
import { isFailure } from '#domain/failure.ts'
import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { RuleEffect } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import type { CompileFigures } from './compile-child.ts'
import { type Spread, spreadOf } from './spread.ts'

const COMPILE_CHILD = join(import.meta.dirname, 'compile-child.ts')
const LOAD_CHILD = join(import.meta.dirname, 'load-child.ts')
/** What the worker is given for its young generation (`rule-store.ts`): three semi-spaces of this many MiB. */
const CHILD_FLAGS = ['--max-semi-space-size=1', '--disable-warning=ExperimentalWarning']
const LOOKUPS = 1_000_000
const ROUNDS = 9
const PROBE_NAMES = 65_536
const FEW = 10

/** With the peak over that of a process that compiles ten names. */
export interface CompileOverBase extends CompileFigures {
  readonly overBaseMib: number
}

export interface IndexFigures extends CompileOverBase {
  /** Each time in a process of its own. */
  readonly loadMs: Spread
  /** Look-ups a second, in an order that no cache foresees. */
  readonly listed: Spread
  readonly belowListed: Spread
  readonly notListed: Spread
}

/** Compiles `names` in a process of its own, loads the snapshot here and looks names up. */
export function indexFigures(names: readonly string[], folder: string): IndexFigures {
  const figures = compileOverBase(names, folder)
  const snapshot = join(folder, 'snapshot')
  const loadMs = spreadOf(ROUNDS, () => Number(runChild(LOAD_CHILD, snapshot)))
  const index = loadSnapshot(snapshot)
  if (isFailure(index)) throw new Error(index.detail)
  return {
    ...figures,
    loadMs,
    listed: rate(index, probes(names, '')),
    belowListed: rate(index, probes(names, 'www.')),
    notListed: rate(index, probes(names, 'www.q')),
  }
}

/** Compiles `names`, and ten of them, each time in a process of its own; leaves the snapshot of all in `folder`. */
export function compileOverBase(names: readonly string[], folder: string): CompileOverBase {
  const few = compile(names.slice(0, FEW), folder)
  const figures = compile(names, folder)
  return { ...figures, overBaseMib: figures.peakMib - few.peakMib }
}

/** Look-ups a second under a top-level name on which `count` patterns hang. */
export function patternRate(count: number): Spread {
  const builder = new IndexBuilder({ seed: new Uint8Array(8) })
  const source = { id: 'patterns', title: '', source: '', licence: '', version: '', updatedAt: 0 }
  const sink = builder.list({ ...source, trusted: true })
  const effect: RuleEffect = { kind: 'categorise', category: 'contact.forums_ugc' }
  const words = ['banner', 'track', 'click', 'pixel', 'stat', 'beacon', 'promo', 'sync']
  for (let i = 0; i < count; i++)
    sink.add('com', 'subtree', effect, { glob: `*.${words[i % words.length]}${i}*-x*.com` })
  const index = openIndex(builder.build())
  if (isRuleFailure(index)) throw new Error(index.detail)
  const names = Array.from({ length: 1_000 }, (_, i) => `cdn${i}.site${i * 7}.com`)
  return rate(index, probes(names, 'www.'))
}

function compile(names: readonly string[], folder: string): CompileFigures {
  const file = join(folder, 'index-names')
  writeFileSync(file, names.join('\n'))
  return JSON.parse(runChild(COMPILE_CHILD, file, join(folder, 'snapshot')))
}

function runChild(program: string, ...files: readonly string[]): string {
  return execFileSync(process.execPath, [...CHILD_FLAGS, program, ...files], { encoding: 'utf8' })
}

function rate(index: RuleIndex, names: readonly Uint8Array[]): Spread {
  const matches = new Matches()
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) {
      matches.clear()
      index.match(names[i % PROBE_NAMES]!, 0, matches)
    }
  }
  run(LOOKUPS / 5)
  return spreadOf(ROUNDS, () => {
    const startedAt = performance.now()
    run(LOOKUPS)
    return (LOOKUPS / (performance.now() - startedAt)) * 1000
  })
}

function probes(names: readonly string[], prefix: string): readonly Uint8Array[] {
  const random = makeRandom(11)
  return Array.from({ length: PROBE_NAMES }, () => {
    const name = parseDomainName(prefix + (names[Math.floor(random() * names.length)] ?? ''))
    return isRuleFailure(name) ? new Uint8Array(1) : nameToWire(name)
  })
}
