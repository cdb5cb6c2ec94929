import type { DevicesFilterView } from '#console/device-views.ts'
import { BANDS, bandBadge } from '#console/present/device-words.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { common } from '#console/words/common.ts'
import { devices } from '#console/words/devices.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { DeviceBox } from './device-box.ts'
import { type DevicesQuery, devicesHref, ONLY } from './devices-query.ts'
import { choices, groupText } from './filter-choices.ts'

const words = devices.filter

interface Offered {
  readonly boxes: readonly Enrolment[]
  readonly chosen: DeviceBox | undefined
  readonly groups: readonly string[]
}

/** The filter form as it stands, and what of it is chosen. */
export function devicesFilterView(
  query: DevicesQuery,
  { boxes, chosen, groups }: Offered,
): DevicesFilterView {
  const networkText = (network: string): string =>
    chosen?.wording.networkTitle(network) ?? plainText(network, 64)
  const networks = (chosen?.record.told.networks ?? []).map(({ network }) => network)
  return {
    boxes:
      boxes.length < 2
        ? []
        : boxes.map(({ appliance, name }) => ({
            value: appliance,
            text: plainText(name, 80),
            selected: appliance === chosen?.enrolment.appliance,
          })),
    networks: choices(networks, query.network, networkText),
    groups: choices(groups, query.group, groupText),
    bands: choices(BANDS, query.band, bandText),
    text: editableText(query.text),
    only: ONLY.map((value) => ({
      value,
      text: words.choices[value],
      checked: query.only.includes(value),
    })),
    chosen: chosenOf(query, networkText),
  }
}

function chosenOf(
  query: DevicesQuery,
  networkText: (network: string) => string,
): DevicesFilterView['chosen'] {
  const fields = [
    { heading: words.chosenText, field: 'text', text: plainText(query.text, 60) },
    { heading: words.network, field: 'network', text: networkText(query.network) },
    { heading: common.group, field: 'group', text: groupText(query.group) },
    { heading: words.howSure, field: 'band', text: bandText(query.band) },
  ] as const
  const chosen = fields
    .filter(({ field }) => query[field] !== '')
    .map(({ heading, field, text }) => ({
      heading,
      text,
      href: devicesHref(query, { [field]: '' }),
    }))
  const only = query.only.map((one) => ({
    heading: words.only,
    text: words.choices[one],
    href: devicesHref(query, { only: query.only.filter((other) => other !== one) }),
  }))
  return [...chosen, ...only]
}

function bandText(band: string): string {
  const known = BANDS.find((one) => one === band)
  return known === undefined ? '' : bandBadge(known).text
}
