import { makeAllowance } from './allowance.ts'

export const DEVICE_LIMITS = {
  known: 10_000,
  /** Who has just come: the last of them are remembered. */
  fresh: 2048,
  /** New ones taken up: at once, and a second. */
  newAtOnce: 1000,
  newPerSecond: 50,
  /** Whoever is seen again so long after the first time is known. */
  knownAfterMs: 10_000,
  /** A known one gives its place away when it was not seen for so long and another needs it, and goes after the longer time in any case. */
  replacedAfterMs: 600_000,
  forgottenAfterMs: 3_600_000,
  /** What is remembered of one device, and told of it in a minute. */
  facts: 8,
  toldPerMinute: 16,
} as const

const MINUTE_MS = 60_000
/** How often the one who has waited longest is looked for when the table is full. */
const TOUCHED_EVERY_MS = 60_000

interface Device {
  readonly firstMs: number
  lastMs: number
  /** When it was last put at the end of the table's order. */
  touchedMs: number
  readonly facts: number[]
  readonly toldMs: number[]
  minuteMs: number
  toldInMinute: number
}

/**
 * Who was seen, so that the same is told once a minute. A flood of made-up MACs takes nobody's place: newcomers are taken up at a
 * bounded rate into a small table of their own, the oldest of which goes first; who is seen again after ten seconds moves into the table of
 * the known, where only those give way who have not been seen for ten minutes. While a flood lasts, real newcomers may be missed.
 */
export class DeviceTable {
  readonly #known = new Map<number, Device>()
  readonly #fresh = new Map<number, Device>()
  readonly #newcomers = makeAllowance(DEVICE_LIMITS.newAtOnce, DEVICE_LIMITS.newPerSecond)

  get size(): number {
    return this.#known.size + this.#fresh.size
  }

  /** Newcomers that were not taken up. */
  get turnedAway(): number {
    return this.#newcomers.refused()
  }

  /** Whether the device with this MAC, as a number, is there. */
  has(mac: number): boolean {
    return this.#known.has(mac) || this.#fresh.has(mac)
  }

  /** Notes that a device was seen, and a fact of it (a hash); true where that is to be told. Allocates for newcomers alone. */
  isNews(mac: number, fact: number, nowMs: number): boolean {
    const device = this.#find(mac, nowMs)
    return device !== undefined && isFactNews(device, fact, nowMs)
  }

  /** Drops who was not seen for long. */
  forget(nowMs: number): void {
    for (const [mac, device] of this.#known)
      if (nowMs - device.lastMs >= DEVICE_LIMITS.forgottenAfterMs) this.#known.delete(mac)
    for (const [mac, device] of this.#fresh)
      if (nowMs - device.lastMs >= DEVICE_LIMITS.forgottenAfterMs) this.#fresh.delete(mac)
  }

  #find(mac: number, nowMs: number): Device | undefined {
    const known = this.#known.get(mac)
    if (known) {
      known.lastMs = nowMs
      if (nowMs - known.touchedMs >= TOUCHED_EVERY_MS) this.#touch(mac, known, nowMs)
      return known
    }
    const fresh = this.#fresh.get(mac)
    if (!fresh) return this.#takeUp(mac, nowMs)
    fresh.lastMs = nowMs
    if (nowMs - fresh.firstMs >= DEVICE_LIMITS.knownAfterMs) this.#makeKnown(mac, fresh, nowMs)
    return fresh
  }

  #takeUp(mac: number, nowMs: number): Device | undefined {
    if (!this.#newcomers.take(nowMs)) return undefined
    if (this.#fresh.size >= DEVICE_LIMITS.fresh) dropFirst(this.#fresh)
    const device: Device = {
      firstMs: nowMs,
      lastMs: nowMs,
      touchedMs: nowMs,
      facts: [],
      toldMs: [],
      minuteMs: nowMs,
      toldInMinute: 0,
    }
    this.#fresh.set(mac, device)
    return device
  }

  #makeKnown(mac: number, device: Device, nowMs: number): void {
    if (this.#known.size >= DEVICE_LIMITS.known && !this.#makeRoom(nowMs)) return
    this.#fresh.delete(mac)
    this.#touch(mac, device, nowMs)
  }

  /** The first in order is the one that was touched longest ago. */
  #makeRoom(nowMs: number): boolean {
    for (const [mac, device] of this.#known) {
      if (nowMs - device.lastMs < DEVICE_LIMITS.replacedAfterMs) return false
      return this.#known.delete(mac)
    }
    return false
  }

  #touch(mac: number, device: Device, nowMs: number): void {
    device.touchedMs = nowMs
    this.#known.delete(mac)
    this.#known.set(mac, device)
  }
}

function isFactNews(device: Device, fact: number, nowMs: number): boolean {
  const place = device.facts.indexOf(fact)
  if (place >= 0 && nowMs - (device.toldMs[place] ?? 0) < MINUTE_MS) return false
  if (nowMs - device.minuteMs >= MINUTE_MS) {
    device.minuteMs = nowMs
    device.toldInMinute = 0
  }
  if (device.toldInMinute >= DEVICE_LIMITS.toldPerMinute) return false
  device.toldInMinute++
  const to = place >= 0 ? place : freePlace(device)
  device.facts[to] = fact
  device.toldMs[to] = nowMs
  return true
}

/** A new one, or that of what was told longest ago. */
function freePlace({ facts, toldMs }: Device): number {
  if (facts.length < DEVICE_LIMITS.facts) return facts.length
  let oldest = 0
  for (let i = 1; i < toldMs.length; i++) if ((toldMs[i] ?? 0) < (toldMs[oldest] ?? 0)) oldest = i
  return oldest
}

function dropFirst(table: Map<number, Device>): void {
  for (const mac of table.keys()) {
    table.delete(mac)
    return
  }
}
