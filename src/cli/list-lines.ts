import type { Clock } from '#platform/clock.ts'
import { duration } from './duration.ts'
import type { ListReply } from './list-replies.ts'
import { plural } from './plural.ts'
import { printable } from './terminal-text.ts'

/** What a list's state means, said to a person. */
const STATES: Readonly<Record<string, string>> = {
  'in-force': 'in force',
  failing: 'in force; its source cannot be had just now',
  stale: 'STALE: in force, but its source has not confirmed it for too long',
  refused: 'NEWEST REFUSED: the last good version is in force',
  held: 'WAITS FOR A WORD: the last good version is in force',
  missing: 'NOT IN FORCE: there has never been a good version',
  waiting: 'not in force yet: it has not been tried',
}

/** Wider than the longest of the words that stand before a row. */
const LABEL_CHARS = 12

/** A list as lines fit for a terminal: its id, and what is to be said of it. */
export function listLines(list: ListReply, clock: Clock): readonly string[] {
  const { id, title, licence, source, from, isSigned, state, held, fault, advice } = list
  const rows: (readonly [string, string])[] = [
    ['state', STATES[state] ?? state],
    ...(title === id ? [] : [['title', title] as const]),
    ...versionRows(list, clock),
    ['from', `${from}${isSigned ? ' (signed)' : ''}`],
    ...(source === from ? [] : [['source', source] as const]),
    ['licence', licence],
    ...timeRows(list, clock),
    ...(held
      ? [['waiting', `version ${held.version}, ${plural(held.names, 'name')}`] as const]
      : []),
    ...(fault ? [['why', `${fault.detail} (${ago(fault.since, clock)})`] as const] : []),
    ...(advice === '' ? [] : [['do', advice] as const]),
  ]
  return [id, ...rows.map(([what, words]) => `  ${what.padEnd(LABEL_CHARS)}${printable(words)}`)]
}

function versionRows({ inForce }: ListReply, clock: Clock): readonly (readonly [string, string])[] {
  if (!inForce) return []
  const { version, names, updatedAt, refusedLines, refused, guards, url } = inForce
  const age = duration(clock.wallMs() - updatedAt)
  return [
    ['version', `${version}, ${age} old, ${plural(names, 'name')}`],
    ...(url === undefined ? [] : [['taken from', url] as const]),
    ...(refusedLines === 0 ? [] : [['refused', plural(refusedLines, 'line')] as const]),
    ...refused.map(({ line, text, reason }) => ['', `line ${line}: ${text}: ${reason}`] as const),
    ...guards.map((name) => ['blocks', `${name}, which a school must reach`] as const),
  ]
}

function timeRows(
  { confirmedAt, triedAt, nextAt }: ListReply,
  clock: Clock,
): readonly (readonly [string, string])[] {
  const next = nextAt === undefined ? '' : `, next in ${duration(nextAt - clock.wallMs())}`
  return [
    ['confirmed', confirmedAt === undefined ? 'never' : ago(confirmedAt, clock)],
    ['tried', `${triedAt === undefined ? 'never' : ago(triedAt, clock)}${next}`],
  ]
}

function ago(at: number, clock: Clock): string {
  return `${duration(clock.wallMs() - at)} ago`
}
