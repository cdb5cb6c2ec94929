import { MINUTE } from './ticks.ts'

const HOUR = 60 * MINUTE
/** Fewer are never a burst. */
const BURST_MIN = 10
const DEVIATIONS = 4
/** A runaway program asks for one site; a person who tries asks for several. */
const SITES_MIN = 3
/** The baseline follows the last so many hours in which the client asked at all: about four weeks of school. */
const HOURS = 100

/** How many blocked lookups each client has in an hour, and whether that is far more than it has as a rule. */
export class BurstWatch {
  readonly #hours: Uint32Array
  readonly #counts: Uint16Array
  /** A bit for each of 32 shares of all sites. */
  readonly #sites: Uint32Array
  readonly #means: Float32Array
  readonly #squares: Float32Array
  readonly #known: Uint8Array

  constructor(clientsMax: number) {
    this.#hours = new Uint32Array(clientsMax)
    this.#counts = new Uint16Array(clientsMax)
    this.#sites = new Uint32Array(clientsMax)
    this.#means = new Float32Array(clientsMax)
    this.#squares = new Float32Array(clientsMax)
    this.#known = new Uint8Array(clientsMax)
  }

  /** A client asks for anything: hours in which it does are what it is measured by. Does not allocate. */
  asks(slot: number, tick: number): void {
    const hour = Math.floor(tick / HOUR) + 1
    const before = this.#hours[slot] ?? 0
    if (hour <= before) return
    if (before > 0) this.#learn(slot)
    this.#hours[slot] = hour
    this.#counts[slot] = 0
    this.#sites[slot] = 0
  }

  /** A blocked lookup; true for the one that makes it a burst, once in an hour. */
  isBurst(slot: number, site: number): boolean {
    const wasBurst = this.#isOver(slot)
    this.#counts[slot] = Math.min(0xffff, (this.#counts[slot] ?? 0) + 1)
    this.#sites[slot] = (this.#sites[slot] ?? 0) | (1 << (Math.imul(site, 0x9e3779b1) >>> 27))
    return !wasBurst && this.#isOver(slot)
  }

  forget(slot: number): void {
    for (const column of [this.#hours, this.#counts, this.#means, this.#squares, this.#known])
      column[slot] = 0
    this.#sites[slot] = 0
  }

  #isOver(slot: number): boolean {
    const mean = this.#means[slot] ?? 0
    const deviation = Math.sqrt(Math.max(0, (this.#squares[slot] ?? 0) - mean * mean))
    const most = Math.max(BURST_MIN, mean + DEVIATIONS * deviation)
    if ((this.#counts[slot] ?? 0) <= most) return false
    let sites = 0
    for (let left = this.#sites[slot] ?? 0; left !== 0; left &= left - 1) sites++
    return sites >= SITES_MIN
  }

  #learn(slot: number): void {
    const known = Math.min(HOURS - 1, this.#known[slot] ?? 0) + 1
    const count = this.#counts[slot] ?? 0
    const mean = this.#means[slot] ?? 0
    const square = this.#squares[slot] ?? 0
    this.#means[slot] = mean + (count - mean) / known
    this.#squares[slot] = square + (count * count - square) / known
    this.#known[slot] = known
  }
}
