/** Measures what a locked bundle costs: `node test/bench/locked.ts [names]`. Prints, asserts nothing. */
import { createHmac, randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { openBundle } from '#agent/locked/open-bundle.ts'
import { isFailure } from '#domain/failure.ts'
import { nameToWire } from '#rules/domain-name.ts'
import type { LockedNames } from '#rules/locked-names.ts'
import { Matches } from '#rules/matches.ts'
import { makeTestPublisher } from '#test/support/locked-bundle.ts'
import { domainName } from '#test/support/test-rules.ts'

const LOOKUPS = 1_000_000
const PROBE_NAMES = 65_536
const HMAC_LOOKUPS = 20_000

/** Opens a bundle of `count` names and looks names up, most of which are in no list. */
export function benchLocked(count = 20_000): void {
  const { bundle, key, contentKey } = makeTestPublisher()
  const bytes = bundle(
    Array.from({ length: count }, (_, i) => `illegal.csam site${i.toString(36)}.example.org`),
  )
  const startedAt = cpuMs()
  const opened = openBundle(bytes, { pinned: key.publicKey, keyOf: () => contentKey })
  if (isFailure(opened)) throw new Error(opened.detail)
  console.log(
    `locked bundle: ${count} names, ${(bytes.length / 1e6).toFixed(1)} MB, checked and opened in ${(cpuMs() - startedAt).toFixed(0)} ms`,
  )
  const of = (make: (i: number) => string): readonly Uint8Array[] =>
    Array.from({ length: PROBE_NAMES }, (_, i) => nameToWire(domainName(make(i))))
  const three = of((i) => `www.some${i.toString(36)}.org`)
  const six = of((i) => `a${i}.cdn.region.some${i.toString(36)}.co.uk`)
  console.log(`  name of 3 labels, not listed: ${time(opened.names, three).toFixed(0)} ns`)
  console.log(`  name of 6 labels, not listed: ${time(opened.names, six).toFixed(0)} ns`)
  const listed = of((i) => `www.site${(i % count).toString(36)}.example.org`)
  console.log(`  listed: ${time(opened.names, listed, HMAC_LOOKUPS).toFixed(0)} ns`)
  console.log(`  for comparison, an HMAC of each of 3 suffixes: ${timeHmac(three).toFixed(0)} ns`)
}

/** Time of the processor, which other programs on a busy machine do not lengthen. */
function cpuMs(): number {
  return process.cpuUsage().user / 1000
}

function time(names: LockedNames, probes: readonly Uint8Array[], times = LOOKUPS): number {
  const matches = new Matches()
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      matches.clear()
      names.match(probes[i & (PROBE_NAMES - 1)]!, 0, 0, matches)
    }
  }
  run(times / 10)
  const startedAt = cpuMs()
  run(times)
  return ((cpuMs() - startedAt) * 1e6) / times
}

function timeHmac(probes: readonly Uint8Array[]): number {
  const key = randomBytes(32)
  const startedAt = cpuMs()
  for (let i = 0; i < HMAC_LOOKUPS; i++) {
    const name = probes[i & (PROBE_NAMES - 1)]!
    for (let at = 0; name[at] !== 0; at += name[at]! + 1)
      createHmac('sha256', key).update(name.subarray(at)).digest()
  }
  return ((cpuMs() - startedAt) * 1e6) / HMAC_LOOKUPS
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  benchLocked(Number(process.argv[2] ?? 20_000))
