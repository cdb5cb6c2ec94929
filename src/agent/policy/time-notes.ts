import { dayText } from '#rules/calendar.ts'
import { localText, localTimeAt } from '#rules/local-time.ts'
import type { ReadyConfig } from './ready-config.ts'

/** Notes of one kind; the rest is counted. */
const NOTES_MAX = 20

/** What the clock makes of a configuration: school rules that are over, and a timetable that has run out. */
export function timeNotes(config: ReadyConfig, nowMs: number): readonly string[] {
  const { timetable, schoolAllow, schoolDeny } = config
  const { zone, terms } = timetable
  const all = [
    ...schoolAllow.map((rule) => ({ ...rule, kind: 'allow' })),
    ...schoolDeny.map((rule) => ({ ...rule, kind: 'deny' })),
  ]
  const over = all.flatMap(({ kind, name, until }) =>
    until === undefined || until > nowMs
      ? []
      : [`${kind} ${name} is out of force since ${localText(zone, until)}`],
  )
  const more = over.length - NOTES_MAX
  const last = Math.max(...terms.map(({ to }) => to))
  const isRunOut = terms.length > 0 && localTimeAt(zone, nowMs).day > last
  return [
    ...over.slice(0, NOTES_MAX),
    ...(more > 0 ? [`${more} more school rules are out of force`] : []),
    ...(isRunOut
      ? [`the last term of the timetable ended on ${dayText(last)}: there are no lessons since`]
      : []),
  ]
}
