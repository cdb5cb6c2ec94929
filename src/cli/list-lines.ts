import type { Clock } from '#platform/clock.ts'
import { duration } from './duration.ts'
import type { ListReply } from './list-replies.ts'
import { plural } from './plural.ts'
import { printable } from './terminal-text.ts'

/** What a list's state means, said to a person. */
const STATES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'in-force': 'in force',
    failing: 'in force; its source cannot be had just now',
    stale: 'STALE: in force, but its source has not confirmed it for too long',
    refused: 'NEWEST REFUSED: the last good version is in force',
    held: 'WAITS FOR A WORD: the last good version is in force',
    missing: 'NOT IN FORCE: there has never been a good version',
    waiting: 'not in force yet: it has not been tried',
  }),
)

/** Refused lines of one list; `--json` shows all that are kept. */
const REFUSED_SHOWN = 5

type InForce = NonNullable<ListReply['inForce']>

/** Wider than the longest of the words that stand before a row. */
const LABEL_CHARS = 12

/** A list as lines fit for a terminal: its id, and what is to be said of it. */
export function listLines(list: ListReply, clock: Clock): readonly string[] {
  const { id, title, licence, source, from, isSigned, state, held, fault, advice } = list
  const rows: (readonly [string, string])[] = [
    ['state', STATES.get(state) ?? state],
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
    ...refused.slice(0, REFUSED_SHOWN).map((one) => ['', refusedText(one)] as const),
    ...moreRefused(refusedLines, refused.length).map((text) => ['', text] as const),
    ...guards.map((name) => ['blocks', `${name}, which a school must reach`] as const),
  ]
}

/** What was refused as a whole, as a folder, has no line. */
function refusedText({ line, text, reason }: InForce['refused'][number]): string {
  return `${line > 0 ? `line ${line}: ` : ''}${text}: ${reason}`
}

/** Of the lines that are not shown, where they are to be seen. */
function moreRefused(all: number, kept: number): readonly string[] {
  const more = all - Math.min(kept, REFUSED_SHOWN)
  if (more <= 0) return []
  if (kept <= REFUSED_SHOWN) return [`and ${more} more, of which only the number was kept`]
  const first = kept < all ? ` (the first ${kept})` : ''
  return [`and ${more} more: supercloud-edge lists --json${first}`]
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
