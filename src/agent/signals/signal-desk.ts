/**
 * From every lookup of a school to what is worth knowing of those that made an event: whether somebody chose the name, and what
 * they did before and after. Keeps ten minutes of each client in memory of a fixed size, and nothing on disk. It has no clock
 * and does no I/O, so that it runs in a worker as well as in a simulation.
 */
import type { Moment } from '#domain/signal.ts'
import { isBypass } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { Weights } from '#safeguarding/weights.ts'
import { BurstWatch } from './burst-watch.ts'
import { ClientSlots } from './client-slots.ts'
import { kindIn, NameBook, type NameBookLimits, PRIVATE, siteIn, UNNUMBERED } from './name-book.ts'
import type { ObservedLookup, SignalFound } from './observed-lookup.ts'
import { PageWatch, WINDOW } from './page-watch.ts'
import { type SignalCase, scoreCase } from './signal-case.ts'
import { SECOND, TickClock, ticksBetween } from './ticks.ts'
import { askAgain, SETTLES_AFTER, type WatchedSite, watchSite } from './watched-site.ts'
import { WayRoundWatch } from './way-round-watch.ts'

export type { ObservedLookup, SignalFound } from './observed-lookup.ts'

export interface SignalDeskLimits extends NameBookLimits {
  /** Clients with a window; beyond it the one that has been silent longest loses its own. */
  readonly clients: number
  /** Events that are being scored; beyond it the oldest is told as it is. */
  readonly cases: number
}

export const SIGNAL_DESK_LIMITS: SignalDeskLimits = {
  clients: 10_000,
  cases: 4_096,
  names: 24_576,
  sites: 24_576,
}

export interface SignalDeskOptions {
  readonly limits: SignalDeskLimits
  readonly weights: Weights
  /** The kind of moment of a wall time, by the school's timetable. */
  readonly momentAt: (ms: number) => Moment
  /** Never throws, never blocks. */
  readonly found: (one: SignalFound) => void
}

export interface SignalDeskCounters {
  readonly clients: number
  readonly clientsEvicted: number
  readonly cases: number
  readonly casesEvicted: number
  readonly names: number
  readonly sites: number
  /** Lookups of sites that there was no number for. */
  readonly unnumbered: number
  readonly lookups: number
  readonly signals: number
}

export interface SignalDesk {
  readonly observe: (lookup: ObservedLookup) => void
  /** Scores what is due; call it at least each second. */
  readonly look: (nowMs: number) => void
  readonly counters: () => SignalDeskCounters
}

/** Sites in alerting categories that are remembered of one client. */
const WATCHED_MAX = 24
/** A page that was opened asks for its assets by then. */
const ANCHOR_KNOWN_AFTER: number = 5.2 * SECOND
/** What came with a page is known by then. */
const KNOWN_AFTER: number = SETTLES_AFTER + SECOND / 5

/** Begins with no client known. */
export function makeSignalDesk(options: SignalDeskOptions): SignalDesk {
  const desk = new Desk(options)
  return {
    observe: (lookup) => desk.observe(lookup),
    look: (nowMs) => desk.look(nowMs),
    counters: () => desk.counters(),
  }
}

class Desk {
  readonly #options: SignalDeskOptions
  readonly #clock = new TickClock()
  readonly #clients: ClientSlots
  readonly #book: NameBook
  readonly #pages: PageWatch
  readonly #waysRound: WayRoundWatch
  readonly #bursts: BurstWatch
  /** Of clients that have asked in alerting categories lately. */
  readonly #watched = new Map<number, WatchedSite[]>()
  /** By event, in the order in which they were opened. */
  readonly #cases = new Map<string, SignalCase>()
  #casesEvicted = 0
  #lookups = 0
  #signals = 0

  constructor(options: SignalDeskOptions) {
    const { clients } = options.limits
    this.#options = options
    this.#clients = new ClientSlots(clients, (slot) => this.#forget(slot))
    this.#book = new NameBook(options.limits)
    this.#pages = new PageWatch(this.#book, clients)
    this.#waysRound = new WayRoundWatch(clients)
    this.#bursts = new BurstWatch(clients)
  }

  /** For a lookup in no event it allocates nothing but the names that are new. */
  observe(lookup: ObservedLookup): void {
    const { client, name, verdict, category, event } = lookup
    if (category === 'protected.help') return
    const tick = this.#clock.tickOf(lookup.atMs)
    const isWayRound = category !== undefined && isBypass(category)
    const known = this.#book.find(name, event !== undefined || isWayRound, tick)
    if (known === PRIVATE) return
    this.#lookups++
    const slot = this.#clients.slotOf(client)
    this.#pages.count(slot, tick)
    this.#bursts.asks(slot, tick)
    const site = siteIn(known)
    if (category === 'core.infra' || (site === UNNUMBERED && event === undefined)) return
    if (site !== UNNUMBERED)
      this.#pages.note(slot, site, kindIn(known), tick, verdict === 'blocked')
    if (isWayRound && this.#waysRound.note(slot, site, tick)) this.#reviewClient(slot, tick)
    if (event !== undefined && category !== undefined)
      this.#watch({ event, slot, category, site, kind: kindIn(known), tick, lookup })
  }

  look(nowMs: number): void {
    if (this.#cases.size === 0) return
    const tick = this.#clock.tickOf(nowMs)
    for (const one of this.#cases.values()) {
      if (one.dueTick !== undefined && ticksBetween(one.dueTick, tick) >= 0) this.#score(one, tick)
      else if (ticksBetween(one.lastTick, tick) > WINDOW) this.#close(one)
    }
  }

  counters(): SignalDeskCounters {
    return {
      clients: this.#clients.size,
      clientsEvicted: this.#clients.evicted,
      cases: this.#cases.size,
      casesEvicted: this.#casesEvicted,
      ...this.#book.counters(),
      lookups: this.#lookups,
      signals: this.#signals,
    }
  }

  #watch(asked: Asked): void {
    const { event, slot, tick, lookup } = asked
    const isBlocked = lookup.verdict === 'blocked'
    const one = this.#cases.get(event) ?? this.#open(asked)
    const watched = this.#siteOf(asked)
    const isAnother = askAgain(watched, asked.kind, tick)
    one.sites.add(watched)
    one.lastTick = tick
    if (isAnother && isBlocked && this.#bursts.isBurst(slot, asked.site)) one.hasBurst = true
    if (isAnother) one.dueTick ??= tick + settlesAfter(one)
  }

  #open({ event, slot, category, tick, lookup }: Asked): SignalCase {
    const [oldest] = this.#cases.values()
    if (oldest && this.#cases.size >= this.#options.limits.cases) {
      this.#casesEvicted++
      if (oldest.dueTick !== undefined) this.#score(oldest, tick)
      this.#close(oldest)
    }
    const one: SignalCase = {
      event,
      slot,
      category,
      isBlocked: lookup.verdict === 'blocked',
      moment: this.#options.momentAt(lookup.atMs),
      firstTick: tick,
      lastTick: tick,
      dueTick: undefined,
      sites: new Set(),
      hasBurst: false,
      told: undefined,
    }
    this.#cases.set(event, one)
    return one
  }

  #siteOf({ slot, site, category, tick, lookup }: Asked): WatchedSite {
    const isBlocked = lookup.verdict === 'blocked'
    const watched = this.#watched.get(slot) ?? []
    const known = watched.find(
      (one) => one.site === site && one.category === category && one.isBlocked === isBlocked,
    )
    if (known && ticksBetween(known.lastTick, tick) <= WINDOW) return known
    const fresh = watched.filter(
      (one) => one !== known && ticksBetween(one.lastTick, tick) <= WINDOW,
    )
    if (fresh.length >= WATCHED_MAX) fresh.shift()
    const isAdvertised = this.#options.weights.advertised.includes(category)
    const opened = watchSite({ site, category, isBlocked, isAdvertised }, tick)
    fresh.push(opened)
    this.#watched.set(slot, fresh)
    return opened
  }

  /** What a client does now may tell of what it did before. */
  #reviewClient(slot: number, tick: number): void {
    for (const one of this.#cases.values())
      if (one.slot === slot) one.dueTick ??= tick + KNOWN_AFTER
  }

  #score(one: SignalCase, tick: number): void {
    one.dueTick = undefined
    const signal = scoreCase(one, tick, {
      weights: this.#options.weights,
      book: this.#book,
      pages: this.#pages,
      waysRound: this.#waysRound,
      clock: this.#clock,
      watched: this.#watched.get(one.slot) ?? [],
    })
    this.#dueAgain(one, tick)
    if (!signal) return
    this.#signals++
    this.#options.found({ event: one.event, signal })
  }

  /** What was asked for so lately that it was not known yet what came with it is looked at again. */
  #dueAgain(one: SignalCase, tick: number): void {
    for (const { asks } of one.sites) {
      const last = asks.at(-1)
      const dueTick = last && last.tick + settlesAfter(one)
      if (dueTick === undefined || ticksBetween(dueTick, tick) >= 0) continue
      one.dueTick = Math.max(one.dueTick ?? 0, dueTick)
    }
  }

  #close({ event, slot, lastTick }: SignalCase): void {
    this.#cases.delete(event)
    const watched = this.#watched.get(slot)
    if (watched?.every((one) => ticksBetween(one.lastTick, lastTick) >= 0))
      this.#watched.delete(slot)
  }

  /** Another client gets the slot: what is known of this one is told, and forgotten. */
  #forget(slot: number): void {
    for (const one of this.#cases.values()) {
      if (one.slot !== slot) continue
      if (one.dueTick !== undefined) this.#score(one, one.lastTick + KNOWN_AFTER)
      this.#cases.delete(one.event)
    }
    this.#watched.delete(slot)
    this.#pages.forget(slot)
    this.#waysRound.forget(slot)
    this.#bursts.forget(slot)
  }
}

/** How long after a lookup of the case enough is known. */
function settlesAfter({ isBlocked }: SignalCase): number {
  return isBlocked ? KNOWN_AFTER : ANCHOR_KNOWN_AFTER
}

interface Asked {
  readonly event: string
  readonly slot: number
  readonly category: CategoryId
  readonly site: number
  readonly kind: number
  readonly tick: number
  readonly lookup: ObservedLookup
}
