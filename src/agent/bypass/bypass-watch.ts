/**
 * Folds signs of ways round the filter into one event for each device and hour: told at its first sign and whenever its grade rises, else at
 * most once a minute, and never as more than one event. Pure but for what it is given.
 */
import type { BypassFacts } from '#domain/bypass-event.ts'
import type { EventDraft, StoredEvent } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId } from '#platform/random.ts'
import type { After } from '#platform/timer.ts'
import { OpenEvents } from '../signals/open-events.ts'
import { makeBuckets } from '../token-bucket.ts'
import { Habits, isWrittenIn } from './background.ts'
import { REPEATED_DNS_PACKETS } from './bypass-rules.ts'
import { type BypassDevice, type BypassSignal, isOnWire } from './bypass-signal.ts'
import {
  addSign,
  BYPASS_WINDOW_MS,
  type BypassWindow,
  bypassDraftOf,
  openBypassWindow,
  resumeBypassWindow,
} from './bypass-window.ts'
import { RecentBlocks } from './recent-blocks.ts'

export interface BypassWatchOptions {
  readonly clock: Clock
  /** Never throws, never blocks. */
  readonly emit: (draft: EventDraft) => void
  /** Whose an address is; asked once a sign. */
  readonly who: (signal: Pick<BypassSignal, 'address' | 'mac' | 'group'>) => BypassDevice
  /** Whether a device has asked this box lately. */
  readonly asksHere: (address: string) => boolean
  readonly limits?: BypassWatchLimits
  readonly after?: After
}

/** Some 25 MB where all are reached. */
export interface BypassWatchLimits {
  /** Devices with an event open; beyond it the oldest event is closed, and counted. */
  readonly devicesMax: number
  /** Over all events. What is beyond it is counted in its event, and has no sample. */
  readonly samplesMax: number
  /** Of forged senders there is no end: more new events a minute are not made, and their signs counted. */
  readonly newEventsAMinuteMax: number
}
export const BYPASS_LIMITS: BypassWatchLimits = {
  devicesMax: 10_000,
  samplesMax: 20_000,
  newEventsAMinuteMax: 200,
}

/** Sums since the start, and what is open now. */
export interface BypassCounters {
  readonly open: number
  /** Events that have come to a grade; one that rises counts in each. */
  readonly events: Readonly<Record<BypassWindow['grade'], number>>
  readonly signs: number
  readonly closedEarly: number
  readonly notTold: number
  readonly samplesLeftOut: number
}

const REVISION_EVERY_MS = 60_000
const MINUTE_MS = 60_000
/** A device that is new here has a MAC to its address by then, and no other has its address yet. */
const MAC_KNOWN_WITHIN_MS = 300_000

export class BypassWatch {
  readonly #options: BypassWatchOptions
  readonly #limits: BypassWatchLimits
  readonly #mayOpen: (key: string, nowMs: number) => boolean
  /** By device. */
  readonly #windows: OpenEvents<BypassWindow>
  /** Of devices whose event was opened before their MAC was known, the key of that event: the address. */
  readonly #joined: Map<string, string> = new Map()
  readonly #habits = new Habits()
  readonly #blocks: RecentBlocks
  readonly #events = { low: 0, medium: 0, high: 0 }
  #signs = 0
  #notTold = 0
  #samples = 0
  #samplesLeftOut = 0

  constructor(options: BypassWatchOptions) {
    this.#options = options
    this.#limits = options.limits ?? BYPASS_LIMITS
    const { newEventsAMinuteMax: tokens, devicesMax } = this.#limits
    this.#windows = new OpenEvents({
      ...options,
      openMax: devicesMax,
      revisionEveryMs: REVISION_EVERY_MS,
      draftOf: bypassDraftOf,
      onEnd: ({ device, samples }) => {
        this.#samples -= samples
        this.#joined.delete(device.id)
      },
    })
    this.#mayOpen = makeBuckets({ tokens, refillMs: MINUTE_MS, keysMax: 1 })
    this.#blocks = new RecentBlocks(devicesMax)
  }

  /** A lookup of a device was blocked, in a category that is no way round. */
  blocked(of: Pick<BypassSignal, 'address' | 'mac' | 'group'>): void {
    const { id } = this.#options.who(of)
    this.#blocks.note(id, this.#options.clock.monotonicMs())
  }

  record(signal: BypassSignal): void {
    const { clock, who } = this.#options
    const nowMs = clock.monotonicMs()
    this.#signs++
    this.#windows.closeEnded(nowMs)
    const device = who(signal)
    const { address } = signal
    const window = this.#find(device, address, nowMs) ?? this.#open(device, address, nowMs)
    if (!window) return
    const isBackground = this.#isBackground(signal, device, nowMs)
    let hasRisen = this.#add(window, signal, isBackground)
    if (!isBackground && this.#blocks.isAfter(device.id, nowMs) && this.#isWay(window, signal)) {
      const sign = isOnWire(signal.sign) ? 'used-after-block' : 'looked-up-after-block'
      hasRisen = this.#add(window, { ...signal, sign }, false) || hasRisen
    }
    if (hasRisen) this.#windows.tell(window)
    else this.#windows.tellLater(window)
  }

  /** Goes on with events whose hour was not over when the agent stopped; call it before the first `record`. */
  resume(events: readonly StoredEvent[]): void {
    const windows = events.flatMap((event) => resumeBypassWindow(event, this.#options.clock) ?? [])
    const resumed = this.#windows.resume(windows.map((one) => [one.device.id, one]))
    this.#samples += resumed.reduce((sum, { samples }) => sum + samples, 0)
  }

  /** What the last hour says of each device. */
  facts(): readonly BypassFacts[] {
    this.#windows.closeEnded(this.#options.clock.monotonicMs())
    return [...this.#windows.values()].map(({ device, grade, signs, lastAt }) => ({
      id: device.id,
      grade,
      ways: [...signs.keys()],
      lastAt,
    }))
  }

  counters(): BypassCounters {
    return {
      open: this.#windows.size,
      events: { ...this.#events },
      signs: this.#signs,
      closedEarly: this.#windows.closedEarly,
      notTold: this.#notTold,
      samplesLeftOut: this.#samplesLeftOut,
    }
  }

  /** Tells every last state that has not been, and counts no more. */
  close(): void {
    this.#windows.close()
  }

  #isBackground(
    { sign, seenBy, address, server }: BypassSignal,
    { id }: BypassDevice,
    nowMs: number,
  ): boolean {
    if (seenBy === 'ipsec') return true
    if (sign !== 'dns-elsewhere') return false
    const isHabit = this.#habits.note(id, nowMs)
    if (isHabit) return true
    return server !== undefined && isWrittenIn(server) && this.#options.asksHere(address)
  }

  /** A way that began after the block; of plain DNS, one that is no stray. What was there before has nothing to do with the block. */
  #isWay({ device, signs }: BypassWindow, { sign }: BypassSignal): boolean {
    const gathered = signs.get(sign)
    const sinceAt = this.#blocks.wallSince(device.id, this.#options.clock)
    if (!gathered || gathered.firstAt < sinceAt || sign === 'fell-silent') return false
    return sign !== 'dns-elsewhere' || gathered.foreground >= REPEATED_DNS_PACKETS
  }

  #add(window: BypassWindow, signal: BypassSignal, isBackground: boolean): boolean {
    const mayKeep = this.#samples < this.#limits.samplesMax
    if (!mayKeep) this.#samplesLeftOut++
    const at = this.#options.clock.wallMs()
    const { hasRisen, kept } = addSign(window, signal, { at, isBackground, mayKeep })
    this.#samples += kept
    if (hasRisen) this.#events[window.grade]++
    return hasRisen
  }

  /** The event of a device, which may have begun when only its address was known. */
  #find(device: BypassDevice, address: string, nowMs: number): BypassWindow | undefined {
    const window = this.#windows.get(this.#joined.get(device.id) ?? device.id)
    if (window || device.mac === undefined) return window
    const nameless = this.#windows.get(address)
    if (!nameless || nameless.device.mac !== undefined) return undefined
    const openedMs = nameless.endsMs - BYPASS_WINDOW_MS
    if (nowMs - openedMs > MAC_KNOWN_WITHIN_MS) return undefined
    nameless.device = device
    this.#joined.set(device.id, address)
    return nameless
  }

  #open(device: BypassDevice, address: string, nowMs: number): BypassWindow | undefined {
    if (!this.#mayOpen('', nowMs)) {
      this.#notTold++
      return undefined
    }
    const { clock } = this.#options
    const window = openBypassWindow({ id: newEventId(), device, address, clock })
    this.#windows.add(device.id, window)
    return window
  }
}
