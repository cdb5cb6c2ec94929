import type { AlertDetail, CommandFormView, FieldItem } from '#console/alert-views.ts'
import { type AlertStep, alertFacts, alertItem } from '#console/present/alert-item.ts'
import { timelineOf } from '#console/present/alert-timeline.ts'
import { eventItem } from '#console/present/event-item.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Wording } from '#console/present/wording.ts'
import type { View } from '#console/views.ts'
import { alert as words } from '#console/words/alert.ts'
import { countOf } from '#console/words/count-of.ts'
import { counts } from '#console/words/counts.ts'
import { fill } from '#console/words/fill.ts'
import type { Observation } from '#safeguarding/judge.ts'
import { mayCommand, queuesOf, scopeOf } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { CommandKind } from '../alerts/alert-command.ts'
import type { KeptHistoryRow } from '../alerts/alert-history.ts'
import type { CountedAlert } from '../alerts/alert-list.ts'
import type { AlertEvent } from '../alerts/alert-reads.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { DECISIONS } from '../alerts/decision.ts'
import { whyNotMerge } from '../alerts/merge-split.ts'
import { mayBeGiven, mayCloseAtOnce } from '../alerts/transitions.ts'
import { factsOf } from './alert-facts.ts'
import { doesNotTell, isAboutStaff, knownFacts, pointRows, reasonTexts } from './alert-reasons.ts'
import { commandForms, nextStep, type Refused } from './command-forms.ts'
import { CHANGE_WORDS, DECISION_WORDS } from './command-words.ts'
import { mayHandOver } from './hand-over-page.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

const DAY_MS = 86_400_000

export interface AlertAsked {
  readonly id: string
  readonly isPart: boolean
  /** The last form, where it was refused. */
  readonly refused?: Refused
}

/** What is read of an alert for its page. */
interface Read {
  readonly record: CountedAlert
  /** Newest first, both; of nobody who is hidden from the viewer. */
  readonly events: readonly AlertEvent[]
  readonly observations: readonly Observation[]
}

/** One alert with its events, its history and its forms; undefined when there is none that the viewer may see. */
export function alertPage(
  context: PageContext,
  viewer: Viewer,
  { id, isPart, refused }: AlertAsked,
): View | undefined {
  const { alertReads, tenant, limits } = context
  const { eventsShownMax, observationsShownMax } = limits.alerts
  const scope = scopeOf(viewer)
  const record = alertReads.alert(tenant, id, scope)
  if (record === undefined) return undefined
  const wording = wordingOf(context, boxesOf(context))
  const events = alertReads
    .events(tenant, id, { scope, limit: eventsShownMax })
    .toSorted((a, b) => b.body.lastAt - a.body.lastAt)
  const observations = alertReads.observations(record, { scope, limit: observationsShownMax })
  const read = { record, events, observations }
  const detail = detailOf(context, viewer, read, wording)
  if (isPart) return { view: 'alert-detail', detail }
  const mayGive = (kind: CommandKind): boolean => mayCommand(viewer, record, kind)
  const forms = commandForms(record, {
    mayGive,
    assignees: mayGive('assign') ? assignees(context) : [],
    mergeable: mayGive('merge') ? mergeable(context, viewer, record, wording) : [],
    splittable: mayGive('split') ? splittable(read, wording) : [],
    refused,
  })
  const next = nextStep(record, forms)
  const isAtOnce = mayCloseAtOnce(record) && mayBeGiven('close', record) && mayGive('close')
  return {
    view: 'alert',
    detail,
    next,
    forms: forms.filter((one) => one !== next),
    atOnce: isAtOnce ? answersAtOnce(record) : [],
    problems: refused === undefined ? [] : problemsOf(refused, forms),
    handOverHref: mayHandOver(viewer, record)
      ? `/alerts/${encodeURIComponent(id)}/hand-over`
      : undefined,
  }
}

/** By which an alert may be closed with one button. */
function answersAtOnce({ isTrial }: AlertRecord): readonly FieldItem[] {
  if (isTrial) return [{ value: 'no-concern', text: words.trialClose }]
  return DECISIONS.filter((one) => one !== 'concern').map((value) => ({
    value,
    text: DECISION_WORDS[value],
  }))
}

/** One for each field that is wrong; else what was refused, which leads to all forms. */
function problemsOf(
  { problem }: Refused,
  forms: readonly CommandFormView[],
): readonly { readonly text: string; readonly href: string }[] {
  const wrong = forms
    .flatMap(({ fields }) => fields)
    .flatMap(({ id, problem: text }) => (text === undefined ? [] : [{ text, href: `#${id}` }]))
  return wrong.length > 0 ? wrong : [{ text: problem, href: '#forms' }]
}

/** Pastoral staff, who see an alert only once it is theirs. */
function assignees({ accounts }: PageContext): readonly FieldItem[] {
  return accounts
    .all()
    .filter(({ roles }) => roles.includes('pastoral'))
    .map(({ name, email }) => ({ value: email, text: plainText(`${name} (${email})`, 120) }))
}

function detailOf(
  context: PageContext,
  viewer: Viewer,
  { record, events, observations }: Read,
  wording: Wording,
): AlertDetail {
  const { alertReads, limits, tenant } = context
  const { priorMs, priorShownMax, timelinesShownMax, historyShownMax } = limits.alerts
  const facts = factsOf(record)
  const seen = { scope: scopeOf(viewer), limit: priorShownMax }
  const prior = alertReads.ofSameSubject(record, wording.nowMs - priorMs, seen)
  const shown = events.map((event) => eventItem(event, wording))
  return {
    item: alertItem(facts, wording),
    facts: [...alertFacts(facts, wording), ...knownFacts(record, events, observations)],
    reasons: reasonTexts(record, observations),
    points: pointRows(record),
    doesNotTell: doesNotTell(record),
    isAboutStaff: isAboutStaff(record),
    timelines: events
      .flatMap(({ body }) => timelineOf(body, wording) ?? [])
      .slice(0, timelinesShownMax),
    others: othersText(context, viewer, record),
    prior: prior.map((one) => alertItem(factsOf(one), wording)),
    priorSpan: countOf(Math.round(priorMs / DAY_MS), counts.days),
    isPriorInPart: !queuesOf(viewer).includes(record.queue),
    events: shown,
    history: alertReads
      .history(tenant, record.id, historyShownMax)
      .map((row) => stepOf(row, wording))
      .toReversed(),
    isMerged: record.mergedInto !== undefined,
    noEvents: noEventsText(record),
    mergedHref: mergedHref(context, viewer, record),
  }
}

function mergedHref(
  { alertReads, tenant }: PageContext,
  viewer: Viewer,
  { mergedInto }: CountedAlert,
): string | undefined {
  if (mergedInto === undefined) return undefined
  const isSeen = alertReads.alert(tenant, mergedInto, scopeOf(viewer)) !== undefined
  return isSeen ? `/alerts/${encodeURIComponent(mergedInto)}` : undefined
}

/** Only how many, and only for those who may see them all; on the day of its last lookup, on the school's clocks. */
function othersText(
  { alertReads, time }: PageContext,
  viewer: Viewer,
  record: CountedAlert,
): string {
  if (record.queue !== 'safeguarding' || record.pupils > 0) return ''
  if (!queuesOf(viewer).includes('safeguarding')) return ''
  const day = time.dayText(record.lastAt)
  const fromMs = time.dayStartMs(day) ?? record.lastAt
  const toMs = time.dayStartMs(day, 1) ?? record.lastAt
  const others = alertReads.othersAtSites(record, { fromMs, toMs }, scopeOf(viewer))
  return others === 0 ? words.noOthers : countOf(others, words.others)
}

function mergeable(
  { alertReads, limits }: PageContext,
  viewer: Viewer,
  record: CountedAlert,
  wording: Wording,
): readonly FieldItem[] {
  return alertReads
    .related(record, { scope: scopeOf(viewer), limit: limits.alerts.relatedShownMax })
    .filter((other) => whyNotMerge(record, other) === undefined)
    .map((other) => {
      const { id, theme, severity, who, when } = alertItem(factsOf(other), wording)
      const values = { theme, severity: severity.text, who, when: when.inline }
      return { value: id, text: fill(words.mergeChoice, values) }
    })
}

function noEventsText({ mergedInto, theme }: AlertRecord): string {
  if (mergedInto !== undefined) return words.noLookupsHere
  return theme === 'circumvention' ? words.noLookupsRound : words.noLookups
}

/** Its events by name; of a way round the filter there is only what noticed it. One event cannot be split. */
function splittable(
  { record, events, observations }: Read,
  wording: Wording,
): readonly FieldItem[] {
  if (observations.length < 2 || record.pupils > 0) return []
  const named = new Map(events.map((event) => [event.id, eventItem(event, wording)]))
  return observations.slice(0, SPLITTABLE_MAX).map(({ event, site, at, lookups }) => {
    const known = named.get(event)
    const name = known?.name ?? (record.theme === 'illegal' ? '' : plainText(site, 100))
    return {
      value: event,
      text: fill(words.splitChoice, {
        name,
        lookups: countOf(lookups, counts.lookups),
        when: wording.time.at(at, wording.nowMs).inline,
      }),
    }
  })
}
const SPLITTABLE_MAX = 50

function stepOf({ change, who, why, at }: KeptHistoryRow, { time, nowMs }: Wording): AlertStep {
  const by = `${plainText(who, 80)}${why === '' ? '' : `: ${plainText(why, HISTORY_TEXT_MAX)}`}`
  return { label: CHANGE_WORDS[change], text: by, when: time.at(at, nowMs) }
}
const HISTORY_TEXT_MAX = 2000
