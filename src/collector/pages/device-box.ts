import type { ShownBox } from '#console/device-views.ts'
import type { DeviceWording } from '#console/present/device-item.ts'
import { networkTitle } from '#console/present/network-view.ts'
import { plainText } from '#console/present/plain-text.ts'
import { devices } from '#console/words/devices.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { NetworksRecord } from '../store/collector-store.ts'
import { allOf, devicesHref } from './devices-query.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

/** The box that a page of devices is about, and what it told. */
export interface DeviceBox {
  readonly enrolment: Enrolment
  readonly record: NetworksRecord
  readonly shown: ShownBox
  readonly wording: DeviceWording
}

/** Boxes that told of devices, and of them the one that was asked for; the first where no box of ours was. */
export async function findDeviceBox(
  context: PageContext,
  asked: string,
): Promise<{ readonly boxes: readonly Enrolment[]; readonly chosen: DeviceBox | undefined }> {
  const told = await context.store.boxesWithDevices(context.tenant)
  const enrolled = boxesOf(context)
  const boxes = enrolled.filter(({ appliance }) => told.has(appliance))
  const isOurs = enrolled.some(({ appliance }) => appliance === asked)
  const enrolment = isOurs ? boxes.find(({ appliance }) => appliance === asked) : boxes[0]
  const record = enrolment && (await context.store.networksOf(enrolment))
  if (enrolment === undefined || record === undefined) return { boxes, chosen: undefined }
  // With one box the addresses stay short.
  const box = boxes.length > 1 ? enrolment.appliance : ''
  const wording = deviceWording(context, record, box)
  const shown = {
    id: enrolment.appliance,
    name: plainText(enrolment.name, 80),
    told: wording.time.at(record.reportedAt, wording.nowMs),
    devicesHref: devicesHref(allOf(box)),
    networksHref: devicesHref(allOf(box), {}, '/networks'),
  }
  return { boxes, chosen: { enrolment, record, shown, wording } }
}

function deviceWording(context: PageContext, { told }: NetworksRecord, box: string): DeviceWording {
  const titles = new Map(told.networks.map((facts) => [facts.network, networkTitle(facts)]))
  return {
    ...wordingOf(context, boxesOf(context)),
    networkTitle: (network) =>
      network === undefined ? devices.noNetwork : (titles.get(network) ?? plainText(network, 64)),
    deviceHref: (id) => devicesHref(allOf(box), {}, `/devices/${encodeURIComponent(id)}`),
  }
}
