import { networkView } from '#console/present/network-view.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { View } from '#console/views.ts'
import { type NetworkFacts, OTHER_NETWORK } from '#domain/device-report.ts'
import { findDeviceBox } from './device-box.ts'
import { allOf, devicesHref } from './devices-query.ts'
import type { PageContext } from './page-context.ts'

/** The networks of a box and how well those in them are known, or only the changing part. */
export async function networksPage(
  context: PageContext,
  asked: string,
  isPart: boolean,
): Promise<View> {
  const { boxes, chosen } = await findDeviceBox(context, asked)
  const of = allOf(chosen !== undefined && boxes.length > 1 ? chosen.enrolment.appliance : '')
  const page = {
    view: isPart ? 'networks-cards' : 'networks',
    box: chosen?.shown,
    boxes: boxes.map(({ appliance, name }) => ({
      href: devicesHref(allOf(appliance), {}, '/networks'),
      text: plainText(name, 80),
      active: appliance === chosen?.enrolment.appliance,
    })),
    fragmentHref: devicesHref(of, { fragment: 'rows' }, '/networks'),
  } as const
  if (chosen === undefined) return { ...page, networks: [] }
  const { told, devices } = chosen.record
  const views = told.networks
    .toSorted((a, b) => rank(a) - rank(b))
    .map((facts) =>
      networkView(facts, told, {
        devices: devices.get(facts.network) ?? 0,
        devicesHref: devicesHref({ ...of, network: facts.network }),
        wording: chosen.wording,
      }),
    )
  return { ...page, networks: views }
}

/** Warnings first; addresses in no network last. */
function rank({ hiddenSchool, network }: NetworkFacts): number {
  if (hiddenSchool !== undefined) return 0
  return network === OTHER_NETWORK ? 2 : 1
}
