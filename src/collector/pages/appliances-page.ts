import {
  type ApplianceFacts,
  type ApplianceView,
  applianceView,
} from '#console/present/appliance-view.ts'
import { boxNeeds, type NeedsFacts } from '#console/present/box-needs.ts'
import type { Wording } from '#console/present/wording.ts'
import type { View } from '#console/views.ts'
import { appliances as words } from '#console/words/appliances.ts'
import { countOf } from '#console/words/count-of.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { Gap } from '../store/collector-store.ts'
import { boxesOf, type PageContext, proofOf, wordingOf } from './page-context.ts'

/** More than fit on a screen help nobody to begin. */
const NEEDS_SHOWN_MAX = 20

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
    ...(await needsOf(context, boxes, gaps, wording)),
  }
  return { view: 'appliances', region }
}

/** Whether all is well, to be put in place again. */
export async function appliancesNeeds(context: PageContext): Promise<View> {
  const boxes = boxesOf(context)
  const gaps = await context.store.gaps(context.tenant)
  const region = await needsOf(context, boxes, gaps, wordingOf(context, boxes))
  return { view: 'appliances-needs', region }
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

/** Of all boxes, not of those of a page alone; the gravest first. */
async function needsOf(
  context: PageContext,
  boxes: readonly Enrolment[],
  gaps: readonly Gap[],
  wording: Wording,
) {
  const { watch, limits } = context
  const all = boxes
    .flatMap((box) => boxNeeds(heardOf(watch, box, gaps), wording) ?? [])
    .toSorted((a, b) => a.rank - b.rank)
  const over = all.length - NEEDS_SHOWN_MAX
  return {
    proof: await proofOf(context, boxes, gaps, wording),
    needs: all.slice(0, NEEDS_SHOWN_MAX),
    isOnePage: boxes.length <= limits.appliancesPageSize,
    more: over > 0 ? countOf(over, words.needs.more) : '',
  }
}

function heardOf(
  watch: PageContext['watch'],
  { appliance, name }: Enrolment,
  gaps: readonly Gap[],
): NeedsFacts {
  const heard = watch.lastHeard(appliance)
  return {
    appliance,
    name,
    isSilent: heard === undefined || watch.isSilent(heard.at),
    gaps: gaps.filter((gap) => gap.appliance === appliance),
    ...(heard === undefined ? {} : { heard }),
  }
}

async function viewOf(
  { store, watch, limits }: PageContext,
  box: Enrolment,
  gaps: readonly Gap[],
  wording: Wording,
): Promise<ApplianceView> {
  const { tenant, appliance } = box
  const since = wording.nowMs - limits.linkHistoryMs
  const owner = { tenant, appliance }
  const facts: ApplianceFacts = {
    ...heardOf(watch, box, gaps),
    changes: await store.linkChanges(owner, 2 * limits.outagesShownMax),
    samples: await store.linkSamples(owner, since, limits.linkSamplesMax),
    bypass: await store.bypassEvents(
      owner,
      wording.nowMs - limits.bypassHistoryMs,
      limits.bypassShownMax,
    ),
  }
  const view = applianceView(facts, wording)
  return { ...view, outages: view.outages.slice(0, limits.outagesShownMax) }
}
