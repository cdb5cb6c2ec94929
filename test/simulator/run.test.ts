import { test } from 'tap'
import { isFailure } from '#domain/failure.ts'
import { reportLines } from '#simulator/run/report-lines.ts'
import { simulate } from '#simulator/run/simulate.ts'
import { readStory } from '#simulator/story/read-story.ts'
import type { Story } from '#simulator/story/story.ts'

const WEEK_MS = 600_000

function story(text: string): Story {
  const read = readStory(text, 'a.yaml')
  if (isFailure(read)) throw new Error(read.problems.map(({ allowed }) => allowed).join())
  return read
}

const SUICIDE = story(`
story: suicide-method
title: Two tries within a minute
cast: { sam: { device: own-phone, year: 12 } }
sites: { last-letters.test: { category: harm.suicide } }
steps: [{ id: goes, at: week 1 tuesday 11:04, who: sam, does: visit, site: last-letters.test, times: 2, every: 35s }]
expect: [{ theme: suicide, about: person, who: sam, severity: critical, told: dsl, decided-by: goes 2 }]
`)
const HEAD = story(`
story: heads-own
title: The head's own laptop
cast: { head: { device: staff-laptop, is-head: true } }
sites: { withheld.canary-illegal-terror.test: { category: illegal.terror } }
steps: [{ id: looks, at: week 1 tuesday 16:05, who: head, does: visit, site: withheld.canary-illegal-terror.test }]
expect: [{ theme: illegal, about: person, who: head, severity: critical, told: chair, decided-by: looks }]
`)
const HELP = story(`
story: only-help
title: Looks for help
cast: { grace: { device: own-laptop, year: 8 } }
sites: { talk-tonight.canary-protected-help.test: { category: protected.help } }
steps: [{ id: talks, at: week 1 monday 12:36, who: grace, does: visit, site: talk-tonight.canary-protected-help.test, times: 6, every: 3m }]
expect: []
else-at-most: low
`)

test('a week in one process, through the signals and alerts that ship', {
  timeout: WEEK_MS,
}, async (t) => {
  const report = simulate({ seed: 11, devices: 60, weeks: 1, stories: [SUICIDE, HEAD, HELP] })
  if (isFailure(report)) throw new Error(report.detail)
  const lines = reportLines(report)
  t.comment(lines.join('\n'))
  const { outcome, bars } = report
  for (const { expectations } of outcome.stories)
    for (const { story, afterMs, isRightQueue } of expectations) {
      t.ok(isRightQueue, `${story}: to whom it is for`)
      t.ok(afterMs !== undefined && afterMs <= 60_000, `${story}: after ${afterMs} ms`)
    }
  t.same(outcome.stories.find((one) => one.story.id === 'only-help')?.tooMuch, [])
  t.ok(bars.at(-1)?.isHeld, 'no help site is told')
  t.ok(report.lookups > 500_000 && report.shipped > 0)
  t.ok(lines.filter((line) => line !== '').every((line) => /^simulated|^SIMULATED/.test(line)))
})
