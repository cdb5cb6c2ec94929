import { knowledgeView } from '#console/present/knowledge-view.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { View } from '#console/views.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

const FAULTS_SHOWN_MAX = 20

/** What the asked box, or else the first that reported, filters by. */
export async function knowledgePage(context: PageContext, asked: string): Promise<View> {
  const { watch, store, tenant, release, limits } = context
  const boxes = boxesOf(context)
  const heard = boxes.flatMap((box) => {
    const last = watch.lastHeard(box.appliance)
    return last === undefined ? [] : [{ ...box, ...last }]
  })
  const chosen = heard.find(({ appliance }) => appliance === asked) ?? heard[0]
  const links = heard.slice(0, limits.filterChoicesMax).map(({ appliance, name }) => ({
    href: `/knowledge?box=${encodeURIComponent(appliance)}`,
    text: plainText(name, 80),
    active: appliance === chosen?.appliance,
  }))
  if (chosen === undefined) return { view: 'knowledge', boxes: links, box: undefined, release }
  const faults = (await store.ingestFaults(tenant, limits.faultsKeptMax))
    .filter(({ appliance }) => appliance === chosen.appliance)
    .slice(0, FAULTS_SHOWN_MAX)
    .map(({ lastAt, times, detail }) => ({ at: lastAt, times, detail }))
  const box = knowledgeView(chosen, faults, wordingOf(context, boxes))
  return { view: 'knowledge', boxes: links, box, release }
}
