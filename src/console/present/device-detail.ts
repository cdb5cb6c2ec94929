import { type DeviceRow, knownBand } from '#domain/device-report.ts'
import { confidenceBand, type DhcpSaid, type IdentitySource, type Known } from '#domain/identity.ts'
import { common } from '../words/common.ts'
import { device as words } from '../words/device.ts'
import { fill } from '../words/fill.ts'
import { type Advice, deviceAdvice, mayBeNamed } from './device-advice.ts'
import { type DeviceItem, type DeviceWording, deviceItem } from './device-item.ts'
import { bandBadge, bandMeaning, gradeBadge, sourceWords, wayWords } from './device-words.ts'
import { plainText } from './plain-text.ts'
import type { ShownTime } from './plain-time.ts'
import type { Badge } from './severity-badge.ts'

/** One thing that is known of a device. */
interface FactView {
  readonly key: string
  readonly value: string
  readonly source: string
  readonly band: Badge
  readonly percent: string
  readonly since: ShownTime
}

/** A device with all that is known of it, and from where. */
export interface DeviceDetail {
  readonly item: DeviceItem
  readonly sentence: string
  readonly facts: readonly FactView[]
  readonly rest: readonly { readonly key: string; readonly value: string }[]
  readonly addresses: readonly string[]
  readonly bypass:
    | { readonly grade: Badge; readonly ways: readonly string[]; readonly last: ShownTime }
    | undefined
  readonly isWireWatched: boolean
  readonly advice: readonly Advice[]
}

/** Puts a device with its sources into words. */
export function deviceDetail(
  device: DeviceRow,
  sources: readonly IdentitySource[],
  wording: DeviceWording,
): DeviceDetail {
  const { time, nowMs } = wording
  const { name, user, group, bypass, mac, vendor, dhcp } = device
  const fact = (key: string, known: Known | undefined): readonly FactView[] =>
    known === undefined ? [] : [factView(key, known, wording)]
  return {
    item: deviceItem(device, wording),
    sentence: sentenceOf(device),
    facts: [
      ...fact(words.facts.name, name),
      ...fact(words.facts.person, user),
      ...fact(common.group, group),
    ],
    rest: [
      { key: words.facts.mac, value: hardware(device) },
      ...(mac === undefined
        ? []
        : [{ key: words.facts.maker, value: maker(device.isRandomMac, vendor) }]),
      ...dhcpRows(dhcp),
      { key: words.facts.network, value: wording.networkTitle(device.network) },
      { key: words.facts.firstSeen, value: time.at(device.firstSeenAt, nowMs).text },
      { key: words.facts.lastSeen, value: time.at(device.lastSeenAt, nowMs).text },
    ],
    addresses: device.addresses.map((address) => plainText(address, 64)),
    bypass: bypass && {
      grade: gradeBadge(bypass.grade),
      ways: bypass.ways.map(wayWords),
      last: time.at(bypass.lastAt, nowMs),
    },
    isWireWatched: sources.includes('capture'),
    advice: deviceAdvice(device, sources),
  }
}

function sentenceOf(device: DeviceRow): string {
  const band = knownBand(device)
  if (band === 'none') return words.nothingKnown
  const sure = bandMeaning(band)
  if (mayBeNamed(device)) return fill(words.whoIsKnown, { sure })
  return fill(device.user === undefined ? words.whoIsUnknown : words.whoIsUnsure, { sure })
}

function factView(
  key: string,
  { value, source, confidence, since }: Known,
  { time, nowMs }: DeviceWording,
): FactView {
  return {
    key,
    value: plainText(value, 120),
    source: sourceWords(source),
    band: bandBadge(confidenceBand(confidence)),
    percent: `${Math.round(confidence)}%`,
    since: time.at(since, nowMs),
  }
}

function hardware({ mac, isRandomMac }: DeviceRow): string {
  if (mac === undefined) return words.facts.noMac
  return isRandomMac ? fill(words.facts.madeUpMac, { mac }) : mac
}

/** In the device's own words: what system sends them is not guessed. */
function dhcpRows({ vendorClass, fingerprint }: DhcpSaid = {}): DeviceDetail['rest'] {
  return [
    ...(vendorClass === undefined
      ? []
      : [{ key: words.facts.vendorClass, value: plainText(vendorClass, 80) }]),
    ...(fingerprint === undefined
      ? []
      : [{ key: words.facts.fingerprint, value: plainText(fingerprint, 255) }]),
  ]
}

function maker(isRandomMac: boolean, vendor: string | undefined): string {
  if (isRandomMac) return words.facts.hiddenMaker
  return vendor === undefined ? common.notKnown : plainText(vendor, 80)
}
