/** Measures the rule index: `node test/bench/rules.ts [names] [folder of UT1]`. Prints, asserts nothing. */

import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { ListSource, RuleEffect } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'

const LOOKUPS = 2_000_000
const PROBE_NAMES = 65_536

/** A list to measure with: one name a line. */
interface BenchList {
  readonly id: string
  readonly names: readonly string[]
}

/** Measures `count` made-up names and, when there is one, UT1's folder. */
export function benchRules(count = 1_000_000, ut1Folder = '/tmp/ut1/blacklists'): void {
  measure(`${count} made-up names`, [{ id: 'synthetic', names: syntheticNames(count) }])
  if (existsSync(ut1Folder)) measure('UT1', readUt1(ut1Folder))
}

function measure(title: string, lists: readonly BenchList[]): void {
  const before = process.memoryUsage().arrayBuffers
  const startedAt = performance.now()
  const builder = new IndexBuilder({ seed: randomBytes(8) })
  for (const { id, names } of lists) {
    const sink = builder.list(source(id))
    const effect: RuleEffect = { kind: 'categorise', category: 'adult.porn' }
    for (const name of names) sink.add(name, 'subtree', effect)
  }
  const addedAt = performance.now()
  const peak = process.memoryUsage().arrayBuffers - before
  const bytes = builder.build()
  const builtAt = performance.now()
  const index = openIndex(bytes)
  const openedAt = performance.now()
  if (isRuleFailure(index)) throw new Error(index.detail)
  console.log(`${title}: ${index.names} names, ${(index.sizeBytes / 1e6).toFixed(1)} MB`)
  console.log(`  ${(index.sizeBytes / index.names).toFixed(1)} bytes a name`)
  console.log(
    `  compile ${ms(builtAt - startedAt)} (add ${ms(addedAt - startedAt)}, write ${ms(builtAt - addedAt)}), open ${ms(openedAt - builtAt)}`,
  )
  console.log(`  builder ${(peak / 1e6).toFixed(1)} MB`)
  const listed = lists.flatMap(({ names }) => names)
  console.log(
    `  look-ups a second, listed names: ${rate(
      index,
      probes(listed, (name) => name),
    )}`,
  )
  console.log(
    `  look-ups a second, below listed: ${rate(
      index,
      probes(listed, (name) => `www.${name}`),
    )}`,
  )
  console.log(
    `  look-ups a second, not listed:   ${rate(
      index,
      probes(listed, (name) => `www.q${name}`),
    )}`,
  )
}

/** Random look-ups in an order that no cache foresees. */
function rate(index: RuleIndex, names: readonly Uint8Array[]): string {
  const matches = new Matches()
  let hits = 0
  const run = (times: number) => {
    for (let i = 0; i < times; i++) {
      matches.clear()
      index.match(names[i & (PROBE_NAMES - 1)]!, 0, matches)
      if (matches.count > 0) hits++
    }
  }
  run(LOOKUPS / 10)
  hits = 0
  const startedAt = performance.now()
  run(LOOKUPS)
  const seconds = (performance.now() - startedAt) / 1000
  return `${(LOOKUPS / seconds / 1e6).toFixed(2)} M (${((hits / LOOKUPS) * 100).toFixed(0)} % hits)`
}

function probes(names: readonly string[], change: (name: string) => string): Uint8Array[] {
  return Array.from({ length: PROBE_NAMES }, () => {
    const name = parseDomainName(change(names[Math.floor(Math.random() * names.length)] ?? ''))
    return isRuleFailure(name) ? new Uint8Array(1) : nameToWire(name)
  })
}

/**
 * Names with the shape of a real list: a quarter have a host label, most stand under a few top-level names. Joined and split, so
 * that they are flat strings as a file's lines are.
 */
function syntheticNames(count: number): string[] {
  const tlds = ['com', 'com', 'com', 'net', 'org', 'xyz', 'info', 'de', 'co.uk', 'ru']
  const hosts = ['www', 'blog', 'shop', 'm']
  return Array.from({ length: count }, (_, i) => {
    const word = (Math.imul(i, 2_654_435_761) >>> 0).toString(36)
    const host = i % 4 === 0 ? `${hosts[(i >> 2) % hosts.length]}.` : ''
    return `${host}site${word}.${tlds[(i >> 3) % tlds.length]}`
  })
    .join('\n')
    .split('\n')
}

function readUt1(folder: string): BenchList[] {
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, 'domains')))
    .map((id) => ({ id, names: readFileSync(join(folder, id, 'domains'), 'utf8').split('\n') }))
}

function source(id: string): ListSource {
  return {
    id,
    title: id,
    source: 'bench',
    licence: 'none',
    version: '1',
    updatedAt: 0,
    trusted: false,
  }
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  benchRules(Number(process.argv[2] ?? 1_000_000), process.argv[3])
