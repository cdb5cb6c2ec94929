import { createHash } from 'node:crypto'
import { test } from 'tap'
import { isAlerting } from '#rules/categories.ts'
import { dayOfWeek, instantOf, isLessonDay } from '#simulator/school/school-year.ts'
import { lookupsOf, type Span, secondsOf } from '#simulator/traffic/generate.ts'
import type { Lookup } from '#simulator/traffic/lookup.ts'
import { HORIZON_SECONDS, Timeline } from '#simulator/traffic/timeline.ts'
import { verdictOf } from '#simulator/verdict-of.ts'
import { makeWorld } from '#simulator/world.ts'

const DEVICES = 120
const MONDAY = dayOfWeek(1, 0)
const world = makeWorld(7, DEVICES)

function hashOf(lookups: Iterable<Lookup>): string {
  const hash = createHash('sha256')
  for (const { atMs, device, name, type } of lookups)
    hash.update(`${atMs} ${device.address} ${name} ${type}\n`)
  return hash.digest('hex')
}

const morning: Span = { fromDay: MONDAY, toDay: MONDAY, fromMinute: 500, toMinute: 560 }

test('the same seed makes the same lookups, another seed others', async (t) => {
  const first = hashOf(lookupsOf(world, morning))
  t.equal(hashOf(lookupsOf(makeWorld(7, DEVICES), morning)), first)
  t.not(hashOf(lookupsOf(makeWorld(8, DEVICES), morning)), first)
})

test('a day is the same alone as after the day before', async (t) => {
  const tuesday = MONDAY + 1
  // What began late on Monday ends in the first minutes of Tuesday.
  const fromMs = instantOf(tuesday, 20)
  const toMs = instantOf(tuesday, 600)
  const within = (lookups: Iterable<Lookup>): string =>
    hashOf([...lookups].filter(({ atMs }) => atMs >= fromMs && atMs < toMs))
  const alone = within(lookupsOf(world, { fromDay: tuesday, toDay: tuesday, toMinute: 600 }))
  const after = within(
    lookupsOf(world, { fromDay: MONDAY, fromMinute: 1380, toDay: tuesday, toMinute: 600 }),
  )
  t.equal(after, alone)
})

test('a school day has the shape that is published', async (t) => {
  const perHour = Array.from({ length: 24 }, () => 0)
  const sitesOf = new Map<string, Set<string>>()
  let [all, blocked, alerting, lastMs, bad] = [0, 0, 0, 0, 0]
  let anchor = ''
  for (const { atMs, device, name, category, cause } of lookupsOf(world, {
    fromDay: MONDAY,
    toDay: MONDAY,
  })) {
    all++
    perHour[Math.floor((atMs - instantOf(MONDAY, 0)) / 3_600_000)]! += 1
    if (atMs < lastMs || !name.endsWith('.test') || name !== name.toLowerCase()) bad++
    lastMs = atMs
    if (verdictOf(category, device.group, true) === 'blocked') blocked++
    if (category !== undefined && isAlerting(category) && !category.startsWith('bypass.'))
      alerting++
    if (cause === 'visit') anchor = name
    if (cause === 'embed' && name.startsWith('metrics-'))
      sitesOf.set(name, (sitesOf.get(name) ?? new Set()).add(anchor))
  }
  const perDevice = all / world.school.devices.length
  t.equal(bad, 0, 'in order of time, lower case, and all below .test')
  t.ok(perDevice > 3006 && perDevice < 5500, `3,006 measured, 4,000 planned: ${perDevice}`)
  t.ok(blocked / all > 0.05 && blocked / all < 0.19, `5 to 19 % blocked: ${blocked / all}`)
  t.ok(alerting / all > 0.0001 && alerting / all < 0.0015, `about 0.05 %: ${alerting / all}`)
  t.ok(Math.max(...perHour.slice(0, 6)) < perHour[10]! / 20, 'nights are quiet')
  const most = Math.max(...[...sitesOf.values()].map(({ size }) => size))
  t.ok(most > 20, `a third party stands beside more than 20 sites: ${most}`)
})

test('lessons begin with a peak, and there is little at weekends and in the holidays', async (t) => {
  const countOf = (span: Span): number => {
    let count = 0
    for (const second of secondsOf(world, span)) count += second.length
    return count
  }
  const minutes = (from: number, to: number, day = MONDAY): number =>
    countOf({ fromDay: day, toDay: day, fromMinute: from, toMinute: to })
  const beginning = minutes(600, 602)
  const middle = minutes(625, 627)
  t.ok(beginning > middle * 3, `${beginning} when a lesson begins, ${middle} within it`)
  const saturday = MONDAY + 5
  const halfTerm = dayOfWeek(6, 1)
  t.notOk(isLessonDay(saturday) || isLessonDay(halfTerm))
  t.ok(minutes(600, 660, saturday) < minutes(600, 660) / 4)
  t.ok(minutes(600, 660, halfTerm) < minutes(600, 660) / 4)
})

test('what waits is bounded, and nothing is told for the past or too far ahead', async (t) => {
  const [device] = world.school.devices
  if (!device) throw new Error('no device')
  const lookup = { device, name: 'a.test', type: 1, category: undefined, cause: 'visit' } as const
  const timeline = new Timeline(10_000)
  t.notOk(timeline.add({ ...lookup, atMs: 9_999 }))
  t.notOk(timeline.add({ ...lookup, atMs: 10_000 + HORIZON_SECONDS * 1000 }))
  t.ok(timeline.add({ ...lookup, atMs: 10_900, name: 'later.test' }))
  t.ok(timeline.add({ ...lookup, atMs: 10_100, name: 'sooner.test' }))
  t.ok(timeline.add({ ...lookup, atMs: 10_100, name: 'second.test' }))
  t.equal(timeline.held, 3)
  t.same(
    timeline.take().map(({ name }) => name),
    ['sooner.test', 'second.test', 'later.test'],
  )
  t.equal(timeline.held, 0)
  t.same(timeline.take(), [])
})

test('lookups from elsewhere come in their places', async (t) => {
  const [device] = world.school.devices
  if (!device) throw new Error('no device')
  const atMs = instantOf(MONDAY, 510)
  const more = [1, 2, 3].map((i): Lookup => {
    return {
      atMs: atMs + i * 20_000,
      device,
      name: `more-${i}.test`,
      type: 1,
      category: undefined,
      cause: 'story',
    }
  })
  const all = [...lookupsOf(world, morning, more)]
  t.same(
    all.filter(({ cause }) => cause === 'story').map(({ name }) => name),
    ['more-1.test', 'more-2.test', 'more-3.test'],
  )
  t.ok(all.every((one, i) => i === 0 || one.atMs >= (all[i - 1]?.atMs ?? 0)))
})

test('a browser loads error pages again as Chromium does', async (t) => {
  const span = { fromDay: MONDAY, toDay: MONDAY, fromMinute: 540, toMinute: 720 }
  const visitedMs = new Map<string, number>()
  const gaps = new Set<number>()
  for (const { atMs, device, name, type, cause, category } of lookupsOf(world, span)) {
    if (type !== 1) continue
    const key = `${device.index} ${name}`
    const isBlocked = verdictOf(category, device.group, true) === 'blocked'
    if (cause === 'visit' && isBlocked && !name.startsWith('www.')) visitedMs.set(key, atMs)
    const before = visitedMs.get(key)
    if (cause === 'reload' && before !== undefined) gaps.add(Math.floor((atMs - before) / 1000))
  }
  for (const seconds of [1, 6, 36]) t.ok(gaps.has(seconds), `again after ${seconds} s`)
})
