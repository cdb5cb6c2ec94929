import type { WentElsewhere } from '#domain/capture-report.ts'
import { makeAllowance } from './allowance.ts'

export const ELSEWHERE_LIMITS = {
  ways: 4096,
  /** Of one address. */
  waysPerDevice: 64,
  /** New ones taken up: at once, and a second. */
  newAtOnce: 1000,
  newPerSecond: 100,
  toldEveryMs: 10_000,
  /** One that was not used for so long is forgotten. */
  idleMs: 60_000,
} as const

/** A way that a device went, without the count. */
export type Way = Omit<WentElsewhere, 'kind' | 'packets'>

interface Entry {
  way: Way
  packets: number
  toldMs: number
  lastMs: number
  readonly device: number
}

/**
 * Who went where, so that it is told at the first packet and then at most once in ten seconds. Full, it takes nobody new until somebody
 * is idle; no device has more than its share, and new ways are taken up at a bounded rate.
 */
export class ElsewhereTable {
  readonly #entries = new Map<number, Entry>()
  readonly #perDevice = new Map<number, number>()
  readonly #newcomers = makeAllowance(ELSEWHERE_LIMITS.newAtOnce, ELSEWHERE_LIMITS.newPerSecond)
  readonly #tell: (report: WentElsewhere) => void
  #turnedAway = 0

  constructor(tell: (report: WentElsewhere) => void) {
    this.#tell = tell
  }

  get size(): number {
    return this.#entries.size
  }

  /** Packets of ways that were not taken up. */
  get turnedAway(): number {
    return this.#turnedAway
  }

  /** Notes one packet of the way with this key, of the device with that one. `describe` is asked for new ones, and for names. */
  note(key: number, device: number, nowMs: number, describe: () => Way): void {
    const entry = this.#entries.get(key) ?? this.#takeUp(key, device, nowMs, describe)
    if (!entry) {
      this.#turnedAway++
      return
    }
    entry.packets++
    entry.lastMs = nowMs
    if (nowMs - entry.toldMs >= ELSEWHERE_LIMITS.toldEveryMs) this.#say(entry, nowMs)
  }

  /** Tells what has been waiting, and forgets what was idle. To be called every few seconds. */
  sweep(nowMs: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.packets > 0 && nowMs - entry.toldMs >= ELSEWHERE_LIMITS.toldEveryMs)
        this.#say(entry, nowMs)
      if (nowMs - entry.lastMs < ELSEWHERE_LIMITS.idleMs) continue
      this.#entries.delete(key)
      const others = (this.#perDevice.get(entry.device) ?? 1) - 1
      if (others > 0) this.#perDevice.set(entry.device, others)
      else this.#perDevice.delete(entry.device)
    }
  }

  #takeUp(key: number, device: number, nowMs: number, describe: () => Way): Entry | undefined {
    const ways = this.#perDevice.get(device) ?? 0
    const isFull = this.#entries.size >= ELSEWHERE_LIMITS.ways
    if (isFull || ways >= ELSEWHERE_LIMITS.waysPerDevice) return undefined
    if (!this.#newcomers.take(nowMs)) return undefined
    const entry = { way: describe(), packets: 0, toldMs: -Infinity, lastMs: nowMs, device }
    this.#entries.set(key, entry)
    this.#perDevice.set(device, ways + 1)
    return entry
  }

  #say(entry: Entry, nowMs: number): void {
    this.#tell({ kind: 'went-elsewhere', ...entry.way, packets: entry.packets })
    entry.packets = 0
    entry.toldMs = nowMs
  }
}
