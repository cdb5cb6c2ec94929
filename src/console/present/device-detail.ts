import { type DeviceRow, knownBand } from '#domain/device-report.ts'
import { confidenceBand, type DhcpSaid, type IdentitySource, type Known } from '#domain/identity.ts'
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
    facts: [...fact('Name', name), ...fact('Person', user), ...fact('Group', group)],
    rest: [
      { key: 'Hardware address', value: hardware(device) },
      ...(mac === undefined ? [] : [{ key: 'Made by', value: maker(device.isRandomMac, vendor) }]),
      ...dhcpRows(dhcp),
      { key: 'Network', value: wording.networkTitle(device.network) },
      { key: 'First seen', value: time.at(device.firstSeenAt, nowMs).text },
      { key: 'Last seen', value: time.at(device.lastSeenAt, nowMs).text },
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
  if (band === 'none') return 'Nothing tells who or what this is; only its group is known.'
  const known = mayBeNamed(device)
    ? 'It is known who uses this device'
    : `It is known what this device is, but not ${device.user === undefined ? 'who' : 'surely who'} uses it`
  const alert = mayBeNamed(device)
    ? 'An alert may name the person.'
    : 'An alert about it names no child.'
  return `${known}: ${bandMeaning(band)}. ${alert}`
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
  if (mac === undefined) return 'Not known: a router stands between the device and the box'
  return isRandomMac ? `${mac}, made up by the device` : mac
}

/** In the device's own words: what system sends them is not guessed. */
function dhcpRows({ vendorClass, fingerprint }: DhcpSaid = {}): DeviceDetail['rest'] {
  return [
    ...(vendorClass === undefined
      ? []
      : [{ key: 'Calls itself in DHCP', value: plainText(vendorClass, 80) }]),
    ...(fingerprint === undefined
      ? []
      : [{ key: 'Asks DHCP for', value: plainText(fingerprint, 255) }]),
  ]
}

function maker(isRandomMac: boolean, vendor: string | undefined): string {
  if (isRandomMac) return 'Cannot be told: the address is made up'
  return vendor === undefined ? 'Not known' : plainText(vendor, 80)
}
