/**
 * A term of the simulated school in a real collector: two boxes ship what their stories raise, people work the console by its
 * forms, and mail comes out of it. Nothing is written into the store by hand.
 */
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import type { EventBody, StoredEvent } from '#domain/event.ts'
import { laneOf } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { dayOfWeek, instantOf, isLessonDay } from '#simulator/school/school-year.ts'
import { type CollectorClient, makeEvent, makeStatus } from '../collector-client.ts'
import { type FakeWallClock, makeFakeWallClock } from '../fake-wall-clock.ts'
import { type MailServer, startMailServer } from '../mail-server.ts'
import { makePerson } from '../people.ts'
import { postForm } from '../post-form.ts'
import { type RunningCollector, runCollector } from '../running-collector.ts'
import { until } from '../until.ts'
import { lineOfDay, ordinaryLookups, outage, statusOfDay } from './box-life.ts'
import { type Desk, post, workAlerts } from './people-at-work.ts'
import { type Shipment, schoolShipments } from './school-shipments.ts'
import {
  type Box,
  checkSteps,
  dayText,
  decisionSteps,
  type Play,
  requestSteps,
  type Step,
} from './term-steps.ts'
import { writePeople } from './write-people.ts'

export interface Term {
  readonly collector: RunningCollector
  readonly clock: FakeWallClock
  readonly db: Sqlite
  readonly mail: MailServer
  readonly desk: Desk
  readonly governor: string
  /** `YYYY-MM-DD`, inclusive both. */
  readonly fromDay: string
  readonly toDay: string
  readonly close: () => Promise<void>
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const BUCKET_MS = 15 * MINUTE_MS
const BATCH_MAX = 100
/** Real time: what simulated time brings is there before anything else happens. */
const LOOK_EVERY_MS = 20
/** The second box says nothing on these days of the term, counted from 0. */
const SILENT_FROM = 9
const SILENT_TO = 12

export interface TermAsked {
  /** Up to ten. */
  readonly weeks: number
  readonly seed: number
  /** One box has no stories, and no mail is waited for but the last: seconds instead of a minute. */
  readonly isQuick?: boolean
}

/** Plays it; close it yourself. `folder` must have a short path. */
export async function playTerm(folder: string, asked: TermAsked): Promise<Term> {
  const { weeks, seed, isQuick = false } = asked
  const first = dayOfWeek(1, 0)
  const last = dayOfWeek(weeks + 1, 0) - 1
  const clock = makeFakeWallClock(instantOf(first, 0) - DAY_MS)
  const mail = await startMailServer()
  const YEAR_MS = 365 * DAY_MS
  const collector = await runCollector(folder, {
    clock,
    isSimulated: true,
    school: 'Northfield Secondary School',
    peopleFile: writePeople(folder, mail.port),
    limits: {
      sessionLifeMs: YEAR_MS,
      proofLifeMs: YEAR_MS,
      alerts: { ...ALERT_LIMITS, lookEveryMs: LOOK_EVERY_MS, collectMs: 0, signalWaitMs: 0 },
    },
  })
  const db = openCollectorFile(`${collector.options.stateDir}/collector.sqlite`)
  const person = async (role: 'dsl' | 'head' | 'it' | 'governor' | 'pastoral', name: string) =>
    makePerson(collector, { roles: [role], name, email: `${role}@school.test` })
  const tutor = await person('pastoral', 'Dot Tutor')
  const desk: Desk = {
    consoleUrl: collector.consoleUrl,
    db,
    lead: (await person('dsl', 'Ada Lead')).cookie,
    head: (await person('head', 'Cleo Head')).cookie,
    it: (await person('it', 'Eve Technician')).cookie,
    tutor: tutor.email,
  }
  const governor = (await person('governor', 'Finn Governor')).cookie
  const play = { collector, clock, db, mail, desk, first, last, seed, weeks, isQuick }
  const goTo = (ms: number): void => clock.advance(Math.max(0, ms - clock.wallMs()))
  for (const { atMs, run } of stepsOf(play).toSorted((a, b) => a.atMs - b.atMs)) {
    goTo(atMs)
    await run()
  }
  const digests = digestsOf(mail).length
  goTo(instantOf(last + 1, 9 * 60))
  await until('the last digest comes', () => digestsOf(mail).length > digests, 30_000)
  return {
    collector,
    clock,
    db,
    mail,
    desk,
    governor,
    fromDay: dayText(first),
    toDay: dayText(last),
    close: async () => {
      db.close()
      await collector.close()
      await mail.close()
    },
  }
}

function stepsOf(play: Play): readonly Step[] {
  const { collector, clock, seed, weeks, first, isQuick } = play
  const main = makeBox(play, collector.client({ name: 'Main building', now: clock.wallMs }))
  const other = makeBox(play, collector.client({ name: 'Sixth form centre', now: clock.wallMs }))
  const isSilent = (ms: number): boolean =>
    ms >= instantOf(first + SILENT_FROM, 0) && ms < instantOf(first + SILENT_TO + 1, 0)
  return [
    ...shipmentSteps(main, schoolShipments(seed, weeks)),
    ...shipmentSteps(
      other,
      (isQuick ? [] : schoolShipments(seed + 1, weeks)).filter(({ atMs }) => !isSilent(atMs)),
    ),
    ...daySteps(play, main, other, isSilent),
    ...decisionSteps(play),
  ]
}

function makeBox({ db, clock }: Play, client: CollectorClient): Box {
  const last = { safeguarding: 0, operations: 0 }
  const waiting = db.prepare<[number], { count: number }>(
    `SELECT (SELECT count(*) FROM alert_inbox) + (SELECT count(*) FROM alert_pending WHERE due_at <= ?) AS count`,
  )
  const send = async (events: readonly StoredEvent[]): Promise<void> => {
    for (let from = 0; from < events.length; from += BATCH_MAX) {
      const answer = await client.postBatch(client.batch(events.slice(from, from + BATCH_MAX)))
      if (!answer.ok) throw new Error(`a batch answered ${answer.status} ${await answer.text()}`)
    }
    await until('all is judged', () => waiting.get(clock.wallMs())?.count === 0, 20_000)
  }
  const number = (body: EventBody): number => {
    last[laneOf(body)] += 1
    return last[laneOf(body)]
  }
  return {
    report: (...bodies) =>
      send(bodies.map((body) => makeEvent(body, number(body), { at: timeOf(body, clock) }))),
    ship: (shipments) =>
      send(
        shipments.flatMap(({ drafts }) =>
          drafts.map(({ body, ...draft }) => makeEvent(body, number(body), draft)),
        ),
      ),
    status: async (dayMs) => {
      const change = statusOfDay(dayMs)
      await client.postStatus(makeStatus(client.appliance, { ...change, at: clock.wallMs() }))
    },
  }
}

function timeOf(body: EventBody, clock: FakeWallClock): number {
  if (body.kind === 'link-sampled') return body.to
  return body.kind === 'link-changed' ? body.since : clock.wallMs()
}

function shipmentSteps(box: Box, shipments: readonly Shipment[]): readonly Step[] {
  const buckets = Map.groupBy(shipments, ({ atMs }) => Math.ceil((atMs + 1) / BUCKET_MS))
  return [...buckets].map(([bucket, own]) => ({
    atMs: bucket * BUCKET_MS,
    run: () => box.ship(own),
  }))
}

function daySteps(
  play: Play,
  main: Box,
  other: Box,
  isSilent: (ms: number) => boolean,
): readonly Step[] {
  const { first, last, desk, clock, mail, isQuick } = play
  return Array.from({ length: last - first + 1 }, (_, index): readonly Step[] => {
    const day = first + index
    const at = (hour: number, minute = 0): number => instantOf(day, hour * 60 + minute)
    const work = (): Promise<void> => workAlerts(desk, clock.wallMs())
    const tell = async (box: Box): Promise<void> => {
      await box.report(...lineOfDay(at(0)))
      await box.status(at(0))
    }
    const isMonday = index % 7 === 0
    return [
      { atMs: at(23, 50), run: () => tell(main) },
      ...(isSilent(at(12)) ? [] : [{ atMs: at(23, 51), run: () => tell(other) }]),
      ...(isLessonDay(day) ? [at(8, 30), at(12, 40), at(15, 40)] : []).map((atMs) => ({
        atMs,
        run: work,
      })),
      ...(index % 7 === 2 && !isQuick ? [{ atMs: at(10, 1), run: () => drillComes(play) }] : []),
      ...(isMonday && index > 0 && !isQuick
        ? [{ atMs: at(7, 1), run: () => digestComes(mail) }]
        : []),
      ...(isLessonDay(day) && index % 7 === 4 ? checkSteps(play, main, at) : []),
      ...(isLessonDay(day) && index % 2 === 1 ? requestSteps(play, main, index, at) : []),
      ...(isLessonDay(day)
        ? [{ atMs: at(11, 5), run: () => main.report(...ordinaryLookups(index, clock.wallMs())) }]
        : []),
      ...(index % 10 === 3
        ? [{ atMs: at(14), run: () => main.report(...outage(at(11), at(11, 25))) }]
        : []),
      ...(index % 14 === 2
        ? [{ atMs: at(17), run: () => main.report({ kind: 'policy-applied', policy: 'p1' }) }]
        : []),
    ]
  }).flat()
}

/** Everybody who is told gets it; the safeguarding lead alone presses its button. */
async function drillComes({ collector, mail }: Play): Promise<void> {
  const linkTo = (): string | undefined =>
    mail.received
      .filter(({ to }) => to.includes('lead@school.test'))
      .map(({ text }) => /\/confirm\/[\w-]+/.exec(text.replaceAll('=\r\n', ''))?.[0])
      .findLast((link) => link !== undefined)
  const before = linkTo()
  await until('the drill comes', () => linkTo() !== before, 30_000)
  await postForm(`${collector.consoleUrl}${linkTo() ?? ''}`, {})
}

async function digestComes(mail: MailServer): Promise<void> {
  const before = digestsOf(mail).length
  await until('the digest comes', () => digestsOf(mail).length > before, 30_000)
}

/** The mails to the safeguarding lead with the summary of a week, oldest first. */
export function digestsOf({ received }: MailServer): readonly string[] {
  return received
    .filter(({ to, text }) => to.includes('lead@school.test') && /Weekly summary/.test(text))
    .map(({ text }) => text)
}

/** Signed by the head, with the figures of the days as they stand. */
export function signReview({ desk, fromDay, toDay }: Term, text: string): Promise<string> {
  return post(desk, desk.head, '/review', { from: fromDay, to: toDay, text })
}
