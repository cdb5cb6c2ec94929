import type { SafeguardingBody } from '#domain/event.ts'
import { isIllegal } from './defang.ts'
import { type EventItem, eventItem, NOT_SHOWN } from './event-item.ts'
import { eventPerson } from './event-person.ts'
import { plainText } from './plain-text.ts'
import { plainDuration, plural, type ShownTime } from './plain-time.ts'
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
      { key: 'What was looked up', value: item.category },
      { key: 'Address asked for', value: item.name },
      {
        key: 'Lookups',
        value: `${item.lookups}${body.count > 1 && span > 0 ? ` in ${plainDuration(span)}` : ''}`,
      },
      { key: 'First lookup', value: at(body.firstAt) },
      { key: 'Last lookup', value: at(body.lastAt) },
      ...(newest.isBare ? [{ key: 'About', value: NOT_SHOWN }] : clientFacts(body, item)),
      { key: 'Group', value: item.group },
      { key: 'Box', value: item.box },
      // Which list matched would say more of illegal material than anyone may know.
      ...(isIllegal(body.category) ? [] : [{ key: 'List', value: plainText(body.list) }]),
    ],
    history: [newest, ...older].map((one, index, all) => entryOf(one, all[index + 1], wording)),
  }
}

function clientFacts(
  { client }: SafeguardingBody,
  { device, address }: EventItem,
): EventDetail['facts'] {
  return [
    { key: 'Device', value: device === '' ? 'No name is known' : device },
    { key: 'Person', value: eventPerson(client) },
    { key: 'Device address', value: address },
  ]
}

function entryOf(
  one: EventRevision,
  before: EventRevision | undefined,
  { time, nowMs }: Wording,
): HistoryEntry {
  const when = time.at(one.at, nowMs)
  const heard = `Heard here ${time.at(one.receivedAt, nowMs).inline}.`
  if (one.revision === 1)
    return {
      label: 'First lookup noticed',
      when,
      text: `${plural(one.body.count, 'lookup')}. ${heard}`,
    }
  const more = before === undefined ? 0 : one.body.count - before.body.count
  const text =
    more > 0
      ? `${plural(more, 'more lookup')}, ${one.body.count.toLocaleString('en-GB')} in all. ${heard}`
      : `${plural(one.body.count, 'lookup')} in all. ${heard}`
  return { label: 'Updated by the box', when, text }
}
