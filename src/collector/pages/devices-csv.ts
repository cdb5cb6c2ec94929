import { csvText } from '#console/present/csv-text.ts'
import { bandBadge, gradeBadge, sourceWords, wayWords } from '#console/present/device-words.ts'
import { plainText } from '#console/present/plain-text.ts'
import { devicesFile as words } from '#console/words/devices-file.ts'
import { type DeviceRow, knownBand } from '#domain/device-report.ts'
import { confidenceBand } from '#domain/identity.ts'
import { findDeviceBox } from './device-box.ts'
import { deviceFilterOf, readDevicesQuery } from './devices-query.ts'
import type { PageContext } from './page-context.ts'

const TITLES: readonly string[] = [
  words.name,
  words.person,
  words.personSure,
  words.group,
  words.network,
  words.howSure,
  words.mac,
  words.madeUp,
  words.addresses,
  words.maker,
  words.nameFrom,
  words.personFrom,
  words.groupFrom,
  words.firstSeen,
  words.lastSeen,
  words.goesRound,
  words.ways,
]

/** The devices that match, as a file for spreadsheets; undefined when no box has told of any. */
export async function devicesCsv(
  context: PageContext,
  asked: unknown,
): Promise<string | undefined> {
  const query = readDevicesQuery(asked)
  const { chosen } = await findDeviceBox(context, query.box)
  if (chosen === undefined) return undefined
  const { enrolment, wording } = chosen
  const filter = deviceFilterOf(query, wording.nowMs)
  const page = { limit: context.limits.exportRowsMax, offset: 0 }
  const { devices } = await context.store.listDevices(enrolment, filter, page)
  const rows = devices.map((device) => cellsOf(device, wording.networkTitle(device.network)))
  return csvText([TITLES, ...rows])
}

function cellsOf(device: DeviceRow, network: string): readonly string[] {
  const { name, user, group, mac, isRandomMac, addresses, vendor, bypass } = device
  return [
    plainText(name?.value ?? ''),
    plainText(user?.value ?? ''),
    user === undefined ? '' : bandBadge(confidenceBand(user.confidence)).text,
    plainText(group.value),
    network,
    bandBadge(knownBand(device)).text,
    mac ?? '',
    isRandomMac ? words.yes : words.no,
    addresses.map((address) => plainText(address, 64)).join(' '),
    plainText(vendor ?? ''),
    name === undefined ? '' : sourceWords(name.source),
    user === undefined ? '' : sourceWords(user.source),
    sourceWords(group.source),
    new Date(device.firstSeenAt).toISOString(),
    new Date(device.lastSeenAt).toISOString(),
    bypass === undefined ? '' : gradeBadge(bypass.grade).text,
    (bypass?.ways ?? []).map(wayWords).join(' '),
  ]
}
