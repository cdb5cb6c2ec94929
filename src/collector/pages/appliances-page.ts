import {
  type ApplianceFacts,
  type ApplianceView,
  applianceView,
} from '#console/present/appliance-view.ts'
import type { Wording } from '#console/present/wording.ts'
import type { View } from '#console/views.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { Gap } from '../store/collector-store.ts'
import { boxesOf, type PageContext, proofOf, wordingOf } from './page-context.ts'

/** The boxes by name, a page at a time; `after` is the box with which the page before ended. */
export async function appliancesPage(context: PageContext, after: string): Promise<View> {
  const boxes = boxesOf(context)
  const wording = wordingOf(context, boxes)
  const gaps = await context.store.gaps(context.tenant)
  const start = boxes.findIndex(({ appliance }) => appliance === after) + 1
  const shown = boxes.slice(start, start + context.limits.appliancesPageSize)
  const last = shown.at(-1)
  const hasMore = last !== undefined && start + shown.length < boxes.length
  const region = {
    appliances: await Promise.all(shown.map((box) => viewOf(context, box, gaps, wording))),
    isFirst: start === 0,
    nextHref: hasMore ? `/appliances?after=${encodeURIComponent(last.appliance)}` : undefined,
    proof: await proofOf(context, boxes, gaps, wording),
  }
  return { view: 'appliances', region }
}

/** One box, to be put in place again; undefined when it is not enrolled. */
export async function appliancePart(context: PageContext, id: string): Promise<View | undefined> {
  const boxes = boxesOf(context)
  const box = boxes.find(({ appliance }) => appliance === id)
  if (box === undefined) return undefined
  const gaps = await context.store.gaps(context.tenant)
  return {
    view: 'appliance',
    appliance: await viewOf(context, box, gaps, wordingOf(context, boxes)),
  }
}

async function viewOf(
  { store, watch, limits }: PageContext,
  { tenant, appliance, name }: Enrolment,
  gaps: readonly Gap[],
  wording: Wording,
): Promise<ApplianceView> {
  const heard = watch.lastHeard(appliance)
  const since = wording.nowMs - limits.linkHistoryMs
  const owner = { tenant, appliance }
  const facts: ApplianceFacts = {
    appliance,
    name,
    isSilent: heard === undefined || watch.isSilent(heard.at),
    gaps: gaps.filter((gap) => gap.appliance === appliance),
    changes: await store.linkChanges(owner, 2 * limits.outagesShownMax),
    samples: await store.linkSamples(owner, since, limits.linkSamplesMax),
    bypass: await store.bypassEvents(
      owner,
      wording.nowMs - limits.bypassHistoryMs,
      limits.bypassShownMax,
    ),
    ...(heard === undefined ? {} : { heard }),
  }
  const view = applianceView(facts, wording)
  return { ...view, outages: view.outages.slice(0, limits.outagesShownMax) }
}
