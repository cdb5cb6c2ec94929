import type { HiddenSchool } from '#domain/hidden-school.ts'
import { parseAddress } from '#domain/ip-address.ts'
import type { Clock } from '#platform/clock.ts'
import { type After, after as realAfter } from '#platform/timer.ts'
import type { AskedRing } from '../fastpath/asked-ring.ts'
import { ADDRESS_WORDS, AddressWords } from '../limits/address-words.ts'
import { AskHistory } from './ask-history.ts'
import { type BusiestClient, lookForHiddenSchool } from './hidden-school.ts'
import { SilenceWatch } from './silence.ts'

export interface AskWatchOptions {
  readonly clock: Clock
  /** Of every thread that answers. */
  readonly rings: () => readonly AskedRing[]
  /** Whether the configuration says that an address asks for others. */
  readonly isDeclared: (address: string) => boolean
  readonly isSeen: (address: string) => boolean
  readonly onSilent: (address: string) => void
  /** A hidden school was found, or is none any more. */
  readonly onChange: () => void
  readonly after?: After
}

/** Before a ring of a busy worker has gone round. */
const DRAIN_EVERY_MS = 5_000
const LOOK_EVERY_MS = 60_000

/** Follows who asks how much: whether a server hides the school, and whether devices fall silent. */
export class AskWatch {
  readonly #options: AskWatchOptions
  readonly #history = new AskHistory()
  readonly #silence: SilenceWatch
  readonly #read = new Map<AskedRing, number>()
  readonly #words = new AddressWords()
  readonly #out = new Int32Array(ADDRESS_WORDS)
  #hidden: HiddenSchool | undefined
  #busiest: BusiestClient | undefined
  #lookAtMs = 0
  #cancel: (() => void) | undefined

  constructor(options: AskWatchOptions) {
    this.#options = options
    this.#silence = new SilenceWatch(options.isSeen)
  }

  start(): void {
    const { after = realAfter } = this.#options
    this.#cancel = after(DRAIN_EVERY_MS, () => {
      this.start()
      this.#turn()
    })
  }

  close(): void {
    this.#cancel?.()
  }

  /** As it is now. */
  hiddenSchool(): HiddenSchool | undefined {
    this.#look()
    return this.#hidden
  }

  /** Who asks most, of the last ten minutes; undefined where nobody has. */
  busiest(): BusiestClient | undefined {
    this.#look()
    return this.#busiest
  }

  /** Whether an address has asked this box within the hour, as far as samples tell. */
  asksHere(address: string): boolean {
    if (!parseAddress(address)) return false
    this.#words.read(address, this.#out)
    return this.#history.hasAsked(this.#out, this.#options.clock.monotonicMs())
  }

  #turn(): void {
    const nowMs = this.#options.clock.monotonicMs()
    if (nowMs < this.#lookAtMs) return this.#drain()
    this.#lookAtMs = nowMs + LOOK_EVERY_MS
    const before = this.#hidden
    this.#look()
    if (before?.address !== this.#hidden?.address) this.#options.onChange()
    for (const address of this.#silence.look(this.#history, nowMs)) this.#options.onSilent(address)
  }

  #look(): void {
    const { clock, isDeclared } = this.#options
    this.#drain()
    const { busiest, found } = lookForHiddenSchool(this.#history, clock.monotonicMs(), isDeclared)
    this.#busiest = busiest
    const stands = this.#hidden && !isDeclared(this.#hidden.address)
    if (found === 'unknown') this.#hidden = stands ? this.#hidden : undefined
    else if (found === undefined) this.#hidden = undefined
    else {
      const isSame = this.#hidden?.address === found.address
      this.#hidden = { ...found, since: (isSame && this.#hidden?.since) || clock.wallMs() }
    }
  }

  #drain(): void {
    const nowMs = this.#options.clock.monotonicMs()
    for (const ring of this.#options.rings())
      this.#read.set(
        ring,
        ring.read(this.#read.get(ring) ?? 0, (sample) => this.#history.take(sample, nowMs)),
      )
  }
}
