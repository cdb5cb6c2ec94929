import { isFailure } from '#domain/failure.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import type { KeptProcess } from '#platform/kept-process.ts'
import type { Sighting } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { type NeighbourEntry, readArpLine, readNeighbourLine } from './neighbour-line.ts'
import {
  type LineTaker,
  listArp,
  listNeighbours,
  makeNeighbourMonitor,
} from './neighbour-sources.ts'
import { type NeighbourCounts, NeighbourTable } from './neighbour-table.ts'

/** When it does what: what a large or busy network may cost. */
const TIMES = {
  /** While every change is told. */
  listEveryMs: 60_000,
  /** While nobody tells of changes. */
  listAloneEveryMs: 5_000,
  /** The monitor listens so long after its start; what changed before is listed. */
  monitorReadyMs: 500,
  /** Where there is no `ip`: so often while anything changes, and at least so often. */
  arpEveryMs: 1_000,
  arpIdleEveryMs: 5_000,
  /** It may be installed meanwhile. */
  ipAgainMs: 30_000,
  stopMs: 500,
} as const

/** The figures. */
export interface NeighbourReadings extends NeighbourCounts {
  readonly source: 'off' | 'ip' | 'arp' | 'none'
  readonly neighbours: number
  /** MACs that stand for many devices and count as none. */
  readonly manyAddresses: number
  readonly malformed: number
  readonly monitorStarts: number
  readonly lists: number
}

/** What it is given. */
export interface NeighbourParts extends FeedParts {
  /** A program's name or path; `ip` unless told. */
  readonly ipProgram?: string
}

/** Keeps the table by what `ip` tells, or by what the kernel lists where there is none. */
export class NeighbourWatch {
  readonly #parts: NeighbourParts
  readonly #program: string
  readonly #table: NeighbourTable
  readonly #monitor: KeptProcess
  #source: NeighbourReadings['source'] = 'off'
  #isHearing = false
  #malformed = 0
  #monitorStarts = 0
  #lists = 0
  #listedAtMs = -Infinity
  /** Not before then is `ip` tried again. */
  #askIpAtMs = -Infinity
  #timer: NodeJS.Timeout | undefined
  #nextAtMs = Infinity
  #turn: Promise<void> | undefined
  #isClosed = false

  constructor(parts: NeighbourParts) {
    this.#parts = parts
    this.#program = parts.ipProgram ?? 'ip'
    this.#table = new NeighbourTable((mac) => this.#tellMany(mac))
    const monitor = {
      onStart: () => this.#monitorStarted(),
      onEnd: () => this.#monitorEnded(),
      ...this.#takerOf(readNeighbourLine, Infinity),
    }
    this.#monitor = makeNeighbourMonitor(this.#program, monitor, parts.clock)
    this.#monitor.start()
    this.#list()
  }

  readings(): NeighbourReadings {
    return {
      source: this.#source,
      neighbours: this.#table.size,
      manyAddresses: this.#table.many,
      malformed: this.#malformed,
      monitorStarts: this.#monitorStarts,
      lists: this.#lists,
      ...this.#table.counts,
    }
  }

  /** With `isForgetting` all that was told is taken back, at once; nothing is told afterwards. */
  async close(isForgetting: boolean): Promise<void> {
    if (isForgetting) for (const sightings of this.#table.clear()) this.#tell(sightings)
    this.#isClosed = true
    clearTimeout(this.#timer)
    await Promise.all([this.#monitor.stop(TIMES.stopMs), this.#turn])
  }

  #monitorStarted(): void {
    this.#monitorStarts += 1
    this.#isHearing = true
    this.#listIn(TIMES.monitorReadyMs)
  }

  #monitorEnded(): void {
    this.#isHearing = false
    this.#listIn(TIMES.listAloneEveryMs)
  }

  /** The earliest of what was asked for counts. */
  #listIn(delayMs: number): void {
    const atMs = this.#parts.clock.monotonicMs() + delayMs
    if (this.#isClosed || this.#nextAtMs <= atMs) return
    clearTimeout(this.#timer)
    this.#nextAtMs = atMs
    this.#timer = setTimeout(() => {
      this.#nextAtMs = Infinity
      this.#list()
    }, delayMs)
    this.#timer.unref()
  }

  #list(): void {
    this.#turn ??= this.#takeTurn().finally(() => {
      this.#turn = undefined
    })
  }

  /** Never rejects. */
  async #takeTurn(): Promise<void> {
    const { clock } = this.#parts
    const startedAtMs = clock.monotonicMs()
    const before = { ...this.#table.counts }
    this.#lists += 1
    const problem = await this.#listAll()
    if (!problem) this.#listedAtMs = startedAtMs
    this.#table.sweep(clock.monotonicMs(), this.#listedAtMs)
    const { told, gone } = this.#table.counts
    this.#listIn(this.#nextMs(told !== before.told || gone !== before.gone))
  }

  async #listAll(): Promise<unknown> {
    const { clock } = this.#parts
    const asOfMs = clock.monotonicMs()
    const isDue = clock.monotonicMs() >= this.#askIpAtMs
    const why = isDue
      ? await listNeighbours(this.#program, this.#takerOf(readNeighbourLine, asOfMs), clock)
      : undefined
    if (isDue && !why) {
      this.#settle('ip', '')
      return undefined
    }
    if (isDue) this.#askIpAtMs = clock.monotonicMs() + TIMES.ipAgainMs
    const problem = await listArp(this.#takerOf(readArpLine, asOfMs), clock)
    this.#settle(problem ? 'none' : 'arp', isFailure(why) ? why.detail : '')
    return problem
  }

  #nextMs(hasChanged: boolean): number {
    if (this.#source === 'ip') return this.#isHearing ? TIMES.listEveryMs : TIMES.listAloneEveryMs
    return hasChanged ? TIMES.arpEveryMs : TIMES.arpIdleEveryMs
  }

  #takerOf(read: (line: string) => NeighbourEntry | 'skip' | undefined, asOfMs: number): LineTaker {
    return {
      line: (line) => {
        const entry = read(line)
        if (entry === undefined) this.#malformed += 1
        else if (entry !== 'skip')
          this.#tell(this.#table.take(entry, this.#parts.clock.monotonicMs(), asOfMs))
      },
      malformed: () => {
        this.#malformed += 1
      },
    }
  }

  #tell(sightings: readonly Sighting[]): void {
    if (this.#isClosed) return
    for (const sighting of sightings) this.#parts.tell(sighting)
  }

  #settle(source: 'ip' | 'arp' | 'none', why: string): void {
    if (source === this.#source) return
    const { log, faults } = this.#parts
    this.#source = source
    if (source === 'ip') return log.info({ source }, 'neighbours are read')
    const detail =
      source === 'arp'
        ? `neighbours are read from /proc/net/arp, so those of IPv6 are not known: ip cannot be run (${why}); install the Debian package iproute2`
        : `neighbours are not known: neither ip (${why}) nor /proc/net/arp can be read`
    faults.add('identity', detail)
    log.warn({ source, why }, 'neighbours are not fully known')
  }

  #tellMany(mac: MacAddress): void {
    const detail = `${mac} has the addresses of many: it is a router or Wi-Fi controller that answers ARP for others, and counts as no device; whoever is behind it is known by its lease or logon`
    this.#parts.faults.add('identity', detail)
    this.#parts.log.warn({ many: this.#table.many }, 'a MAC stands for many devices')
  }
}
