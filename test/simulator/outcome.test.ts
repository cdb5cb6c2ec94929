import { test } from 'tap'
import type { Subject } from '#collector/alerts/alert.ts'
import { isFailure } from '#domain/failure.ts'
import { AlertBook } from '#simulator/run/alert-book.ts'
import { barsOf } from '#simulator/run/bars.ts'
import { figuresOf } from '#simulator/run/figures.ts'
import { outcomeOf } from '#simulator/run/outcome.ts'
import { makeSimulatedClock } from '#simulator/run/simulated-clock.ts'
import { playStories } from '#simulator/story/all-stories.ts'
import { readStory } from '#simulator/story/read-story.ts'
import { makeWorld } from '#simulator/world.ts'

const STORY = `
story: one-look
title: One look
cast: { amy: { device: own-laptop, year: 9 } }
sites: { last-letters.test: { category: harm.suicide } }
steps: [{ id: look, at: week 1 monday 12:33, who: amy, does: visit, site: last-letters.test }]
expect: [{ theme: suicide, about: person, who: amy, severity: urgent, told: dsl, decided-by: look }]
`
const QUIET = `
story: quiet
title: Nothing is to come of it
cast: { bob: { device: own-laptop, year: 8 } }
sites: { harmless.test: {} }
steps: [{ id: look, at: week 1 monday 12:33, who: bob, does: visit, site: harmless.test }]
expect: []
`
const world = makeWorld(5, 200)
const SIZE = { pupils: 1000, schoolDays: 5, weeks: 1 }

function setUp() {
  const stories = [STORY, QUIET].map((text) => {
    const story = readStory(text, 'a.yaml')
    if (isFailure(story)) throw new Error(story.detail)
    return story
  })
  const all = playStories(world, stories)
  if (isFailure(all)) throw new Error(all.detail)
  const userOf = (story: string): string =>
    [...(all.casting.get(story)?.values() ?? [])].flat()[0]?.owner?.user ?? ''
  const decidedMs = all.played.get('one-look')?.beganMs.get('look 1') ?? 0
  return { all, amy: userOf('one-look'), bob: userOf('quiet'), decidedMs }
}

const { all, amy, bob, decidedMs } = setUp()
const SPAN = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
const person = (user: string): Subject => ({ kind: 'person', user })

function judged(
  note: (book: AlertBook) => void,
  traces: readonly string[] = [],
): { readonly failed: readonly string[]; readonly figures: ReturnType<typeof figuresOf> } {
  const book = new AlertBook()
  note(book)
  const outcome = outcomeOf(all, book.all(), SPAN)
  const figures = figuresOf(outcome, book.all())
  const bars = barsOf(outcome, figures, traces, SIZE)
  return { figures, failed: bars.filter(({ isHeld }) => !isHeld).map(({ text }) => text) }
}

const base = { queue: 'safeguarding', site: undefined, rules: [] } as const
const right = { ...base, id: 'a', theme: 'suicide', subject: person(amy) } as const

test('an alert about the right person, as grave, in time, to the right queue holds', async (t) => {
  const { failed, figures } = judged((book) => {
    book.note(right, 'high', decidedMs + 1_000)
    book.note(right, 'urgent', decidedMs + 59_000)
  })
  t.same(failed, [])
  t.same(figures.themes.get('suicide'), { right: 1, wrong: 0, expected: 1, met: 1 })
  t.equal(figures.itemsOfBackground, 0)
  t.equal(figures.items, 1)
})

test('too late, too light, to the wrong queue, about somebody else or not at all does not', async (t) => {
  const first = /^0 of 1 Critical or Urgent/
  t.match(judged(() => undefined).failed, [first])
  t.match(judged((book) => book.note(right, 'urgent', decidedMs + 61_000)).failed, [first])
  t.match(judged((book) => book.note(right, 'high', decidedMs)).failed, [first])
  const toHead = { ...right, queue: 'head' } as const
  t.match(judged((book) => book.note(toHead, 'urgent', decidedMs)).failed, [first])
  const device = { ...right, subject: { kind: 'device', id: '127.0.0.9' } } as const
  t.match(judged((book) => book.note(device, 'urgent', decidedMs)).failed.join(), /^0 of 1/)
})

test("what is raised of the cast before a story begins or a day after it is the school's own life", async (t) => {
  const quietMs = all.played.get('quiet')?.lookups[0]?.atMs ?? 0
  const medium = { ...base, id: 'b', theme: 'gambling', subject: person(bob) } as const
  const failedAt = (atMs: number): string =>
    judged((book) => {
      book.note(right, 'urgent', decidedMs)
      book.note(medium, 'medium', atMs)
    }).failed.join()
  t.match(failedAt(quietMs - 1), /^background and curriculum: 1 alerts above Low/)
  t.match(failedAt(quietMs), /^stories that expect nothing: 1 alerts/)
  t.match(failedAt(quietMs + 86_400_000 - 1), /^stories that expect nothing: 1 alerts/)
  t.match(failedAt(quietMs + 86_500_000), /^background and curriculum: 1 alerts above Low/)
})

test('what the school raises by itself is held against the bars', async (t) => {
  const other = { ...base, theme: 'gambling', subject: person('nobody') } as const
  const { failed, figures } = judged((book) => {
    book.note(right, 'urgent', decidedMs)
    for (let i = 0; i < 20; i++)
      book.note({ ...other, id: `b${i}` }, i < 2 ? 'high' : i < 16 ? 'medium' : 'low', decidedMs)
  })
  t.equal(figures.itemsOfBackground, 16)
  t.equal(figures.lowOfBackground, 4)
  t.equal(figures.interruptionsOfBackground, 2)
  t.match(failed, [/3\.20 items/, /2\.00 interruptions/, /16 alerts above Low/])
  t.same(figures.themes.get('gambling'), { right: 0, wrong: 16, expected: 0, met: 0 })
})

test('a story that expects nothing must get nothing above Low, and no help site may be told', async (t) => {
  const { failed } = judged(
    (book) => {
      book.note(right, 'urgent', decidedMs)
      const one = { ...base, theme: 'adult', subject: person(bob) } as const
      book.note({ ...one, id: 'low' }, 'low', decidedMs)
      book.note({ ...one, id: 'medium' }, 'medium', decidedMs)
    },
    ['kind-ear-1.test'],
  )
  t.match(failed, [/^stories that expect nothing: 1 /, /^1 names of help sites/])
})

test('simulated time runs what is due on its way, in order, and never goes back', async (t) => {
  const clock = makeSimulatedClock(1_000)
  const seen: string[] = []
  const note = (what: string) => () => seen.push(`${what} ${clock.wallMs()}`)
  clock.after(500, note('second'))
  clock.after(100, () => {
    note('first')()
    clock.after(50, note('nested'))
  })
  const cancel = clock.after(200, note('never'))
  cancel()
  clock.advanceTo(1_400)
  t.same(seen, ['first 1100', 'nested 1150'])
  clock.advanceTo(1_300)
  t.equal(clock.wallMs(), 1_400)
  clock.advanceTo(1_500)
  t.equal(seen.at(-1), 'second 1500')
  t.equal(clock.monotonicMs(), 500)
})
