import { readDefaultGateways } from './default-gateway.ts'
import type { ProbeBounds } from './dns-probe.ts'
import { probeTcp } from './tcp-probe.ts'

/** `mute`: it never answered, even when all was well, so its silence means nothing. */
export type GatewayState = 'answers' | 'silent' | 'mute' | 'none'

/** Any port will do: a refusal shows as well as an answer that the router is there. */
const PORT = 80
/** How often it is asked while all is well, so that it is known whether it is one that answers at all. */
const CALIBRATE_EVERY_MS = 3_600_000
const GATEWAYS_MAX = 4
const KNOWN_MAX = 16

/** Knows whether the router answers. It is asked seldom while all is well, and every time when it matters. */
export class GatewayWatch {
  /** Gateways that have answered at some time. */
  readonly #answering: Set<string> = new Set()
  #calibratedMs = -Infinity

  /** Asks if it is time to. */
  async calibrate(bounds: ProbeBounds): Promise<void> {
    const nowMs = bounds.monotonicMs()
    if (nowMs - this.#calibratedMs < CALIBRATE_EVERY_MS) return
    this.#calibratedMs = nowMs
    await this.ask(bounds)
  }

  /** Asks every default gateway, all at once. Never rejects. */
  async ask(bounds: ProbeBounds): Promise<GatewayState> {
    const gateways = (await readDefaultGateways()).slice(0, GATEWAYS_MAX)
    if (gateways.length === 0) return 'none'
    const states = await Promise.all(gateways.map((address) => this.#askOne(address, bounds)))
    if (states.includes('answers')) return 'answers'
    return states.includes('silent') ? 'silent' : 'mute'
  }

  async #askOne(address: string, bounds: ProbeBounds): Promise<GatewayState> {
    const { kind } = await probeTcp({ address, port: PORT }, bounds)
    if (kind === 'reached' || kind === 'refused') {
      if (this.#answering.size >= KNOWN_MAX) this.#answering.clear()
      this.#answering.add(address)
      return 'answers'
    }
    return kind === 'unreachable' || this.#answering.has(address) ? 'silent' : 'mute'
  }
}
