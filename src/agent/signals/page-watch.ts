import { CONTEXT_NAMES_MAX } from '#domain/signal.ts'
import { HOST, type NameBook } from './name-book.ts'
import { MINUTE, SECOND, ticksBetween } from './ticks.ts'

/** Lookups that are remembered one by one; more within seconds are one page, whatever they are. */
const RECENT = 32
/** A page asks for its own assets within so long. */
const ASSETS_WITHIN: number = 5 * SECOND
/** So soon after somebody went to one site, what is asked for of another comes with its page. */
const WITH_PAGE: number = 2 * SECOND
/** Adverts are the last that a page asks for. */
const ADVERTS_WITHIN: number = 5 * SECOND
/** Beside the kinds of names: one that was stopped, which no page comes of. */
const STOPPED = 3
/** A name that is asked for again so soon, as for its other addresses, is one lookup. */
const SAME_LOOKUP: number = 3 * SECOND
/** So many other sites from so long before a lookup until so long after it: it is part of a page. */
const CROWD = 3
const CROWD_BEFORE: number = 1.5 * SECOND
const CROWD_AFTER: number = SECOND / 2
/** The window, in minutes. */
export const WINDOW_MINUTES = 10
export const WINDOW: number = WINDOW_MINUTES * MINUTE

/** The highest bit of a chosen site: it was blocked. */
const BLOCKED = 0x8000
const SITE = 0x7fff

/** A site that a client chose, as far as can be told. */
export interface Chosen {
  readonly site: number
  readonly tick: number
  readonly isBlocked: boolean
}

/**
 * What each client's lookups show of the pages that it had: what was visited, and what only came along. Ten minutes of a client are
 * the sites that it chose and the number of all lookups; single lookups are remembered for seconds.
 */
export class PageWatch {
  readonly #book: NameBook
  readonly #recentSites: Uint16Array
  readonly #recentTicks: Uint32Array
  readonly #recentKinds: Uint8Array
  readonly #recentNext: Uint8Array
  readonly #anchorSites: Uint16Array
  readonly #anchorTicks: Uint32Array
  readonly #chosenSites: Uint16Array
  readonly #chosenTicks: Uint32Array
  readonly #chosenNext: Uint8Array
  readonly #counts: Uint16Array
  readonly #minutes: Uint32Array

  constructor(book: NameBook, clientsMax: number) {
    this.#book = book
    this.#recentSites = new Uint16Array(clientsMax * RECENT)
    this.#recentTicks = new Uint32Array(clientsMax * RECENT)
    this.#recentKinds = new Uint8Array(clientsMax * RECENT)
    this.#recentNext = new Uint8Array(clientsMax)
    this.#anchorSites = new Uint16Array(clientsMax)
    this.#anchorTicks = new Uint32Array(clientsMax)
    this.#chosenSites = new Uint16Array(clientsMax * CONTEXT_NAMES_MAX)
    this.#chosenTicks = new Uint32Array(clientsMax * CONTEXT_NAMES_MAX)
    this.#chosenNext = new Uint8Array(clientsMax)
    this.#counts = new Uint16Array(clientsMax * WINDOW_MINUTES)
    this.#minutes = new Uint32Array(clientsMax)
  }

  /** Counts a lookup of which nothing else is remembered. Does not allocate. */
  count(slot: number, tick: number): void {
    const minute = Math.floor(tick / MINUTE)
    const before = this.#minutes[slot] ?? 0
    const base = slot * WINDOW_MINUTES
    if (minute !== before) {
      const passed = Math.min(WINDOW_MINUTES, Math.max(0, minute - before))
      for (let i = 0; i < passed; i++) this.#counts[base + ((minute - i) % WINDOW_MINUTES)] = 0
      if (minute > before) this.#minutes[slot] = minute
    }
    const at = base + (minute % WINDOW_MINUTES)
    const counted = this.#counts[at] ?? 0
    if (counted < 0xffff) this.#counts[at] = counted + 1
  }

  /** Takes note of a lookup. Does not allocate. */
  note(slot: number, site: number, kind: number, tick: number, isBlocked: boolean): void {
    const pageTick = this.#recall(slot, site, isBlocked ? STOPPED : kind, tick)
    if (kind === HOST && pageTick !== 0 && !isBlocked) this.#confirm(slot, site, pageTick)
    const anchor = this.#anchorSites[slot] ?? 0
    if (anchor === 0 || anchor === site) return
    const since = ticksBetween(this.#anchorTicks[slot] ?? 0, tick)
    if (since >= 0 && since <= WITH_PAGE) this.#book.meet(site, anchor, tick)
  }

  /** Whether a lookup came with a page of something else: in time for `CROWD_AFTER` to be over. */
  isEmbedded(slot: number, site: number, tick: number, isAdvertised: boolean): boolean {
    const within = isAdvertised ? ADVERTS_WITHIN : WITH_PAGE
    return (
      this.#isAfterPage(slot, site, tick, within) || this.#othersAround(slot, site, tick) >= CROWD
    )
  }

  /** Whether a site was visited as a page then. */
  isAnchor(slot: number, site: number, tick: number): boolean {
    const base = slot * CONTEXT_NAMES_MAX
    for (let at = base; at < base + CONTEXT_NAMES_MAX; at++) {
      if (this.#chosenSites[at] !== site) continue
      if (Math.abs(ticksBetween(this.#chosenTicks[at] ?? 0, tick)) <= SAME_LOOKUP) return true
    }
    return false
  }

  /** Adds to what a client chose; a site only once in a while, and nothing that must not be told beside others. */
  choose(slot: number, site: number, tick: number, isBlocked: boolean): void {
    if (this.#book.isQuiet(site)) return
    const entry = isBlocked ? site | BLOCKED : site
    const base = slot * CONTEXT_NAMES_MAX
    for (let at = base; at < base + CONTEXT_NAMES_MAX; at++) {
      if (this.#chosenSites[at] !== entry) continue
      if (Math.abs(ticksBetween(this.#chosenTicks[at] ?? 0, tick)) <= SAME_LOOKUP) return
    }
    const next = this.#chosenNext[slot] ?? 0
    this.#chosenSites[base + next] = entry
    this.#chosenTicks[base + next] = tick
    this.#chosenNext[slot] = (next + 1) % CONTEXT_NAMES_MAX
  }

  /** What a client chose in the window before `tick`, oldest first. */
  chosen(slot: number, tick: number): readonly Chosen[] {
    const base = slot * CONTEXT_NAMES_MAX
    const chosen: Chosen[] = []
    for (let at = base; at < base + CONTEXT_NAMES_MAX; at++) {
      const entry = this.#chosenSites[at] ?? 0
      const when = this.#chosenTicks[at] ?? 0
      if (entry === 0 || ticksBetween(when, tick) > WINDOW) continue
      chosen.push({ site: entry & SITE, tick: when, isBlocked: entry >= BLOCKED })
    }
    return chosen.toSorted((a, b) => ticksBetween(b.tick, a.tick))
  }

  /** All lookups of a client in the window before `tick`. */
  lookups(slot: number, tick: number): number {
    const minute = Math.floor(tick / MINUTE)
    const newest = this.#minutes[slot] ?? 0
    const base = slot * WINDOW_MINUTES
    let sum = 0
    for (let m = Math.max(0, minute - WINDOW_MINUTES + 1); m <= newest; m++)
      sum += this.#counts[base + (m % WINDOW_MINUTES)] ?? 0
    return sum
  }

  forget(slot: number): void {
    this.#recentSites.fill(0, slot * RECENT, (slot + 1) * RECENT)
    this.#chosenSites.fill(0, slot * CONTEXT_NAMES_MAX, (slot + 1) * CONTEXT_NAMES_MAX)
    this.#counts.fill(0, slot * WINDOW_MINUTES, (slot + 1) * WINDOW_MINUTES)
    this.#anchorSites[slot] = 0
  }

  /** Remembers a lookup, and finds when the site's own page was asked for; 0: not just now. */
  #recall(slot: number, site: number, kind: number, tick: number): number {
    const base = slot * RECENT
    const next = this.#recentNext[slot] ?? 0
    let pageTick = 0
    let isSame = false
    for (let back = 1; back <= RECENT; back++) {
      const at = base + ((next - back + RECENT) & (RECENT - 1))
      const there = this.#recentSites[at] ?? 0
      const when = this.#recentTicks[at] ?? 0
      const age = ticksBetween(when, tick)
      if (there === 0 || age > ASSETS_WITHIN) break
      if (there !== site) continue
      if (this.#recentKinds[at] === kind && age < SAME_LOOKUP) isSame = true
      if (isPage(this.#recentKinds[at])) pageTick = when
    }
    if (isSame) return pageTick
    const at = base + next
    this.#recentSites[at] = site
    this.#recentTicks[at] = tick
    this.#recentKinds[at] = kind
    this.#recentNext[slot] = (next + 1) & (RECENT - 1)
    return pageTick
  }

  /** A site that asked for its own assets was a page, unless it came with another. */
  #confirm(slot: number, site: number, pageTick: number): void {
    const anchor = this.#anchorSites[slot] ?? 0
    const since = ticksBetween(this.#anchorTicks[slot] ?? 0, pageTick)
    if (anchor === site && since < SAME_LOOKUP) return
    if (anchor !== 0 && anchor !== site && since >= 0 && since < WITH_PAGE) return
    this.#anchorSites[slot] = site
    this.#anchorTicks[slot] = pageTick
    this.choose(slot, site, pageTick, false)
  }

  /** Whether somebody may have gone to another site just before: apps ask for hosts, people for what they type or click. */
  #isAfterPage(slot: number, site: number, tick: number, within: number): boolean {
    const base = slot * RECENT
    for (let at = base; at < base + RECENT; at++) {
      const there = this.#recentSites[at] ?? 0
      if (there === 0 || there === site || !isPage(this.#recentKinds[at])) continue
      const before = ticksBetween(this.#recentTicks[at] ?? 0, tick)
      if (before >= 0 && before < within) return true
    }
    return false
  }

  #othersAround(slot: number, site: number, tick: number): number {
    const base = slot * RECENT
    let first = 0
    let second = 0
    let others = 0
    for (let at = base; at < base + RECENT && others < CROWD; at++) {
      const there = this.#recentSites[at] ?? 0
      if (there === 0 || there === site || there === first || there === second) continue
      const after = ticksBetween(tick, this.#recentTicks[at] ?? 0)
      if (after < -CROWD_BEFORE || after > CROWD_AFTER) continue
      if (others === 0) first = there
      else second = there
      others++
    }
    return others
  }
}

/** Whether a page may come of a lookup of that kind. */
function isPage(kind: number | undefined): boolean {
  return kind !== HOST && kind !== STOPPED
}
