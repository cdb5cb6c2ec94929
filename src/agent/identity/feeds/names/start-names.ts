/**
 * Names of devices that have none: the reverse zones of the school's own servers are asked, and the devices themselves by multicast DNS
 * where the school wants that. Slowly, each address once in hours: a name is nice to have.
 */
import { LRUCache } from 'lru-cache'
import { parseAddress } from '#domain/ip-address.ts'
import type { MacAddress } from '#domain/mac-address.ts'
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
  /** Looks for the name of an address that has none, if it was not looked for lately while this device had it. Costs next to nothing. */
  readonly want: (address: string, mac?: MacAddress) => void
  readonly readings: () => NameReadings
  readonly use: (config: NamesConfig) => void
}

export function startNames(config: NamesConfig, parts: NameParts): NameFeed {
  const seeker = new NameSeeker(config, parts)
  return {
    want: (address, mac) => seeker.want(address, mac),
    readings: () => seeker.readings(),
    use: (next) => seeker.use(next),
    close: () => seeker.close(),
  }
}

interface Sought {
  readonly address: string
  readonly mac: MacAddress | undefined
}

interface Looked {
  /** There is no need to look again before, by the monotonic clock, unless another device has the address. */
  readonly untilMs: number
  mac: MacAddress | undefined
}

class NameSeeker {
  readonly #parts: NameParts
  readonly #known = new LRUCache<string, Looked>({ max: NAME_LIMITS.remembered })
  /** With the device that has the address. */
  readonly #waiting = new Map<string, MacAddress | undefined>()
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

  want(address: string, mac?: MacAddress): void {
    const known = this.#known.get(address)
    if (known && known.untilMs > this.#parts.clock.monotonicMs()) {
      known.mac ??= mac
      if (mac === undefined || known.mac === mac) return
    }
    if (this.#isClosed || this.#waiting.has(address) || this.#asking.has(address)) return
    if (!this.#isOfUse(address)) return
    if (this.#waiting.size >= NAME_LIMITS.waiting) {
      this.#dropped += 1
      return
    }
    this.#waiting.set(address, mac)
    this.#next()
  }

  use(config: NamesConfig): void {
    this.#names = config.identity.names
    this.#mayAsk = makeMayAsk(config)
    // Others may know what nobody knew.
    this.#known.clear()
    for (const address of this.#waiting.keys())
      if (!this.#isOfUse(address)) this.#waiting.delete(address)
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
    for (const [address, mac] of this.#waiting) {
      if (this.#asking.size >= NAME_LIMITS.inFlight) return
      this.#waiting.delete(address)
      this.#asking.add(address)
      this.#seek(address, mac)
        .catch(() => undefined)
        .finally(() => {
          this.#asking.delete(address)
          this.#next()
        })
    }
  }

  /** Never rejects. */
  async #seek(address: string, mac: MacAddress | undefined): Promise<void> {
    const bytes = parseAddress(address)
    if (!bytes) return
    const { reverse, mdns } = this.#names
    const byReverse = reverse
      ? await askReverse(bytes, { ask: this.#parts.ask, mayAsk: this.#mayAsk, turn: this.#turn })
      : NAMELESS
    if (byReverse.kind === 'named' || !mdns || this.#isClosed)
      return this.#settle({ address, mac }, byReverse, 'reverse-dns')
    await this.#turn()
    const byMdns = await askMdns(bytes)
    this.#settle({ address, mac }, byMdns.kind === 'named' ? byMdns : byReverse, 'mdns')
  }

  #settle({ address, mac }: Sought, naming: Naming, source: 'reverse-dns' | 'mdns'): void {
    const { clock, tell } = this.#parts
    const { namedMs, namelessMs, failedMs, toldMs } = NAME_LIMITS
    const forMs =
      naming.kind === 'named' ? namedMs : naming.kind === 'failed' ? failedMs : namelessMs
    this.#known.set(address, { untilMs: clock.monotonicMs() + forMs, mac })
    if (naming.kind !== 'named') {
      this.#counts[naming.kind] += 1
      return
    }
    this.#counts[source === 'mdns' ? 'mdnsNamed' : 'reverseNamed'] += 1
    if (this.#isClosed) return
    const of = { kind: 'address', address } as const
    tell({ kind: 'name-seen', source, of, name: naming.name, lastsMs: toldMs })
  }
}
