import type { DevicesRegion } from '#console/device-views.ts'
import { deviceDetail } from '#console/present/device-detail.ts'
import { deviceItem, NEW_MS } from '#console/present/device-item.ts'
import type { View } from '#console/views.ts'
import { countOf } from '#console/words/count-of.ts'
import { counts as countWords } from '#console/words/counts.ts'
import { devices as words } from '#console/words/devices.ts'
import { fill } from '#console/words/fill.ts'
import { DEVICE_DAYS_MAX } from '#domain/device-report.ts'
import type { DeviceCounts, DevicePage } from '../store/collector-store.ts'
import { type DeviceBox, findDeviceBox } from './device-box.ts'
import { devicesFilterView } from './devices-filter.ts'
import {
  allOf,
  type DevicesQuery,
  deviceFilterOf,
  devicesHref,
  isNarrowed,
  readDevicesQuery,
} from './devices-query.ts'
import type { PageContext } from './page-context.ts'
import { pageLinks } from './page-links.ts'

/** The list of a box's devices, or only its changing part. */
export async function devicesPage(
  context: PageContext,
  asked: unknown,
  isPart: boolean,
): Promise<View> {
  const query = readDevicesQuery(asked)
  const { boxes, chosen } = await findDeviceBox(context, query.box)
  const region = chosen ? await regionOf(context, query, chosen) : emptyRegion(query)
  if (isPart) return { view: 'devices-rows', region }
  const groups =
    chosen === undefined
      ? []
      : await context.store.deviceGroups(chosen.enrolment, context.limits.filterChoicesMax)
  const filter = devicesFilterView(query, { boxes, chosen, groups })
  return { view: 'devices', region, filter, daysKept: DEVICE_DAYS_MAX }
}

/** One device; undefined when its box does not know it. */
export async function devicePage(
  context: PageContext,
  id: string,
  asked: { readonly box: string; readonly isPart: boolean },
): Promise<View | undefined> {
  const { chosen } = await findDeviceBox(context, asked.box)
  const device = chosen && (await context.store.device(chosen.enrolment, id))
  if (chosen === undefined || device === undefined) return undefined
  return {
    view: asked.isPart ? 'device-detail' : 'device',
    box: chosen.shown,
    detail: deviceDetail(device, chosen.record.told.sources, chosen.wording),
  }
}

async function regionOf(
  context: PageContext,
  asked: DevicesQuery,
  { enrolment, record, shown, wording }: DeviceBox,
): Promise<DevicesRegion> {
  const { store, limits } = context
  const limit = limits.devicesPageSize
  const filter = deviceFilterOf(asked, wording.nowMs)
  const counts = await store.deviceCounts(enrolment, wording.nowMs - NEW_MS)
  const read = (page: number): Promise<DevicePage> =>
    store.listDevices(enrolment, filter, { limit, offset: (page - 1) * limit })
  let found = await read(asked.page)
  // The list may have become shorter than the page that was asked for.
  const page = Math.min(asked.page, Math.max(1, Math.ceil(found.total / limit)))
  if (page !== asked.page) found = await read(page)
  const query = { ...asked, page }
  const { sources } = record.told
  return {
    ...emptyRegion(query),
    ...pageLinks(page, Math.ceil(found.total / limit), (one) => devicesHref(query, { page: one })),
    box: shown,
    devices: found.devices.map((device) => deviceItem(device, wording)),
    count: foundText(found, counts, query, limit),
    isEmpty: counts.devices === 0,
    hasNoLogons: !sources.includes('radius'),
    tiles: counts.devices === 0 ? [] : tilesOf(counts, query.box),
  }
}

function emptyRegion(query: DevicesQuery): DevicesRegion {
  const { page } = query
  return {
    box: undefined,
    devices: [],
    count: '',
    isFiltered: isNarrowed(query),
    isEmpty: true,
    hasNoLogons: false,
    tiles: [],
    pages: [],
    previousHref: undefined,
    nextHref: undefined,
    fragmentHref: devicesHref(query, { page, fragment: 'rows' }),
    csvHref: devicesHref(query, {}, '/devices.csv'),
    clearHref: devicesHref(allOf(query.box)),
  }
}

function tilesOf(counts: DeviceCounts, box: string): DevicesRegion['tiles'] {
  const { one, many } = countWords.devices
  const tile = (count: number, text: string, change: Partial<DevicesQuery>) => ({
    count: numberText(count),
    text,
    href: devicesHref(allOf(box), change),
  })
  return [
    tile(counts.devices, counts.devices === 1 ? one : many, {}),
    tile(counts.fresh, words.tiles.new, { only: ['new'] }),
    tile(counts.unknown, words.tiles.unknown, { only: ['unknown'] }),
    tile(counts.random, words.tiles.random, { only: ['random'] }),
    tile(counts.goesRound, words.tiles.round, { only: ['round'] }),
  ]
}

function foundText(
  { devices, total }: DevicePage,
  counts: DeviceCounts,
  query: DevicesQuery,
  limit: number,
): string {
  if (total === 0) return ''
  const isMatch = isNarrowed(query)
  const all = numberText(counts.devices)
  if (total <= limit || devices.length === 0)
    return countOf(total, isMatch ? words.found.match : countWords.devices, { all })
  const first = (query.page - 1) * limit + 1
  return fill(isMatch ? words.found.matchRange : words.found.range, {
    first: numberText(first),
    last: numberText(first + devices.length - 1),
    count: numberText(total),
    all,
  })
}

function numberText(count: number): string {
  return count.toLocaleString('en-GB')
}
