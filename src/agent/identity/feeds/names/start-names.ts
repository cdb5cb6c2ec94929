/**
 * Names of devices that have none: the reverse zones of the school's own servers are asked, and the devices themselves by multicast DNS
 * where the school wants that. Slowly, each address once in hours: a name is nice to have.
 */
import { LRUCache } from 'lru-cache'
import { parseAddress } from '#domain/ip-address.ts'
import { isLoopback } from '../../../policy/own-listener.ts'
import type { ReadyConfig } from '../../../policy/ready-config.ts'
import type { IdentityFeed } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { askMdns } from './ask-mdns.ts'
import { type AskName, askReverse, NAMELESS, type Naming } from './ask-reverse.ts'
import { type MayAsk, makeMayAsk } from './may-ask.ts'
import { NAME_LIMITS } from './name-limits.ts'
import { slowRate } from './slow-rate.ts'

export type NamesConfig = Pick<ReadyConfig, 'identity' | 'zones' | 'upstreams' | 'recursor'>

export interface NameParts extends FeedParts {
  readonly ask: AskName
}

/** What has been counted; `waiting` and `asking` are as they are now. */
export interface NameReadings {
  readonly waiting: number
  readonly asking: number
  readonly reverseNamed: number
  readonly mdnsNamed: number
  readonly nameless: number
  readonly unconfirmed: number
  readonly failed: number
  /** Addresses for which there was no room. */
  readonly dropped: number
}

export interface NameFeed extends IdentityFeed {
  /** Looks for the name of an address that has none, if it was not looked for lately. Costs next to nothing. */
  readonly want: (address: string) => void
  readonly readings: () => NameReadings
  readonly use: (config: NamesConfig) => void
}

export function startNames(config: NamesConfig, parts: NameParts): NameFeed {
  const seeker = new NameSeeker(config, parts)
  return {
    want: (address) => seeker.want(address),
    readings: () => seeker.readings(),
    use: (next) => seeker.use(next),
    close: () => seeker.close(),
  }
}

class NameSeeker {
  readonly #parts: NameParts
  /** Until when there is no need to look again, by the monotonic clock. */
  readonly #known = new LRUCache<string, number>({ max: NAME_LIMITS.remembered })
  readonly #waiting = new Set<string>()
  readonly #asking = new Set<string>()
  readonly #counts = { reverseNamed: 0, mdnsNamed: 0, nameless: 0, unconfirmed: 0, failed: 0 }
  #dropped = 0
  readonly #turn: () => Promise<void>
  #names: NamesConfig['identity']['names']
  #mayAsk: MayAsk
  #isClosed = false

  constructor(config: NamesConfig, parts: NameParts) {
    this.#parts = parts
    this.#turn = slowRate(NAME_LIMITS.questionsPerSecond, parts.clock)
    this.#names = config.identity.names
    this.#mayAsk = makeMayAsk(config)
  }

  want(address: string): void {
    const until = this.#known.get(address)
    if (until !== undefined && until > this.#parts.clock.monotonicMs()) return
    if (this.#isClosed || this.#waiting.has(address) || this.#asking.has(address)) return
    if (!this.#isOfUse(address)) return
    if (this.#waiting.size >= NAME_LIMITS.waiting) {
      this.#dropped += 1
      return
    }
    this.#waiting.add(address)
    this.#next()
  }

  use(config: NamesConfig): void {
    this.#names = config.identity.names
    this.#mayAsk = makeMayAsk(config)
    // Others may know what nobody knew.
    this.#known.clear()
    for (const address of this.#waiting) if (!this.#isOfUse(address)) this.#waiting.delete(address)
  }

  readings(): NameReadings {
    const [waiting, asking] = [this.#waiting.size, this.#asking.size]
    return { waiting, asking, dropped: this.#dropped, ...this.#counts }
  }

  /** What is being asked goes on, and is told to nobody. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.clear()
    return Promise.resolve()
  }

  /** Whether anybody may be asked about an address. */
  #isOfUse(address: string): boolean {
    const { reverse, mdns } = this.#names
    const bytes = parseAddress(address)
    if (!bytes || isLoopback(address)) return false
    return mdns || (reverse && this.#mayAsk.backward(bytes))
  }

  #next(): void {
    for (const address of this.#waiting) {
      if (this.#asking.size >= NAME_LIMITS.inFlight) return
      this.#waiting.delete(address)
      this.#asking.add(address)
      this.#seek(address)
        .catch(() => undefined)
        .finally(() => {
          this.#asking.delete(address)
          this.#next()
        })
    }
  }

  /** Never rejects. */
  async #seek(address: string): Promise<void> {
    const bytes = parseAddress(address)
    if (!bytes) return
    const { reverse, mdns } = this.#names
    const byReverse = reverse
      ? await askReverse(bytes, { ask: this.#parts.ask, mayAsk: this.#mayAsk, turn: this.#turn })
      : NAMELESS
    if (byReverse.kind === 'named' || !mdns || this.#isClosed)
      return this.#settle(address, byReverse, 'reverse-dns')
    await this.#turn()
    const byMdns = await askMdns(bytes)
    this.#settle(address, byMdns.kind === 'named' ? byMdns : byReverse, 'mdns')
  }

  #settle(text: string, naming: Naming, source: 'reverse-dns' | 'mdns'): void {
    const { clock, tell } = this.#parts
    const { namedMs, namelessMs, failedMs, toldMs } = NAME_LIMITS
    const forMs =
      naming.kind === 'named' ? namedMs : naming.kind === 'failed' ? failedMs : namelessMs
    this.#known.set(text, clock.monotonicMs() + forMs)
    if (naming.kind !== 'named') {
      this.#counts[naming.kind] += 1
      return
    }
    this.#counts[source === 'mdns' ? 'mdnsNamed' : 'reverseNamed'] += 1
    if (this.#isClosed) return
    const of = { kind: 'address', address: text } as const
    tell({ kind: 'name-seen', source, of, name: naming.name, lastsMs: toldMs })
  }
}
