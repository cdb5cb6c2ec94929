import type { SetupItem } from '#domain/setup-item.ts'
import { appliances as words } from '../words/appliances.ts'
import { countOf } from '../words/count-of.ts'
import { fill } from '../words/fill.ts'
import { type ApplianceFacts, shownState, stateSentence } from './appliance-view.ts'
import { stateBadge } from './link-words.ts'
import { plainText } from './plain-text.ts'
import type { ShownTime } from './plain-time.ts'
import { SETUP_BADGES, setupView } from './setup-view.ts'
import type { Badge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** Of what is wrong with a setup, so much is said here; the rest is counted in the link. */
const WRONG_TOLD_MAX = 3
/** What a box calls its line in its setup check. */
const LINE_ITEM = 'upstreams'

export type NeedsFacts = Pick<ApplianceFacts, 'appliance' | 'name' | 'heard' | 'isSilent' | 'gaps'>

/** What one box asks of whoever looks after it. */
export interface BoxNeeds {
  readonly id: string
  readonly name: string
  readonly badge: Badge
  /** 0: it is silent or its line is down; 1: something is wrong, or it never reported; 2: something is left to do. */
  readonly rank: 0 | 1 | 2
  readonly needs: readonly string[]
  readonly since: ShownTime | undefined
  readonly setup: { readonly text: string; readonly href: string } | undefined
}

/** Undefined where nobody has to do anything. What a silent box said before is old: only that it is silent counts. */
export function boxNeeds(facts: NeedsFacts, wording: Wording): BoxNeeds | undefined {
  const { appliance, heard, isSilent } = facts
  const state = shownState(facts)
  const box = { id: appliance, name: plainText(facts.name, 80) }
  if (heard === undefined || isSilent)
    return {
      ...box,
      badge: stateBadge(state),
      rank: heard === undefined ? 1 : 0,
      needs: [stateSentence(facts, wording), words.needs.seeThatItRuns],
      since: undefined,
      setup: undefined,
    }
  const { link, setup: items, outbox } = heard.report
  const isLineBad = state === 'down' || state === 'degraded'
  const setup = items === undefined ? undefined : setupView(items)
  const needs = [
    ...(isLineBad ? [stateSentence(facts, wording)] : []),
    ...wrongOf(items ?? [], isLineBad),
    ...(facts.gaps.length > 0 ? [words.needs.gaps] : []),
    ...(outbox.dropped > 0 ? [countOf(outbox.dropped, words.needs.dropped)] : []),
  ]
  const isLeft = setup !== undefined && setup.open.length > 0
  if (needs.length === 0 && !isLeft) return undefined
  const rank = state === 'down' ? 0 : needs.length > 0 ? 1 : 2
  return {
    ...box,
    badge: isLineBad ? stateBadge(state) : SETUP_BADGES[rank === 2 ? 'to-do' : 'wrong'],
    rank,
    needs,
    since: isLineBad ? wording.time.at(link.since, wording.nowMs) : undefined,
    setup: isLeft
      ? {
          text: fill(words.needs.setup, { what: setup.summary }),
          href: `/setup?box=${encodeURIComponent(appliance)}`,
        }
      : undefined,
  }
}

/** A line that is bad is told already, with since when. */
function wrongOf(items: readonly SetupItem[], isLineTold: boolean): readonly string[] {
  const others = items.filter(({ item }) => !isLineTold || item !== LINE_ITEM)
  return setupView(others)
    .open.filter(({ state }) => state === 'wrong')
    .slice(0, WRONG_TOLD_MAX)
    .map(({ say }) => (/[.!?]$/.test(say) ? say : `${say}.`))
}
