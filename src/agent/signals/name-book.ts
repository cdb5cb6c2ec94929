import { hasPrivateWord, isPrivateService } from '#safeguarding/private-names.ts'
import { SeenSites } from './seen-sites.ts'
import { siteOf } from './site-of.ts'
import { MINUTE, ticksBetween } from './ticks.ts'

export interface NameBookLimits {
  /** Names whose site is known without working it out; twice as many at most. */
  readonly names: number
  /** Sites with a number; at most 32,767. */
  readonly sites: number
}

/** No site: a name that may leave no trace. */
export const PRIVATE = -1
/** There is no number left for this site: it is only counted. */
export const UNNUMBERED = 0

/** Which of a site's names it is: one of its hosts, or what people type. */
export const HOST = 0
export const APEX = 1
export const WWW = 2

/** A site that was not asked for in so long is in nobody's window. */
const IDLE = 11 * MINUTE
/** Sites that are looked at for an idle one before there is none. */
const SWEEP_MAX = 256
const GENERATIONS = 0xfff
/** For so long a school is only learnt: everything is new to a box that has just started. */
const LEARNING = 24 * 60 * MINUTE
/** What was seen beside a site is forgotten in two steps of a week. */
const WEEK = 7 * 24 * 60 * MINUTE
/** Of 64 bits, so many are set by more than 20 different partners. */
const PARTNER_BITS_MIN = 18

/** Names by number, and what the whole school shows of each site. Nothing here knows a client. */
export class NameBook {
  readonly #limits: NameBookLimits
  /** Site, kind and generation of each name: see `#pack`. */
  #young = new Map<string, number>()
  #old = new Map<string, number>()
  readonly #numbers = new Map<string, number>()
  readonly #sites: (string | undefined)[] = [undefined]
  readonly #generations: Uint16Array
  readonly #lastSeen: Uint32Array
  /** When it was asked for as the first time ever; 0: it was known. */
  readonly #newAt: Uint32Array
  readonly #isQuiet: Uint8Array
  /** Two words of this week and two of the last, each bit an anchor that it came with. */
  readonly #partners: Uint32Array
  readonly #seen = new SeenSites(65_536)
  #weekBegan = 0
  #hand = 1
  #full = 0

  constructor(limits: NameBookLimits) {
    const places = limits.sites + 1
    this.#limits = limits
    this.#generations = new Uint16Array(places)
    this.#lastSeen = new Uint32Array(places)
    this.#newAt = new Uint32Array(places)
    this.#isQuiet = new Uint8Array(places)
    this.#partners = new Uint32Array(places * 4)
  }

  /**
   * A name's site and kind as one number (see `siteIn` and `kindIn`), PRIVATE or UNNUMBERED. What holds a private word gets a number
   * only if it must be scored, and is not told beside other signals then.
   */
  find(name: string, mustScore: boolean, tick: number): number {
    const known = this.#young.get(name) ?? this.#promote(name)
    const site = known === undefined ? 0 : siteIn(known)
    if (known === undefined || known >>> 18 !== this.#generations[site])
      return this.#enter(name, mustScore, tick)
    if (this.#isQuiet[site] === 1 && !mustScore) return PRIVATE
    this.#lastSeen[site] = tick
    return known
  }

  nameOf(site: number): string | undefined {
    return this.#sites[site]
  }

  /** Whether it is not told beside other signals. */
  isQuiet(site: number): boolean {
    return this.#isQuiet[site] === 1
  }

  /** Whether the school asked for a site for the first time then. */
  isNewAt(site: number, tick: number): boolean {
    return this.#newAt[site] === tick >>> 0
  }

  /** Takes note that a site was asked for right after a page of another. */
  meet(site: number, anchor: number, tick: number): void {
    if (ticksBetween(this.#weekBegan, tick) > WEEK) this.#turnWeek(tick)
    const bit = Math.imul(anchor, 0x9e3779b1) >>> 26
    const at = site * 4 + (bit >>> 5)
    this.#partners[at] = (this.#partners[at] ?? 0) | (1 << (bit & 31))
  }

  /** Whether it comes with the pages of more than 20 other sites, as adverts and embeds do. */
  isThirdParty(site: number): boolean {
    const at = site * 4
    const low = (this.#partners[at] ?? 0) | (this.#partners[at + 2] ?? 0)
    const high = (this.#partners[at + 1] ?? 0) | (this.#partners[at + 3] ?? 0)
    return bitsIn(low) + bitsIn(high) >= PARTNER_BITS_MIN
  }

  counters(): { readonly names: number; readonly sites: number; readonly unnumbered: number } {
    const names = this.#young.size + this.#old.size
    return { names, sites: this.#numbers.size, unnumbered: this.#full }
  }

  #promote(name: string): number | undefined {
    const known = this.#old.get(name)
    if (known !== undefined) this.#keep(name, known)
    return known
  }

  #enter(name: string, mustScore: boolean, tick: number): number {
    if (isPrivateService(name)) return PRIVATE
    const isQuiet = hasPrivateWord(name)
    if (isQuiet && !mustScore) return PRIVATE
    const siteName = siteOf(name)
    const site = this.#numbers.get(siteName) ?? this.#number(siteName, tick)
    if (site === UNNUMBERED) return UNNUMBERED
    this.#lastSeen[site] = tick
    if (isQuiet) this.#isQuiet[site] = 1
    const known = this.#pack(site, kindOf(name, siteName))
    this.#keep(name, known)
    return known
  }

  #keep(name: string, known: number): void {
    if (this.#young.size >= this.#limits.names) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(name, known)
  }

  #pack(site: number, kind: number): number {
    return site | (kind << 16) | ((this.#generations[site] ?? 0) << 18)
  }

  #number(siteName: string, tick: number): number {
    const site = this.#freeNumber(tick)
    if (site === UNNUMBERED) {
      this.#full++
      return site
    }
    const isNew = this.#seen.isFirst(siteName) && tick > LEARNING
    this.#sites[site] = siteName
    this.#numbers.set(siteName, site)
    this.#newAt[site] = isNew ? tick : 0
    this.#isQuiet[site] = 0
    this.#partners.fill(0, site * 4, site * 4 + 4)
    return site
  }

  #freeNumber(tick: number): number {
    const { sites } = this.#limits
    if (this.#sites.length <= sites) return this.#sites.push(undefined) - 1
    for (let step = 0; step < SWEEP_MAX; step++) {
      const site = this.#hand
      this.#hand = site === sites ? 1 : site + 1
      if (ticksBetween(this.#lastSeen[site] ?? 0, tick) <= IDLE) continue
      const before = this.#sites[site]
      if (before !== undefined) this.#numbers.delete(before)
      this.#generations[site] = ((this.#generations[site] ?? 0) + 1) & GENERATIONS
      return site
    }
    return UNNUMBERED
  }

  #turnWeek(tick: number): void {
    this.#weekBegan = tick
    for (let at = 0; at < this.#partners.length; at += 4) {
      this.#partners.copyWithin(at + 2, at, at + 2)
      this.#partners.fill(0, at, at + 2)
    }
  }
}

export function siteIn(known: number): number {
  return known & 0xffff
}

export function kindIn(known: number): number {
  return (known >>> 16) & 3
}

function kindOf(name: string, siteName: string): number {
  if (name.length === siteName.length) return APEX
  return name.length === siteName.length + 4 && name.startsWith('www.') ? WWW : HOST
}

function bitsIn(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
