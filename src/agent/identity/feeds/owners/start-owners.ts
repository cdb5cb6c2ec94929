/** The import of device owners: followed as its file changes, read beside everything else, told in slices. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import type { IdentityFeed, OwnerKnown, Sighting } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { followFile } from '../follow-file.ts'
import { OWNER_LIMITS } from './owner-limits.ts'
import type { Owner, OwnerRules } from './read-owner.ts'
import { readOwnerFile } from './read-owner-file.ts'
import { type OwnerImport, type RefusedRow, readOwners } from './read-owners.ts'

export interface OwnersConfig {
  /** Absolute; undefined: no import. */
  readonly file: string | undefined
  /** Groups of the configuration. */
  readonly groups: ReadonlySet<string>
}

export interface OwnersReadings {
  /** MACs whose owner is in force; rows of the file they come from, and how many of those are refused. */
  readonly devices: number
  readonly rows: number
  readonly refused: number
  /** The first of them, with the line and what is wrong: quotes the file, so for people only, not for metrics. */
  readonly refusedRows: readonly RefusedRow[]
  /** Files taken up, and files that were of no use. */
  readonly imports: number
  readonly failures: number
  /** Why the newest file is not in force; undefined while it is. */
  readonly fault: string | undefined
}

export interface OwnersFeed extends IdentityFeed {
  readonly use: (config: OwnersConfig) => void
  readonly readings: () => OwnersReadings
}

export interface OwnersParts extends FeedParts, Pick<OwnerRules, 'cleanName'> {}

/** Never throws: a file of no use is told as a fault, and what was in force stays. */
export function startOwners(config: OwnersConfig, parts: OwnersParts): OwnersFeed {
  const owners = new Owners(parts)
  owners.use(config)
  return {
    use: (next) => owners.use(next),
    readings: () => owners.readings(),
    close: () => owners.close(),
  }
}

const NOTHING: Pick<OwnerImport, 'rows' | 'refused' | 'refusedRows'> = {
  rows: 0,
  refused: 0,
  refusedRows: [],
}

class Owners {
  readonly #parts: OwnersParts
  #config: OwnersConfig = { file: undefined, groups: new Set() }
  #stopFollowing: () => void = () => undefined
  #reading: Promise<void> = Promise.resolve()
  #inForce = NOTHING
  /** Of whom an owner has been told. */
  #macs: ReadonlySet<MacAddress> = new Set()
  #devices = 0
  #imports = 0
  #failures = 0
  #fault: string | undefined

  constructor(parts: OwnersParts) {
    this.#parts = parts
  }

  use(config: OwnersConfig): void {
    const { file, groups } = config
    const before = this.#config
    if (file === before.file && sameSet(groups, before.groups)) return
    this.#config = config
    this.#stopFollowing()
    if (file !== before.file) this.#forget()
    this.#stopFollowing =
      file === undefined
        ? () => undefined
        : followFile({ path: file, onChange: () => this.#take(config) })
  }

  readings(): OwnersReadings {
    return {
      ...this.#inForce,
      devices: this.#devices,
      imports: this.#imports,
      failures: this.#failures,
      fault: this.#fault,
    }
  }

  async close(): Promise<void> {
    this.#config = { file: undefined, groups: new Set() }
    this.#stopFollowing()
    await this.#reading
  }

  #forget(): void {
    this.#fault = undefined
    if (this.#macs.size === 0) return
    this.#inForce = NOTHING
    this.#macs = new Set()
    this.#devices = 0
    this.#parts.tell({ kind: 'forgotten', source: 'owners' })
  }

  #take(config: OwnersConfig): Promise<void> {
    this.#reading = this.#read(config)
    return this.#reading
  }

  async #read(config: OwnersConfig): Promise<void> {
    const { file = '', groups } = config
    const { cleanName } = this.#parts
    const text = await readOwnerFile(file)
    const outcome = isFailure(text)
      ? text
      : await inSlices(readOwners(text, { groups, cleanName }), this.#parts)
    if (this.#config !== config) return
    if (isFailure(outcome)) this.#refuse(file, outcome)
    else await this.#putInForce(config, outcome)
  }

  #refuse(file: string, { detail }: Failure): void {
    const stays = this.#devices === 0 ? 'no owner is known' : 'the owners before it stay'
    this.#failures++
    this.#fault = `${file}: ${detail}; ${stays}`
    this.#parts.faults.add('owners', this.#fault)
    this.#parts.log.warn({ detail: this.#fault }, 'owners')
  }

  /** Device by device, so that none is without its owner meanwhile. */
  async #putInForce(config: OwnersConfig, { owners, ...counts }: OwnerImport): Promise<void> {
    const known = owners.flatMap(sightingsOf)
    const macs = new Set(known.map(({ mac }) => mac))
    const gone = [...this.#macs.difference(macs)].map(goneOf)
    this.#macs = this.#macs.union(macs)
    await inSlices(this.#telling(config, [...gone, ...known]), this.#parts)
    if (this.#config !== config) return
    this.#macs = macs
    this.#inForce = counts
    this.#devices = known.length
    this.#imports++
    this.#fault = undefined
    this.#say(config, counts)
  }

  /** Ends early where another configuration has come. */
  *#telling(config: OwnersConfig, sightings: readonly Sighting[]): Generator<undefined, void> {
    for (const sighting of sightings) {
      if (this.#config !== config) return
      this.#parts.tell(sighting)
      yield
    }
  }

  #say({ file }: OwnersConfig, counts: typeof NOTHING): void {
    const { faults, log } = this.#parts
    const { rows, refused, refusedRows } = counts
    log.info({ rows, refused, devices: this.#devices }, 'device owners')
    const [first] = refusedRows
    if (first)
      faults.add(
        'owners',
        `${file}: ${refused} of ${rows} rows are refused; line ${first.line}: ${first.reason}`,
      )
  }
}

function goneOf(mac: MacAddress): Sighting {
  return { kind: 'owner-gone', source: 'owners', mac }
}

function sightingsOf({ macs, name, user, group }: Owner): readonly OwnerKnown[] {
  return macs.map((mac) => ({ kind: 'owner-known', source: 'owners', mac, name, user, group }))
}

/** Runs it to its end, a few milliseconds at a time. */
async function inSlices<Outcome>(
  steps: Generator<undefined, Outcome>,
  { clock }: FeedParts,
): Promise<Outcome> {
  for (;;) {
    const until = clock.monotonicMs() + OWNER_LIMITS.sliceMs
    do {
      const step = steps.next()
      if (step.done) return step.value
    } while (clock.monotonicMs() < until)
    // oxlint-disable-next-line no-await-in-loop -- the pause between two slices is the point
    await nextTurn()
  }
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one))
}
