import type { Flight } from './flight.ts'

/** Kept at once; the oldest give way. */
const LINGERING_MAX = 4_096

/** Flights that are over and may still be answered: late answers are of use to whoever asks next. */
export class LingeringFlights {
  /** In the order of their start. */
  readonly #flights: Flight[] = []

  get isEmpty(): boolean {
    return this.#flights.length === 0
  }

  add(flight: Flight): void {
    this.#flights.push(flight)
  }

  /** Gives up those that were begun before `beforeMs`, and what is too many. */
  end(beforeMs: number): void {
    const list = this.#flights
    let ended = 0
    for (const flight of list) {
      if (flight.startedAtMs > beforeMs && list.length - ended <= LINGERING_MAX) break
      for (const { route, ...place } of flight.sent) route.forget(flight, place)
      ended += 1
    }
    list.splice(0, ended)
  }
}
