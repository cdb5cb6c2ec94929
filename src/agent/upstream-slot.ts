import type { Clock } from '#platform/clock.ts'
import { newLoopMark } from '#platform/random.ts'
import { isLooping } from '#wire/loop-mark.ts'
import { askResponsible } from './ask-responsible.ts'
import type { ReadyConfig, ReadyUpstream } from './policy/ready-config.ts'
import type { AskUpstream } from './stages/forward.ts'
import { Budget } from './upstream/budget.ts'
import { NOTHING_SPENT, type PoolSettings, UpstreamPool } from './upstream/upstream-pool.ts'
import { NO_ZONE, ZoneTable } from './zone-table.ts'

/** Upstreams that are asked together, by what the configuration says of them. */
interface HeldPool {
  readonly key: string
  readonly pool: UpstreamPool
}

/** A pool by its place: empty for the upstreams of all other names, `z1-` for those of the first zone. */
export interface PlacedPool {
  readonly prefix: string
  readonly pool: UpstreamPool
}

/** The upstreams in force, and those of each zone; a reload that names others replaces them, and what they had learnt of the old ones. */
export class UpstreamSlot {
  readonly #clock: Clock
  readonly #mark = newLoopMark()
  #held: ReadonlyMap<string, HeldPool> = new Map()
  #zones: ZoneTable = new ZoneTable([])
  #zoneNames: readonly string[] = []
  #triesMax = 1

  constructor(config: ReadyConfig, clock: Clock) {
    this.#clock = clock
    this.use(config)
  }

  readonly ask: AskUpstream = (question, spent = NOTHING_SPENT) =>
    askResponsible(question, {
      poolOf: (name) => this.#poolOf(name),
      budget: new Budget(this.#triesMax, spent.messages),
      untilMs: this.#clock.monotonicMs() + spent.leftMs,
      nowMs: this.#clock.monotonicMs,
      isByTcp: spent.isByTcp,
    })

  /** Whether a question that carries these marks has been here. */
  readonly isLooping = (marks: Uint8Array | undefined): boolean => isLooping(marks, this.#mark)

  /** Of the names that are in no zone. */
  get pool(): UpstreamPool {
    return this.#held.get('')?.pool ?? this.#empty
  }
  readonly #empty = new UpstreamPool(
    [],
    { timeoutMs: 1, triesMax: 1, strategy: 'in-order', mark: new Uint8Array(0) },
    { wallMs: () => 0, monotonicMs: () => 0 },
  )

  /** All of them, for their figures. */
  get pools(): readonly PlacedPool[] {
    return [
      { prefix: '', pool: this.pool },
      ...this.#zoneNames.flatMap((name, i) => {
        const held = this.#held.get(name)
        return held ? [{ prefix: `z${i + 1}-`, pool: held.pool }] : []
      }),
    ]
  }

  use({ upstreams, zones, strategy, limits }: ReadyConfig): void {
    const settings = {
      timeoutMs: limits.upstreamTimeoutMs,
      triesMax: limits.upstreamTries,
      strategy,
      mark: this.#mark,
    }
    const before = this.#held
    this.#held = new Map([
      ['', this.#hold('', upstreams, settings)],
      ...zones.map((zone) => [zone.zone, this.#hold(zone.zone, zone.upstreams, settings)] as const),
    ])
    this.#zones = new ZoneTable(zones.map(({ zone }) => zone))
    this.#zoneNames = zones.map(({ zone }) => zone)
    this.#triesMax = limits.upstreamTries
    for (const [name, { pool }] of before) if (this.#held.get(name)?.pool !== pool) pool.close()
  }

  close(): void {
    for (const { pool } of this.#held.values()) pool.close()
  }

  #hold(name: string, upstreams: readonly ReadyUpstream[], settings: PoolSettings): HeldPool {
    const { mark: _, ...said } = settings
    const key = JSON.stringify([upstreams, said])
    const held = this.#held.get(name)
    if (held?.key === key) return held
    return { key, pool: new UpstreamPool(upstreams, settings, this.#clock) }
  }

  #poolOf(name: Uint8Array): UpstreamPool {
    const place = this.#zones.find(name)
    const zone = place === NO_ZONE ? '' : (this.#zoneNames[place] ?? '')
    return this.#held.get(zone)?.pool ?? this.pool
  }
}
