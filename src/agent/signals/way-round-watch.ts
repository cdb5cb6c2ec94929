import { WINDOW } from './page-watch.ts'
import { ticksBetween } from './ticks.ts'

/** When a client last began to ask for ways round the filter, after ten minutes without. */
export interface WayRoundBegun {
  readonly site: number
  readonly tick: number
}

/**
 * Devices ask for VPNs and encrypted DNS by themselves, again and again. Only who did not ask for any in the ten minutes before has
 * begun to look for one.
 */
export class WayRoundWatch {
  readonly #lastAt: Uint32Array
  readonly #begunAt: Uint32Array
  readonly #begunSite: Uint16Array

  constructor(clientsMax: number) {
    this.#lastAt = new Uint32Array(clientsMax)
    this.#begunAt = new Uint32Array(clientsMax)
    this.#begunSite = new Uint16Array(clientsMax)
  }

  /** A lookup of a way round; true where it is the first after a while. */
  note(slot: number, site: number, tick: number): boolean {
    const last = this.#lastAt[slot] ?? 0
    this.#lastAt[slot] = tick
    if (last !== 0 && ticksBetween(last, tick) <= WINDOW) return false
    this.#begunAt[slot] = tick
    this.#begunSite[slot] = site
    return true
  }

  begun(slot: number): WayRoundBegun | undefined {
    const tick = this.#begunAt[slot] ?? 0
    return tick === 0 ? undefined : { site: this.#begunSite[slot] ?? 0, tick }
  }

  forget(slot: number): void {
    this.#lastAt[slot] = 0
    this.#begunAt[slot] = 0
  }
}
