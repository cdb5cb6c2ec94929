import { boxes as words } from '#console/words/boxes.ts'
import type { BoxAnswer } from '#domain/console-rules.ts'
import type { ReleaseEnded, ReleaseGranted } from '#domain/event.ts'
import type { ReleaseAsked, ReleaseField, ReleaseTold } from '#domain/release-told.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { BoxLine } from './box-line.ts'
import type { PolicyBoxes } from './policy-boxes.ts'

/** Looked back so far for releases that are over. */
const BACK_MS = 7 * 86_400_000
/** Whoever presses a button waits so long for boxes. */
const ANSWER_MS = 5000
/** Read of the store: more than boxes could have in a week of lessons. */
const ROWS_MAX = 500
/** Answers of boxes whose events have not come yet. */
const AHEAD_MAX = 256

/** A release as far as is known here. Names, reasons and who are hostile text. */
export interface KnownRelease extends ReleaseTold {
  readonly appliance: string
  /** Undefined while it is in force. */
  readonly ended: { readonly at: number; readonly who: string | undefined } | undefined
}

/** What one box makes of what it was asked. */
export interface ReleaseAnswer {
  readonly appliance: string
  readonly outcome:
    | { readonly kind: 'done' }
    | { readonly kind: 'away' }
    | {
        readonly kind: 'refused'
        readonly about: ReleaseField | undefined
        readonly detail: string
      }
}

/** What teachers are let open at the boxes of one tenant: asked of boxes, which decide, and known by their events. */
export interface Releases {
  /** Those in force and those of the last days, newest first. */
  readonly list: () => readonly KnownRelease[]
  /** Every box that knows the group is asked; none where none knows it. */
  readonly begin: (asked: ReleaseAsked) => Promise<readonly ReleaseAnswer[]>
  readonly end: (release: KnownRelease, who: string) => Promise<ReleaseAnswer>
}

interface Row {
  readonly appliance: string
  readonly at: number
  readonly body: string
}

export function makeReleases(parts: {
  readonly db: Sqlite
  readonly tenant: string
  readonly clock: Pick<Clock, 'wallMs'>
  readonly line: Pick<BoxLine, 'ask'>
  readonly boxes: Pick<PolicyBoxes, 'all'>
  readonly appliances: () => readonly string[]
}): Releases {
  const { line, boxes, clock, appliances } = parts
  const readRows = makeReader(parts)
  // What boxes have answered stands on the page at once; their events follow within seconds.
  const begun = new Map<string, KnownRelease>()
  const ended = new Map<string, NonNullable<KnownRelease['ended']>>()
  const list = (): readonly KnownRelease[] => {
    const nowMs = clock.wallMs()
    const { granted, over } = readRows(nowMs - BACK_MS)
    for (const { id } of granted) begun.delete(id)
    for (const id of over.keys()) ended.delete(id)
    return [...granted, ...begun.values()]
      .map((one) => {
        const byTime = one.endsAt <= nowMs ? { at: one.endsAt, who: undefined } : undefined
        return { ...one, ended: over.get(one.id) ?? ended.get(one.id) ?? byTime }
      })
      .toSorted((a, b) => b.grantedAt - a.grantedAt)
  }
  return {
    list,
    begin: (asked) => {
      const known = boxes.all()
      const able = appliances().filter((one) => known.get(one)?.groups.includes(asked.group))
      return Promise.all(
        able.map(async (appliance) => {
          const answer = await line.ask(appliance, { kind: 'release', asked }, ANSWER_MS)
          if (answer !== 'away' && answer.kind === 'released')
            keep(begun, answer.release.id, { ...answer.release, appliance, ended: undefined })
          return { appliance, outcome: outcomeOf(answer) }
        }),
      )
    },
    end: async ({ appliance, id }, who) => {
      const answer = await line.ask(appliance, { kind: 'end-release', release: id, who }, ANSWER_MS)
      if (answer !== 'away' && answer.kind === 'release-ended')
        keep(ended, id, { at: clock.wallMs(), who })
      return { appliance, outcome: outcomeOf(answer) }
    },
  }
}

function keep<T>(map: Map<string, T>, id: string, value: T): void {
  const [oldest] = map.keys()
  if (map.size >= AHEAD_MAX && oldest !== undefined) map.delete(oldest)
  map.set(id, value)
}

function outcomeOf(answer: BoxAnswer | 'away'): ReleaseAnswer['outcome'] {
  if (answer === 'away') return { kind: 'away' }
  if (answer.kind === 'released' || answer.kind === 'release-ended') return { kind: 'done' }
  if (answer.kind === 'release-refused')
    return { kind: 'refused', about: answer.about, detail: answer.detail }
  const detail = answer.kind === 'failed' ? answer.detail : words.strangeAnswer
  return { kind: 'refused', about: undefined, detail }
}

function makeReader({ db, tenant }: { readonly db: Sqlite; readonly tenant: string }) {
  const select = db.prepare<[string, string, number], Row>(
    `SELECT event.appliance AS appliance, event.at AS at, body
     FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
       AND event_revision.event_id = event.id AND event_revision.revision = event.revision
     WHERE event.tenant_id = ? AND lane = 'operations' AND kind = ? AND event.at >= ?
     ORDER BY event.at DESC LIMIT ${ROWS_MAX}`,
  )
  return (since: number) => {
    const granted = select.all(tenant, 'release-granted', since).map((row) => {
      const body: ReleaseGranted = JSON.parse(row.body)
      const { release: id, group, target, who, reason, endsAt } = body
      return { id, group, target, who, reason, endsAt, grantedAt: row.at, appliance: row.appliance }
    })
    const over = new Map(
      select.all(tenant, 'release-ended', since).map((row) => {
        const body: ReleaseEnded = JSON.parse(row.body)
        return [body.release, { at: row.at, who: body.who }] as const
      }),
    )
    return { granted, over }
  }
}
