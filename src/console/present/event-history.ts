import type { SafeguardingBody } from '#domain/event.ts'
import { common } from '../words/common.ts'
import { countOf } from '../words/count-of.ts'
import { event as words } from '../words/event.ts'
import { fill } from '../words/fill.ts'
import { isIllegal } from './defang.ts'
import { type EventItem, eventItem } from './event-item.ts'
import { eventPerson } from './event-person.ts'
import { plainText } from './plain-text.ts'
import { plainDuration, type ShownTime } from './plain-time.ts'
import type { Wording } from './wording.ts'

/** One revision as the box told it. */
export interface EventRevision {
  readonly id: string
  readonly isBare?: boolean
  readonly appliance: string
  readonly revision: number
  readonly at: number
  readonly receivedAt: number
  readonly body: SafeguardingBody
}

interface HistoryEntry {
  readonly label: string
  readonly text: string
  readonly when: ShownTime
}

/** One event with everything a person may know of it. */
export interface EventDetail {
  readonly item: EventItem
  readonly facts: readonly { readonly key: string; readonly value: string }[]
  /** Newest first. */
  readonly history: readonly HistoryEntry[]
}

/** `newest` and then the `older` revisions, newest first. */
export function eventDetail(
  newest: EventRevision,
  older: readonly EventRevision[],
  wording: Wording,
): EventDetail {
  const { body } = newest
  const at = (ms: number): string => wording.time.at(ms, wording.nowMs).text
  const item = eventItem(newest, wording)
  const span = body.lastAt - body.firstAt
  return {
    item,
    facts: [
      { key: words.facts.what, value: item.category },
      { key: words.facts.name, value: item.name },
      {
        key: words.facts.lookups,
        value:
          body.count > 1 && span > 0
            ? fill(words.facts.lookupsIn, { lookups: item.lookups, span: plainDuration(span) })
            : item.lookups,
      },
      { key: words.facts.firstLookup, value: at(body.firstAt) },
      { key: words.facts.lastLookup, value: at(body.lastAt) },
      ...(newest.isBare
        ? [{ key: words.facts.about, value: words.notShown }]
        : clientFacts(body, item)),
      { key: common.group, value: item.group },
      { key: words.facts.box, value: item.box },
      // Which list matched would say more of illegal material than anyone may know.
      ...(isIllegal(body.category) ? [] : [{ key: words.facts.list, value: plainText(body.list) }]),
    ],
    history: [newest, ...older].map((one, index, all) => entryOf(one, all[index + 1], wording)),
  }
}

function clientFacts(
  { client }: SafeguardingBody,
  { device, address }: EventItem,
): EventDetail['facts'] {
  return [
    { key: words.facts.device, value: device === '' ? words.facts.noDeviceName : device },
    { key: words.facts.person, value: eventPerson(client) },
    { key: words.facts.deviceAddress, value: address },
  ]
}

function entryOf(
  one: EventRevision,
  before: EventRevision | undefined,
  { time, nowMs }: Wording,
): HistoryEntry {
  const when = time.at(one.at, nowMs)
  const heard = { when: time.at(one.receivedAt, nowMs).inline }
  const { first, firstText, updated, inAll } = words.history
  const { count } = one.body
  if (one.revision === 1) return { label: first, when, text: countOf(count, firstText, heard) }
  const more = before === undefined ? 0 : count - before.body.count
  const all = count.toLocaleString('en-GB')
  const text =
    more > 0 ? countOf(more, words.history.more, { ...heard, all }) : countOf(count, inAll, heard)
  return { label: updated, when, text }
}
