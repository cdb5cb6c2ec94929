import type { EventBody } from '#domain/event.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { type After, after as realAfter } from '#platform/timer.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { ListVersion } from '../rules/compile-plan.ts'
import { delayAfter, entryFor, type ListEntry } from './list-entry.ts'
import { copyPath, keptLists, listFolder } from './list-folder.ts'
import type { ListRecord } from './list-record.ts'
import { type ShownList, showList } from './list-report.ts'
import { examine } from './list-source.ts'
import { isStale } from './list-state.ts'
import type { JobDone, JobResult, SupplySettings } from './supply-job.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'
import { SupplyRunner } from './supply-runner.ts'
import { tellDone } from './tell-done.ts'

export interface ListSupplyOptions {
  readonly stateDir: string
  readonly clock: Clock
  readonly log: Log
  /** Random, from 0 up to 1. */
  readonly fraction: () => number
  readonly tell: (body: EventBody) => void
  /** Trouble that a person may want to know of. */
  readonly onFault: (text: string) => void
  /** Other versions are in force, or another configuration: `inForce` says which. */
  readonly onChange: (config: ReadyConfig) => void
  readonly after?: After
}

const TICK_MS = 1_000

/**
 * Keeps the lists of the configuration supplied: downloads when they are due, files of this machine when they change. Each new
 * version is taken, checked and kept in a worker; here is only what is due, what stands, and what is told.
 */
export class ListSupply {
  readonly #options: ListSupplyOptions
  readonly #runner: SupplyRunner
  readonly #entries = new Map<string, ListEntry>()
  readonly #counts: Record<JobResult, number> = {
    updated: 0,
    unchanged: 0,
    held: 0,
    refused: 0,
    failed: 0,
  }
  #config: ReadyConfig | undefined
  /** Changes wait until every file of this machine has been looked at, so that there is one compilation and not many. */
  #isChanged = false
  #stop: (() => void) | undefined

  constructor(options: ListSupplyOptions) {
    this.#options = options
    this.#runner = new SupplyRunner({
      onDone: (id, done) => this.#take(id, done),
      onLost: (id, reason) => this.#lose(id, reason),
    })
  }

  /** Begins with what the run before kept, and looks at once at the files of this machine. */
  start(config: ReadyConfig): void {
    this.use(config)
    const { stateDir } = this.#options
    const ids = config.lists.map(({ id }) => id)
    if (keptLists(stateDir).some((id) => !ids.includes(id))) this.#runner.sweep(stateDir, ids)
    this.#wait()
  }

  /** Follows another configuration. */
  use(config: ReadyConfig): void {
    this.#config = config
    const entries = config.lists.map((list) =>
      entryFor(list, this.#entries.get(list.id), this.#options),
    )
    this.#entries.clear()
    for (const entry of entries) {
      this.#entries.set(entry.list.id, entry)
      // Whoever reloads the configuration may have put files there as well.
      if (entry.list.origin.kind === 'file') entry.nextMs = this.#options.clock.monotonicMs()
    }
    this.#isChanged = true
    this.#tick()
    this.#flush()
  }

  /** The versions to be compiled, in the order of the configuration. */
  inForce(): readonly ListVersion[] {
    return [...this.#entries.values()].flatMap(({ list, record: { good } }) => {
      if (!good) return []
      const path = copyPath(listFolder(this.#options.stateDir, list.id), good.generation)
      return [{ ...list, path, version: good.version, updatedAt: good.updatedAt }]
    })
  }

  all(): readonly ShownList[] {
    return [...this.#entries.values()].map((entry) => this.#show(entry))
  }

  /** Jobs by what became of them. */
  counts(): Readonly<Record<JobResult, number>> {
    return this.#counts
  }

  /** Looks for a new version now. */
  refresh(id: string): ShownList | Failure<'refused'> {
    const entry = this.#entries.get(id)
    if (!entry) return noSuchList()
    entry.isForced = true
    this.#tick()
    return this.#show(entry)
  }

  /** Puts the version in force that waits for a person. */
  accept(id: string, who: string): Promise<ShownList | Failure> {
    const entry = this.#entries.get(id)
    if (!entry) return Promise.resolve(noSuchList())
    if (!entry.record.held) return Promise.resolve(nothingWaits(id, entry.record))
    if (entry.isBusy)
      return Promise.resolve(failure('refused', `list ${id} is being looked at; try again`))
    return new Promise((resolve) => {
      entry.accepting = { who, finish: resolve }
      this.#run(entry, 'accept')
    })
  }

  async close(): Promise<void> {
    this.#stop?.()
    await this.#runner.close()
  }

  #wait(): void {
    this.#stop = (this.#options.after ?? realAfter)(TICK_MS, () => {
      this.#tick()
      this.#wait()
    })
  }

  #tick(): void {
    const nowMs = this.#options.clock.monotonicMs()
    for (const entry of this.#entries.values()) {
      this.#noticeStale(entry)
      if (entry.isBusy || (nowMs < entry.nextMs && !entry.isForced)) continue
      if (this.#isNews(entry)) {
        if (this.#isRoomFor(entry)) this.#run(entry, 'take')
      } else entry.nextMs = nowMs + SUPPLY_LIMITS.lookEveryMs
    }
  }

  /** Slow servers keep no file of this machine waiting. */
  #isRoomFor({ list }: ListEntry): boolean {
    const isSame = (one: ListEntry): boolean => one.list.origin.kind === list.origin.kind
    const busy = [...this.#entries.values()].filter((one) => one.isBusy && isSame(one))
    return busy.length < SUPPLY_LIMITS.jobsAtOnce
  }

  /** A download is asked for; a file is read only when its facts have changed. */
  #isNews({ list: { origin }, record, isForced }: ListEntry): boolean {
    return isForced || origin.kind === 'url' || examine(origin.path) !== record.examined
  }

  #run(entry: ListEntry, kind: 'take' | 'accept'): void {
    const settings = this.#settings()
    if (!settings) return
    entry.isBusy = true
    entry.isForced = false
    this.#runner.run({ kind, list: entry.list, record: entry.record }, settings)
  }

  #settings(): SupplySettings | undefined {
    if (!this.#config) return undefined
    const { limits, downloads, upstreams } = this.#config
    // Those that are asked over TLS are not for whoever looks the servers of lists up: it speaks plain DNS.
    const nameServers = upstreams.filter(({ transport }) => transport === 'udp')
    return { stateDir: this.#options.stateDir, limits, downloads, nameServers }
  }

  #take(id: string, { result, record }: JobDone): void {
    const entry = this.#entries.get(id)
    this.#counts[result] += 1
    // Another source was configured meanwhile: what came is of the old one.
    if (entry && entry.record.source === record.source) {
      const before = entry.record
      const isConfirmed = record.confirmedAt !== before.confirmedAt
      entry.record = isConfirmed ? record : { ...record, staleTold: before.staleTold }
      entry.nextMs =
        this.#options.clock.monotonicMs() + delayAfter(entry, result, this.#options.fraction())
      if (result === 'updated') this.#isChanged = true
      const { tell, onFault, log } = this.#options
      tellDone({ id, before, record, result, who: entry.accepting?.who }, { tell, onFault, log })
    }
    this.#free(entry)
  }

  #lose(id: string, reason: string): void {
    const entry = this.#entries.get(id)
    this.#counts.failed += 1
    if (entry) {
      const { wallMs } = this.#options.clock
      const detail = `the worker that looked at the list ended (${reason})`
      const failures = entry.record.failures + 1
      const fault = { trouble: 'internal', detail, since: wallMs() } as const
      entry.record = { ...entry.record, failures, fault, triedAt: wallMs() }
      entry.nextMs =
        this.#options.clock.monotonicMs() + delayAfter(entry, 'failed', this.#options.fraction())
      this.#options.onFault(`list ${id}: ${detail}`)
    }
    this.#free(entry)
  }

  #free(entry: ListEntry | undefined): void {
    if (entry) {
      entry.isBusy = false
      entry.accepting?.finish(this.#show(entry))
      entry.accepting = undefined
    }
    this.#tick()
    this.#flush()
  }

  #flush(): void {
    const isLooking = [...this.#entries.values()].some(
      ({ isBusy, list: { origin } }) => isBusy && origin.kind === 'file',
    )
    if (!this.#isChanged || isLooking || !this.#config) return
    this.#isChanged = false
    this.#options.onChange(this.#config)
  }

  /** Told once, and again only after the source has confirmed it in between. */
  #noticeStale(entry: ListEntry): void {
    const { list, record } = entry
    if (record.staleTold || !isStale(list, record, this.#options.clock.wallMs())) return
    entry.record = { ...record, staleTold: true }
    const { confirmedAt } = record
    const { tell, onFault } = this.#options
    tell({ kind: 'list-stale', list: list.id, ...(confirmedAt > 0 ? { confirmedAt } : {}) })
    onFault(`list ${list.id} is stale: its source has not confirmed it for too long`)
  }

  #show({ list, record, nextMs, isBusy }: ListEntry): ShownList {
    const { wallMs, monotonicMs } = this.#options.clock
    const nextAt = isBusy ? wallMs() : wallMs() + Math.max(0, nextMs - monotonicMs())
    return showList(list, record, {
      wallMs: wallMs(),
      nextAt: list.origin.kind === 'url' ? Math.round(nextAt) : undefined,
      refusedMax: Math.floor(SUPPLY_LIMITS.refusedTold / this.#entries.size),
    })
  }
}

/** A version that waited may have been taken back since somebody looked. */
function nothingWaits(id: string, { fault }: ListRecord): Failure<'refused'> {
  const now = fault ? `; what its source offers now is not used: ${fault.detail}` : ''
  return failure('refused', `no version of list ${id} waits for a word${now}`)
}

function noSuchList(): Failure<'refused'> {
  return failure('refused', 'no such list is configured; supercloud-edge lists shows them')
}
