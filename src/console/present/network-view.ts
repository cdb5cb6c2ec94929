import {
  type BandCounts,
  type NetworkFacts,
  type NetworksTold,
  OTHER_NETWORK,
} from '#domain/device-report.ts'
import type { ConfidenceBand } from '#domain/identity.ts'
import { countOf } from '../words/count-of.ts'
import { counts as countWords } from '../words/counts.ts'
import { fill } from '../words/fill.ts'
import { networks as words } from '../words/networks.ts'
import { BANDS, bandBadge, bandMeaning } from './device-words.ts'
import { type NetworkAdvice, networkAdvice } from './network-advice.ts'
import { plainText } from './plain-text.ts'
import type { Wording } from './wording.ts'

/** One stretch of the bar, in hundredths of its width. */
interface BarPart {
  readonly band: ConfidenceBand
  readonly text: string
  readonly from: number
  readonly width: number
}

interface BandLine {
  readonly text: string
  readonly meaning: string
  readonly addresses: string
  readonly queries: string
}

/** One network in words. */
export interface NetworkView {
  readonly id: string
  readonly title: string
  readonly network: string
  readonly group: string
  readonly devices: string
  readonly hasDevices: boolean
  readonly devicesHref: string
  readonly summary: string
  readonly bar: readonly BarPart[]
  readonly bands: readonly BandLine[]
  readonly forwarders: readonly string[]
  readonly hidden: string | undefined
  readonly advice: readonly NetworkAdvice[]
}

/** Puts a network into words; `devices` is how many of the box's devices lie in it. */
export function networkView(
  facts: NetworkFacts,
  { sources }: NetworksTold,
  { devices, devicesHref, wording }: NetworkContext,
): NetworkView {
  return {
    id: facts.network.replaceAll(/[^0-9a-z]/g, '-'),
    title: networkTitle(facts),
    network: facts.network === OTHER_NETWORK ? '' : plainText(facts.network, 64),
    group: plainText(facts.group, 60),
    devices: countOf(devices, countWords.devices),
    hasDevices: devices > 0,
    devicesHref,
    summary: summaryOf(facts.addresses),
    bar: barOf(facts.addresses),
    bands: BANDS.map((band) => ({
      text: bandBadge(band).text,
      meaning: bandMeaning(band),
      addresses: facts.addresses[band].toLocaleString('en-GB'),
      queries: facts.queries[band].toLocaleString('en-GB'),
    })),
    forwarders: facts.forwarders.map((one) => plainText(one, 64)),
    hidden: hiddenSentence(facts, wording),
    advice: networkAdvice(facts, sources),
  }
}

interface NetworkContext {
  readonly devices: number
  readonly devicesHref: string
  readonly wording: Wording
}

/** What a network is called: the school's name for it, or else its addresses. */
export function networkTitle({ name, network }: Pick<NetworkFacts, 'name' | 'network'>): string {
  if (name !== undefined) return plainText(name, 64)
  return network === OTHER_NETWORK ? words.other : plainText(network, 64)
}

/** Identified: strongly or better. */
export function identifiedShare(counts: BandCounts): number | undefined {
  const all = totalOf(counts)
  return all === 0 ? undefined : (counts.certain + counts.strong) / all
}

export function totalOf(counts: BandCounts): number {
  return BANDS.reduce((sum, band) => sum + counts[band], 0)
}

function summaryOf(counts: BandCounts): string {
  const share = identifiedShare(counts)
  return share === undefined
    ? words.card.nobodyAsked
    : countOf(totalOf(counts), words.card.wellKnown, { share: percent(share) })
}

/** Never 0% or 100% unless it is none or all. */
function percent(share: number): string {
  const whole = Math.round(share * 100)
  if (whole === 0 && share > 0) return words.card.underOne
  return whole === 100 && share < 1 ? '99%' : `${whole}%`
}

function barOf(counts: BandCounts): readonly BarPart[] {
  const all = totalOf(counts)
  let from = 0
  return BANDS.flatMap((band) => {
    if (counts[band] === 0) return []
    const width = (100 * counts[band]) / all
    const part = { band, text: bandBadge(band).text, from: round(from), width: round(width) }
    from += width
    return [part]
  })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function hiddenSentence(
  { hiddenSchool }: NetworkFacts,
  { time, nowMs }: Wording,
): string | undefined {
  if (hiddenSchool === undefined) return undefined
  const { address, share, since } = hiddenSchool
  return fill(words.card.hiddenText, {
    address: plainText(address, 64),
    share: percent(share),
    when: time.at(since, nowMs).after,
  })
}
