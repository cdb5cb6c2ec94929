import t from 'tap'
import { storedEvent } from '#collector/ingest/event-schema.ts'
import type { LookupMonitored } from '#domain/event.ts'
import { blocked, event, START, signal } from '#test/support/alert-lab.ts'

const context = (names: number, name = 'near.test') => ({
  names: Array.from({ length: names }, () => ({ name, at: START, isBlocked: false })),
  others: 3,
  fromMs: START,
  toMs: START + 1,
})

t.test(
  'events come with profile and signal, watched lookups too; each text has a limit',
  async (t) => {
    const body = blocked({
      category: 'harm.selfharm',
      at: START,
      signal: signal({ context: context(40) }),
    })
    const watched: LookupMonitored = { ...body, kind: 'lookup-monitored' }
    for (const good of [body, watched]) {
      const parsed = storedEvent.safeParse(event(good))
      t.same(parsed.data?.body, good)
    }
    const bad = [
      signal({ context: context(41) }),
      signal({ context: context(1, 'x'.repeat(1025)) }),
      signal({ site: 'x'.repeat(1025) }),
      signal({ intent: 101 }),
      signal({ distinctNames: -1 }),
      signal({ parts: Array.from({ length: 15 }, () => ({ part: 'weight' as const, value: 1 })) }),
      signal({ points: Number.POSITIVE_INFINITY }),
    ]
    for (const [index, one] of bad.entries())
      t.notOk(storedEvent.safeParse(event({ ...body, signal: one })).success, String(index))
    const strange = { ...event(body), body: { ...body, signal: { ...signal(), why: 'guessed' } } }
    t.notOk(storedEvent.safeParse(strange).success)
    t.notOk(storedEvent.safeParse({ ...event(body), body: { ...body, profile: 'king' } }).success)
  },
)
