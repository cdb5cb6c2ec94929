/**
 * The stories that ship and those that are kept from tuning, without the rest of the school: what is grave is raised in time and to the
 * right person, and what is nothing raises nothing. Whoever changes weights looks at the first kind alone.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { isFailure } from '#domain/failure.ts'
import { isAtLeast } from '#simulator/run/alert-book.ts'
import { isInTime } from '#simulator/run/bars.ts'
import { simulate } from '#simulator/run/simulate.ts'
import type { Story } from '#simulator/story/story.ts'
import { readStoryFile, shippedStoryFiles } from '#simulator/story/story-files.ts'

const HELD_OUT = join(import.meta.dirname, 'held-out')
const RUN_MS = 300_000

function read(file: string): Story {
  const story = readStoryFile(file)
  if (isFailure(story)) throw new Error(`${file}: ${JSON.stringify(story.problems)}`)
  return story
}

test('every story, in a school where nothing else happens', { timeout: RUN_MS }, async (t) => {
  const files = [
    ...shippedStoryFiles(),
    ...readdirSync(HELD_OUT).map((name) => join(HELD_OUT, name)),
  ]
  const report = simulate({
    seed: 4,
    devices: 1200,
    weeks: 10,
    stories: files.map(read),
    isEmpty: true,
  })
  if (isFailure(report)) throw new Error(report.detail)
  for (const { story, expectations, tooMuch } of report.outcome.stories) {
    t.same(tooMuch, [], `${story.id}: nothing beyond what it expects`)
    for (const one of expectations) {
      const { theme, severity, told } = one.expectation
      const what = `${story.id}: ${theme} ${severity} to ${told}`
      t.ok(one.afterMs !== undefined && one.isRightQueue, what)
      if (isAtLeast(severity, 'urgent')) t.ok(isInTime(one), `${what}, ${one.afterMs} ms after`)
    }
  }
  for (const { isHeld, text } of report.bars) t.ok(isHeld, text)
})
