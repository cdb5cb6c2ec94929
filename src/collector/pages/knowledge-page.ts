import { knowledgeView } from '#console/present/knowledge-view.ts'
import type { View } from '#console/views.ts'
import { chooseBox } from './heard-boxes.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

const FAULTS_SHOWN_MAX = 20

/** What the asked box, or else the first that reported, filters by. */
export async function knowledgePage(context: PageContext, asked: string): Promise<View> {
  const { store, tenant, release, limits } = context
  const { chosen, links } = chooseBox(context, asked, '/knowledge')
  if (chosen === undefined) return { view: 'knowledge', boxes: links, box: undefined, release }
  const faults = (await store.ingestFaults(tenant, limits.faultsKeptMax))
    .filter(({ appliance }) => appliance === chosen.appliance)
    .slice(0, FAULTS_SHOWN_MAX)
    .map(({ lastAt, times, detail }) => ({ at: lastAt, times, detail }))
  const box = knowledgeView(chosen, faults, wordingOf(context, boxesOf(context)))
  return { view: 'knowledge', boxes: links, box, release }
}
