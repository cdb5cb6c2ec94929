import { setTimeout as sleep } from 'node:timers/promises'
import type { FeedParts } from '#agent/identity/feeds/feed-parts.ts'
import type { Sighting } from '#agent/identity/sighting.ts'
import { type Clock, systemClock } from '#platform/clock.ts'

/** What a source has told, and what it complained of. */
export interface FeedRecord {
  readonly parts: FeedParts
  readonly told: Sighting[]
  readonly faults: string[]
  readonly logged: string[]
  /** Address -> MAC, as far as it was told and not taken back. */
  readonly addresses: () => ReadonlyMap<string, string>
  /** MAC or address -> name. */
  readonly names: () => ReadonlyMap<string, string>
}

export function recordFeed(clock: Clock = systemClock): FeedRecord {
  const told: Sighting[] = []
  const faults: string[] = []
  const logged: string[] = []
  const log = (facts: unknown, text?: string): void => {
    logged.push(`${text} ${JSON.stringify(facts)}`)
  }
  return {
    parts: {
      clock,
      log: { info: log, warn: log },
      faults: { add: (_, text) => faults.push(text) },
      tell: (sighting) => told.push(sighting),
    },
    told,
    faults,
    logged,
    addresses: () => addressesIn(told),
    names: () => namesIn(told),
  }
}

export function addressesIn(told: readonly Sighting[]): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>()
  for (const one of told) {
    if (one.kind === 'address-seen') addresses.set(one.address, one.mac)
    if (one.kind === 'address-gone' && addresses.get(one.address) === one.mac)
      addresses.delete(one.address)
  }
  return addresses
}

function namesIn(told: readonly Sighting[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const one of told)
    if (one.kind === 'name-seen')
      names.set(one.of.kind === 'mac' ? one.of.mac : one.of.address, one.name)
  return names
}

/** How long it takes until something holds; throws where that is longer than `withinMs`. */
export async function within(
  withinMs: number,
  what: string,
  holds: () => boolean,
): Promise<number> {
  const startedAt = performance.now()
  while (!holds()) {
    if (performance.now() - startedAt > withinMs)
      throw new Error(`not within ${withinMs} ms: ${what}`)
    await sleep(5)
  }
  return performance.now() - startedAt
}
