import { test } from 'tap'
import { isFailure } from '#domain/failure.ts'
import { gravest } from '#simulator/run/alert-book.ts'
import { runInProcess } from '#simulator/run/run-in-process.ts'
import { dayOfWeek } from '#simulator/school/school-year.ts'
import { playStories } from '#simulator/story/all-stories.ts'
import { readStory } from '#simulator/story/read-story.ts'
import { makeWorld } from '#simulator/world.ts'

/** Too few names for the score of a signal: only the box's own watch tells of it. */
const SEARCH_AFTER_BLOCK = `
story: search-after-block
title: A site is blocked, and three VPNs are looked at
cast: { ivy: { device: own-laptop, year: 9 } }
sites:
  blocked.test: { category: adult.porn }
  tunnel-one.test: { category: bypass.vpn }
  tunnel-two.test: { category: bypass.vpn }
  tunnel-three.test: { category: bypass.vpn }
steps:
  - { id: blocked, at: week 1 tuesday 12:29, who: ivy, does: visit, site: blocked.test }
  - { id: one, at: week 1 tuesday 12:30, who: ivy, does: visit, site: tunnel-one.test }
  - { id: two, at: week 1 tuesday 12:33, who: ivy, does: visit, site: tunnel-two.test }
  - { id: three, at: week 1 tuesday 12:36, who: ivy, does: visit, site: tunnel-three.test }
expect: [{ theme: circumvention, about: device, who: ivy, severity: low, told: it, decided-by: three }]
`

test('what the box notices of ways round is played too: a search after a block is one low alert for IT', (t) => {
  const world = makeWorld(11, 20)
  const story = readStory(SEARCH_AFTER_BLOCK, 'search.yaml')
  if (isFailure(story)) throw new Error(story.detail)
  const stories = playStories(world, [story])
  if (isFailure(stories)) throw new Error(stories.detail)
  const day = dayOfWeek(1, 1)
  const { alerts } = runInProcess({
    world,
    stories,
    span: { fromDay: day, toDay: day, fromMinute: 12 * 60, toMinute: 13 * 60 },
    file: `${t.testdir()}/search.db`,
    isEmpty: true,
  })
  const told = alerts.map((one) => `${gravest(one)} ${one.queue} ${one.theme} ${one.subject.kind}`)
  t.same(told, ['low it circumvention device'])
  t.end()
})
