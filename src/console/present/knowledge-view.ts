import type { ListStatus, StatusReport } from '#domain/ingest.ts'
import { isLockedWanting } from '#domain/locked-status.ts'
import { common } from '../words/common.ts'
import { countOf } from '../words/count-of.ts'
import { fill } from '../words/fill.ts'
import { knowledge as words } from '../words/knowledge.ts'
import { lockedOf, lockedText } from './locked-text.ts'
import { plainText } from './plain-text.ts'
import { plainDuration, type ShownTime } from './plain-time.ts'
import type { Wording } from './wording.ts'

interface ListView {
  readonly title: string
  readonly notices: string
  readonly names: string
  readonly refused: string
  readonly age: string
  /** Absent when the box does not know when the list last changed. */
  readonly updated: ShownTime | undefined
  readonly licence: string
  readonly source: string
  readonly version: string
}

interface FaultView {
  readonly when: ShownTime
  readonly part: string
  readonly text: string
}

/** What one box filters by, and what it cannot notice. */
export interface KnowledgeView {
  readonly name: string
  readonly heard: ShownTime
  readonly facts: readonly { readonly key: string; readonly value: string }[]
  readonly lists: readonly ListView[]
  /** How the lists that the law locks stand. */
  readonly locked: { readonly text: string; readonly isWanting: boolean }
  readonly cannotNotice: readonly string[]
  readonly faults: readonly FaultView[]
}

/** A fault that the collector itself noted of a box. */
export interface CollectorFault {
  readonly at: number
  readonly times: number
  readonly detail: string
}

export function knowledgeView(
  heard: { readonly at: number; readonly name: string; readonly report: StatusReport },
  collectorFaults: readonly CollectorFault[],
  wording: Wording,
): KnowledgeView {
  const { report } = heard
  const { time, nowMs } = wording
  const own = report.faults.map(({ at, part, text }) => ({ at, part, text }))
  const noted = collectorFaults.map(({ at, times, detail }) => ({
    at,
    part: words.ofCollector,
    text:
      times > 1
        ? fill(words.faultTimes, { fault: detail, count: times.toLocaleString('en-GB') })
        : detail,
  }))
  return {
    name: plainText(heard.name, 80),
    heard: time.at(heard.at, nowMs),
    facts: [
      { key: words.facts.software, value: plainText(report.version, 60) },
      { key: words.facts.node, value: plainText(report.node, 40) },
      { key: words.facts.policy, value: plainText(report.policy, 60) },
      { key: words.facts.running, value: time.at(report.startedAt, nowMs).text },
      { key: words.facts.names, value: total(report.lists, ({ names }) => names) },
      { key: words.facts.refused, value: total(report.lists, ({ refusedLines }) => refusedLines) },
    ],
    lists: report.lists.map((list) => listView(list, wording)),
    locked: {
      text: lockedText(report, nowMs),
      isWanting: isLockedWanting(lockedOf(report), nowMs),
    },
    cannotNotice: report.themesWithoutList.map((theme) => plainText(theme, 100)),
    faults: [...own, ...noted]
      .toSorted((a, b) => b.at - a.at)
      .map(({ at, part, text }) => ({
        when: time.at(at, nowMs),
        part: plainText(part, 40),
        text: plainText(text, 300),
      })),
  }
}

function listView(list: ListStatus, { time, nowMs, category }: Wording): ListView {
  // The school's own names and a file that is missing come with no date.
  const isDated = list.updatedAt > 0
  return {
    title: plainText(list.title, 120),
    notices: list.categories.map((id) => plainText(category(id).title, 60)).join(', '),
    names: list.names.toLocaleString('en-GB'),
    refused: countOf(list.refusedLines, words.lists.refusedLines),
    age: isDated ? plainDuration(Math.max(0, nowMs - list.updatedAt)) : common.notKnown,
    updated: isDated ? time.at(list.updatedAt, nowMs) : undefined,
    licence: plainText(list.licence, 80),
    source: plainText(list.source, 200),
    version: plainText(list.version, 60),
  }
}

function total(lists: readonly ListStatus[], of: (list: ListStatus) => number): string {
  return lists.reduce((sum, list) => sum + of(list), 0).toLocaleString('en-GB')
}
