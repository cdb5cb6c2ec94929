/** Requirement: however events come, the alerts are those of the same events in order. */
import fc from 'fast-check'
import t from 'tap'
import type { StoredEvent } from '#domain/event.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import {
  type AlertLab,
  blocked,
  DAY,
  event,
  HOUR,
  MINUTE,
  openAlertLab,
  START,
  signal,
} from '#test/support/alert-lab.ts'

const RUNS = Number(process.env['ALERT_RUNS'] ?? 30)

const CATEGORIES: readonly CategoryId[] = [
  'harm.suicide',
  'harm.selfharm',
  'harm.challenges',
  'adult.porn',
  'illegal.csam',
  'hate.extremism',
]

const made = fc.record({
  category: fc.constantFrom(...CATEGORIES),
  user: fc.constantFrom('a', 'b', 'c', 'd'),
  site: fc.constantFrom('one.test', 'two.test', 'three.test'),
  atMs: fc.integer({ min: 0, max: 3 * DAY }),
  intent: fc.constantFrom(10, 50, 90),
  isNew: fc.boolean(),
  profile: fc.constantFrom('secondary' as const, 'staff' as const),
})

interface Sent {
  /** When the box told it, had it been online. */
  readonly at: number
  readonly stored: StoredEvent
}

/** Each event as its box tells it: at once, then with its signal, then with more lookups. */
function revisionsOf(given: Made, index: number): readonly Sent[] {
  const at = START + given.atMs
  const { category, user, site, intent, isNew, profile } = given
  const facts = { category, at, user, site, profile }
  const judged = signal({ site, intent, isNew })
  const bodies = [
    blocked(facts),
    blocked({ ...facts, signal: judged }),
    blocked({ ...facts, signal: judged, count: 4, lastAt: at + 4 * MINUTE }),
  ]
  return bodies.map((body, revision) => ({
    at: at + [0, 5_000, 4 * MINUTE][revision]!,
    stored: event(body, { id: `e${index}`, revision: revision + 1 }),
  }))
}

interface Made {
  readonly category: CategoryId
  readonly user: string
  readonly site: string
  readonly atMs: number
  readonly intent: number
  readonly isNew: boolean
  readonly profile: 'secondary' | 'staff'
}

/** What of alerts must not depend on the order. */
function essence({ alerts, eventsOf }: AlertLab): string {
  return JSON.stringify(
    alerts()
      .map((one) => [
        one.queue,
        one.theme,
        one.severity,
        one.subject,
        one.firstAt,
        one.lastAt,
        one.pupils,
        eventsOf(one.id),
      ])
      .map((one) => JSON.stringify(one))
      .toSorted(),
    undefined,
    1,
  )
}

async function inOrder(lab: AlertLab, sent: readonly Sent[]): Promise<void> {
  for (const { at, stored } of sent.toSorted((a, b) => a.at - b.at)) {
    lab.desk.look(at)
    await lab.send([stored], at)
    lab.take(at)
  }
  lab.desk.look(START + 4 * DAY)
}

t.test('duplicate, late and out-of-order events, a backlog, and clocks that jump', async (t) => {
  let pairs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(made, { minLength: 1, maxLength: 14 }),
      fc.infiniteStream(fc.nat(1_000_000)),
      async (events, random) => {
        const next = (below: number): number => (random.next().value ?? 0) % below
        const sent = events.flatMap(revisionsOf)
        pairs += 1
        const straight = openAlertLab(undefined)
        await inOrder(straight, sent)
        const mixed = openAlertLab(undefined)
        // A week offline; then everything at once, shuffled, some of it twice, in batches of any size.
        let now = START + 7 * DAY
        const twice = [...sent, ...sent.filter(() => next(3) === 0)]
        const shuffled = twice
          .map((one) => [next(1_000_000), one] as const)
          .toSorted((a, b) => a[0] - b[0])
        let waiting = shuffled.map(([, { stored }]) => stored)
        while (waiting.length > 0) {
          const some = new Map(waiting.slice(0, 1 + next(9)).map((one) => [one.sequence, one]))
          waiting = waiting.slice(some.size)
          now += [20, 1000, -2 * HOUR, 90_000][next(4)]!
          // A batch is in order; batches of a second box's epoch need not be.
          await mixed.send(
            [...some.values()].toSorted((a, b) => a.sequence - b.sequence),
            now,
          )
          if (next(2) === 0) mixed.take(now)
        }
        mixed.take(now)
        for (const later of [1, 11 * MINUTE, HOUR]) mixed.desk.look(now + later)
        mixed.desk.look(START + 9 * DAY)
        const [one, other] = [essence(straight), essence(mixed)]
        const isAllLate = mixed.alerts().every(({ isLate }) => isLate)
        straight.close()
        mixed.close()
        if (one !== other) throw new Error(`in order ${one}\nmixed ${other}`)
        return isAllLate
      },
    ),
    {
      numRuns: RUNS,
      ...(process.env['ALERT_SEED'] === undefined
        ? {}
        : { seed: Number(process.env['ALERT_SEED']) }),
    },
  )
  t.ok(pairs >= RUNS)
})
