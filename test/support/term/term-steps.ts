/** What people of a school do on set days of a term: checks, answers to requests, decisions. */
import type { EventBody } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { instantOf } from '#simulator/school/school-year.ts'
import { blocked, signal } from '../alert-lab.ts'
import type { FakeWallClock } from '../fake-wall-clock.ts'
import type { MailServer } from '../mail-server.ts'
import { postForm } from '../post-form.ts'
import type { RunningCollector } from '../running-collector.ts'
import { unblockRequest } from './box-life.ts'
import { type Desk, makeCheck, post } from './people-at-work.ts'
import type { Shipment } from './school-shipments.ts'
import { TERM_DECISIONS } from './term-decisions.ts'

const DAY_MS = 86_400_000
const TRIED = ['harm.selfharm', 'adult.porn', 'illegal.csam', 'bypass.vpn', 'harm.suicide'] as const
const ROOMS = ['Library', 'Room 12', 'Sixth form centre'] as const

export interface Step {
  readonly atMs: number
  readonly run: () => Promise<void>
}

export interface Play {
  readonly collector: RunningCollector
  readonly clock: FakeWallClock
  readonly db: Sqlite
  readonly mail: MailServer
  readonly desk: Desk
  /** Days since 1970. */
  readonly first: number
  readonly last: number
  readonly seed: number
  readonly weeks: number
  readonly isQuick: boolean
}

export interface Box {
  readonly report: (...bodies: readonly EventBody[]) => Promise<void>
  readonly ship: (shipments: readonly Shipment[]) => Promise<void>
  readonly status: (dayMs: number) => Promise<void>
}

export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** One check each Friday: all as expected but the second, which is mended a week later, and the fourth, of which nobody heard. */
export function checkSteps(
  { desk, first, clock }: Play,
  main: Box,
  at: (hour: number, minute?: number) => number,
): readonly Step[] {
  const week = Math.floor((at(12) - instantOf(first, 0)) / (7 * DAY_MS))
  const tried = TRIED[week % TRIED.length] ?? TRIED[0]
  const room = ROOMS[week % ROOMS.length] ?? ROOMS[0]
  return [
    {
      atMs: at(10, 10),
      run: async () => {
        const site = `canary-${tried.replaceAll('.', '-')}.test`
        const now = clock.wallMs()
        const canary = blocked({ category: tried, at: now, user: 'eve.tech', group: 'ks3', site })
        if (week !== 3) await main.report({ ...canary, list: 'canaries', signal: signal({ site }) })
        const seen = week === 1 ? 'opened' : 'block-page'
        const href = await makeCheck(desk, { tried, seen, room })
        if (week !== 1) return
        const text = 'The library laptop had a VPN of its own; taken off, tried again, blocked.'
        await post(desk, desk.it, `${hrefOfCheck(href, desk)}/follow-up`, { text, settled: 'yes' })
      },
    },
  ]
}

/** Forms lead to the list or to what they made; the newest check is what was meant. */
function hrefOfCheck(location: string, { db }: Desk): string {
  if (/^\/checks\/[\w-]+$/.test(location)) return location
  const row = db
    .prepare<[], { id: string }>(
      "SELECT subject AS id FROM evidence WHERE kind = 'check-made' ORDER BY sequence DESC LIMIT 1",
    )
    .get()
  return `/checks/${row?.id ?? ''}`
}

/** Somebody asks; school IT opens every third, refuses the next, and lets the last wait. */
export function requestSteps(
  { desk, db }: Play,
  main: Box,
  index: number,
  at: (hour: number, minute?: number) => number,
): readonly Step[] {
  return [
    { atMs: at(9, 20), run: () => main.report(unblockRequest(index)) },
    {
      atMs: at(9, 40),
      run: async () => {
        const request = `term-${index}`
        const row = db
          .prepare<[string], { appliance: string }>(
            `SELECT appliance FROM event JOIN event_revision ON event_revision.event_id = event.id
             WHERE kind = 'unblock-requested' AND json_extract(body, '$.request') = ? LIMIT 1`,
          )
          .get(request)
        const kind = index % 3 === 0 ? 'grant' : index % 3 === 1 ? 'refuse' : undefined
        if (row === undefined || kind === undefined) return
        const answer = kind === 'grant' ? 'Open until tonight.' : 'Not for this group.'
        const fields = { appliance: row.appliance, request, length: 'today', answer }
        const taken = await postForm(`${desk.consoleUrl}/requests/${kind}`, fields, {
          cookie: desk.it,
        })
        // What no console opens, such as self-harm, stays shut: then it is refused.
        if (taken.status !== 303 && kind === 'grant')
          await post(desk, desk.it, '/requests/refuse', fields)
      },
    },
  ]
}

export function decisionSteps({ desk, first, last, db }: Play): readonly Step[] {
  return TERM_DECISIONS.flatMap(({ onDay, reviewAfter, amended, ...facts }): readonly Step[] => {
    const day = first + onDay
    if (day > last) return []
    const fields = { ...facts, on: dayText(day), review: dayText(day + reviewAfter) }
    const made: Step = {
      atMs: instantOf(day, 16 * 60),
      run: async () => void (await post(desk, desk.lead, '/decisions', fields)),
    }
    if (amended === undefined || first + amended.onDay > last) return [made]
    const amending: Step = {
      atMs: instantOf(first + amended.onDay, 16 * 60),
      run: async () => {
        const row = db
          .prepare<[string], { id: string }>(
            "SELECT subject AS id FROM evidence WHERE kind = 'decision-made' AND json_extract(facts, '$.title') = ?",
          )
          .get(facts.title)
        const review = dayText(first + amended.onDay + 200)
        const { outcome, reason } = amended
        const form = { outcome, reason, by: 'Senior leaders', review }
        await post(desk, desk.lead, `/decisions/${row?.id ?? ''}/amend`, form)
      },
    }
    return [made, amending]
  })
}
