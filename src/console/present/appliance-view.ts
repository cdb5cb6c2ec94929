import type { BypassNoticed, RogueServerNoticed } from '#domain/bypass-event.ts'
import type { Lane, LinkChanged, LinkSampled } from '#domain/event.ts'
import { hiddenSchoolSentences } from '#domain/hidden-school.ts'
import type { StatusReport, UpstreamStatus } from '#domain/ingest.ts'
import { appliances as words } from '../words/appliances.ts'
import { countOf } from '../words/count-of.ts'
import { counts } from '../words/counts.ts'
import { fill } from '../words/fill.ts'
import { line } from '../words/line.ts'
import { capital } from './alert-words.ts'
import { type BypassItem, bypassItem, rogueItem } from './bypass-item.ts'
import { type LinkChart, linkChart } from './link-chart.ts'
import { linkSentence, type ShownState, stateBadge } from './link-words.ts'
import { lockedText } from './locked-text.ts'
import { type Outage, outagesOf } from './outages.ts'
import { plainText } from './plain-text.ts'
import { plainDuration, type ShownTime } from './plain-time.ts'
import type { Badge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** What the collector knows of a box. */
export interface ApplianceFacts {
  readonly appliance: string
  readonly name: string
  /** The newest report, and when it came; absent when none ever came. */
  readonly heard?: { readonly at: number; readonly report: StatusReport }
  readonly isSilent: boolean
  readonly gaps: readonly {
    readonly lane: Lane
    readonly missing: number
    readonly contiguous: number
  }[]
  /** Newest first. */
  readonly changes: readonly LinkChanged[]
  /** Oldest first. */
  readonly samples: readonly LinkSampled[]
  /** What goes round the box, newest first. */
  readonly bypass: readonly (BypassNoticed | RogueServerNoticed)[]
}

export interface ApplianceView {
  readonly id: string
  readonly name: string
  readonly knowledgeHref: string
  readonly devicesHref: string
  readonly networksHref: string
  readonly setupHref: string
  readonly state: Badge
  readonly sentence: string
  readonly detail: string
  readonly since: ShownTime | undefined
  readonly lastHeard: ShownTime | undefined
  /** False of a box that never reported: there is nothing to show of it. */
  readonly isKnown: boolean
  readonly facts: readonly { readonly key: string; readonly value: string }[]
  /** What is looked up now and then. */
  readonly about: ApplianceView['facts']
  readonly upstreams: readonly {
    readonly target: string
    readonly state: string
    readonly rtt: string
    readonly loss: string
  }[]
  readonly outages: readonly Outage[]
  readonly gaps: readonly string[]
  /** Whether nobody can be told apart, and what to change. */
  readonly hidden: readonly string[]
  readonly bypass: readonly BypassItem[]
  readonly chart: LinkChart | undefined
}

/** The state that a person should read: what a silent box last said of its line is no news. */
export function shownState(facts: Pick<ApplianceFacts, 'heard' | 'isSilent'>): ShownState {
  if (facts.heard === undefined) return 'never'
  return facts.isSilent ? 'silent' : facts.heard.report.link.state
}

/** Puts a box into words. */
export function applianceView(facts: ApplianceFacts, wording: Wording): ApplianceView {
  const { time, nowMs } = wording
  const report = facts.heard?.report
  const state = shownState(facts)
  const isOnline = state !== 'silent' && state !== 'never'
  return {
    id: facts.appliance,
    name: plainText(facts.name, 80),
    knowledgeHref: `/knowledge?box=${encodeURIComponent(facts.appliance)}`,
    devicesHref: `/devices?box=${encodeURIComponent(facts.appliance)}`,
    networksHref: `/networks?box=${encodeURIComponent(facts.appliance)}`,
    setupHref: `/setup?box=${encodeURIComponent(facts.appliance)}`,
    state: stateBadge(state),
    sentence: stateSentence(facts, wording),
    detail: isOnline && report !== undefined ? capital(plainText(report.link.detail, 200)) : '',
    since: isOnline && report !== undefined ? time.at(report.link.since, nowMs) : undefined,
    lastHeard: facts.heard === undefined ? undefined : time.at(facts.heard.at, nowMs),
    isKnown: report !== undefined,
    facts: report === undefined ? [] : stateFacts(report, nowMs),
    about: report === undefined ? [] : aboutFacts(report),
    upstreams: (report?.link.upstreams ?? []).map(upstreamView),
    outages: outagesOf(facts.changes, wording),
    gaps: facts.gaps.map(gapSentence),
    hidden: hiddenText(report),
    bypass: facts.bypass.map((body) =>
      body.kind === 'bypass-noticed' ? bypassItem(body, wording) : rogueItem(body, wording),
    ),
    chart: linkChart(facts.samples, time),
  }
}

function hiddenText(report: StatusReport | undefined): readonly string[] {
  if (report?.hiddenSchool === undefined) return []
  return hiddenSchoolSentences(report.hiddenSchool).map(
    (text) => `${capital(plainText(text, 400))}.`,
  )
}

/** What a box says of its line, or that nothing is heard of it. */
export function stateSentence(
  facts: Pick<ApplianceFacts, 'heard' | 'isSilent'>,
  { time, nowMs }: Wording,
): string {
  if (facts.heard === undefined) return words.never
  const { at, report } = facts.heard
  if (!facts.isSilent) return linkSentence(report.link.state, report.link.cause)
  return fill(words.silent, { when: time.at(at, nowMs).after })
}

function stateFacts(report: StatusReport, nowMs: number): ApplianceView['facts'] {
  const { facts } = words
  return [
    { key: facts.locked, value: lockedText(report, nowMs) },
    { key: facts.running, value: plainDuration(Math.max(0, nowMs - report.startedAt)) },
  ]
}

function aboutFacts(report: StatusReport): ApplianceView['about'] {
  const { facts } = words
  const { waiting, dropped } = report.outbox
  const [version, node] = [plainText(report.version, 60), plainText(report.node, 40)]
  return [
    { key: facts.software, value: fill(facts.softwareIs, { version, node }) },
    { key: facts.policy, value: plainText(report.policy, 60) },
    { key: facts.waiting, value: countOf(waiting, counts.events) },
    ...(dropped > 0 ? [{ key: facts.dropped, value: countOf(dropped, counts.events) }] : []),
  ]
}

function upstreamView({
  target,
  state,
  rttMs,
  lossRatio,
}: UpstreamStatus): ApplianceView['upstreams'][number] {
  return {
    target: plainText(target, 80),
    state: line.servers[state],
    rtt:
      rttMs === undefined
        ? line.noAnswer
        : fill(line.roundTrip, { number: Math.round(rttMs * 10) / 10 }),
    loss: fill(line.loss, { number: Math.round(lossRatio * 1000) / 10 }),
  }
}

function gapSentence({ lane, missing, contiguous }: ApplianceFacts['gaps'][number]): string {
  const after = contiguous.toLocaleString('en-GB')
  return countOf(missing, words.gap[lane], { after })
}
