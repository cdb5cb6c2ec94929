/**
 * All that messages say. No name of a person or school, no theme, no site: they pass through mailboxes, phones on tables and other
 * people's servers. What it is about is shown after signing in.
 */

import { DAY_MS, minuteText } from '#rules/calendar.ts'
import { localTimeAt } from '#rules/local-time.ts'
import type { Zone } from '#rules/zone.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import type { Tone } from './delivery/notices.ts'

/** What a digest counts; see `occasions/digest.ts`. */
export interface DigestCounts {
  /** Alerts of the week before. */
  readonly opened: Readonly<Record<Severity, number>>
  /** Told to people and not acknowledged by anybody yet. */
  readonly unacknowledged: number
  /** When the week ended; absent in rows of an older release, as is what follows. */
  readonly untilMs?: number
  /** Boxes that were heard from within a day then, of all. */
  readonly boxes?: { readonly heard: number; readonly of: number }
  /** People who confirmed the last drill, of those who were asked; absent: there was none. */
  readonly drill?: { readonly confirmed: number; readonly asked: number }
}

/** What a message is made from. */
export interface NoticeFacts {
  readonly tone: Tone
  /** Of alerts only. */
  readonly severity?: Severity
  readonly items: number
  /** When somebody looks, for a forewarning; absent: nobody knows. */
  readonly seenAtMs?: number
  readonly counts?: DigestCounts
  readonly link: string
  readonly zone: Zone
}

export interface Words {
  readonly subject: string
  /** One or a few sentences, for a phone; without the link. */
  readonly short: string
  /** A whole e-mail in plain text, with the link. */
  readonly long: string
}

const ITEM_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'critical item',
  urgent: 'urgent item',
  high: 'important item',
  medium: 'item',
  low: 'item',
}
const NO_NAMES =
  'This message names nobody on purpose. What it is about is shown only after you have signed in.'
const DANGER = 'If you think that somebody is in danger now, call 999.'
const WEEKDAY_WORDS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTH_WORDS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** The words of a message. Never throws. */
export function wordsOf(facts: NoticeFacts): Words {
  const { tone, link } = facts
  if (tone === 'drill') return drillWords(link)
  if (tone === 'digest') return digestWords(facts)
  const items = itemsText(facts)
  const short = alertText(facts, items)
  const open = facts.items === 1 ? 'Open it here' : 'Open them here'
  return {
    subject: subjectText(tone, items),
    short,
    long: lines(short, `${open}: ${link}`, NO_NAMES, DANGER),
  }
}

function subjectText(tone: Tone, items: string): string {
  if (tone === 'trial') return `Test of the filter: ${items}`
  if (tone === 'assigned') return `${items} for you`
  return tone === 'forewarning' ? `${items}, out of hours` : items
}

/** "at 07:45 on Tuesday 3 March", on the school's clocks. */
export function seenText(zone: Zone, ms: number): string {
  const { day, weekday, minute } = localTimeAt(zone, ms)
  const date = new Date(day * DAY_MS)
  return `at ${minuteText(minute)} on ${WEEKDAY_WORDS[weekday] ?? ''} ${date.getUTCDate()} ${MONTH_WORDS[date.getUTCMonth()] ?? ''}`
}

function itemsText({ items, severity = 'low' }: NoticeFacts): string {
  return `${items} ${ITEM_WORDS[severity]}${items === 1 ? '' : 's'}`
}

function alertText(facts: NoticeFacts, items: string): string {
  const isOne = facts.items === 1
  switch (facts.tone) {
    case 'duty':
      return `You are on duty: ${items} ${isOne ? 'needs' : 'need'} you now.`
    case 'passed-on':
      return `${items} ${isOne ? 'has' : 'have'} not been looked at yet. ${isOne ? 'It is' : 'They are'} now with you.`
    case 'still-open':
      return `${items} ${isOne ? 'is' : 'are'} still waiting. Nobody has looked yet, and everybody who may was told.`
    case 'forewarning':
      return forewarningText(facts, items)
    case 'trial':
      return `A test: somebody tries the filter with a made-up name. ${items} ${isOne ? 'was' : 'were'} raised by it. Nobody else is told.`
    case 'assigned':
      return `${items} ${isOne ? 'was' : 'were'} given to you to look into.`
    case 'now':
    case 'drill':
    case 'digest':
      return `${items} ${isOne ? 'needs' : 'need'} you now.`
    default:
      return facts.tone satisfies never
  }
}

/** Nobody is on duty: a message must not sound as if somebody were. */
function forewarningText({ items, seenAtMs, zone }: NoticeFacts, text: string): string {
  const [it, looks] = items === 1 ? ['It', 'it'] : ['They', 'them']
  const seen =
    seenAtMs === undefined
      ? `No time is set at which somebody looks at ${looks}.`
      : `${it} will be seen ${seenText(zone, seenAtMs)}.`
  return `${text} came in out of hours. Nobody is on duty now. ${seen}`
}

function drillWords(link: string): Words {
  const short = 'Test of alerts: please confirm that this message came.'
  return {
    subject: 'Weekly test of alerts',
    short,
    long: lines(
      'This is the weekly test of how you are told of alerts. Nothing has happened.',
      `Please confirm that it came: ${link}`,
      'Those who do not confirm are shown to the people who look after alerts, so that a wrong address is found before it matters.',
    ),
  }
}

function digestWords({ counts, link, zone }: NoticeFacts): Words {
  const opened = SEVERITIES.map((severity) => `${counts?.opened[severity] ?? 0} ${severity}`)
  const short = `Last week: ${opened.join(', ')}.`
  const waiting = counts?.unacknowledged ?? 0
  const drill = counts?.drill
  const until = counts?.untilMs
  return {
    subject: 'Weekly summary of alerts',
    short,
    long: lines(
      `Alerts of the week that ended ${until === undefined ? 'last' : seenText(zone, until)}: ${opened.join(', ')}.`,
      waiting === 0
        ? 'Nothing waits for somebody to look.'
        : `${waiting} ${waiting === 1 ? 'alert waits' : 'alerts wait'} for somebody to look.`,
      ...(counts?.boxes === undefined ? [] : [boxesText(counts.boxes)]),
      drill
        ? `Last test of alerts: ${drill.confirmed} of ${drill.asked} people confirmed that it came.`
        : 'There has been no test of alerts yet.',
      `Read more: ${link}`,
      'This summary holds counts only. Names are shown after you have signed in.',
    ),
  }
}

/** Without it a week without alerts could as well be a week in which nobody looked. */
function boxesText({ heard, of }: NonNullable<DigestCounts['boxes']>): string {
  if (of === 0) return 'No box has reported yet: nothing can be noticed.'
  const rest = heard < of ? ' What the others are asked is not in these counts.' : ''
  return `Boxes heard from within the last day: ${heard} of ${of}.${rest}`
}

function lines(...paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`
}
