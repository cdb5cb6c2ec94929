import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'tap'
import { describeProblem } from '#agent/policy/problem.ts'
import { isFailure } from '#domain/failure.ts'
import { dayOfWeek, instantOf } from '#simulator/school/school-year.ts'
import { playStories } from '#simulator/story/all-stories.ts'
import { readStory } from '#simulator/story/read-story.ts'
import type { Story } from '#simulator/story/story.ts'
import { readStoryFile, shippedStoryFiles } from '#simulator/story/story-files.ts'
import { makeWorld } from '#simulator/world.ts'

const GOOD = `
story: two-looks
title: Two looks
cast:
  amy: { device: own-laptop, year: 9 }
sites:
  quiet-razor.test: { category: harm.selfharm }
  poems.test: {}
steps:
  - { id: look, at: week 2 monday 12:33, who: amy, does: visit, site: quiet-razor.test, times: 2, every: 40s }
  - { id: poem, at: week 2 monday 12:30:15, who: [amy], does: visit, site: poems.test }
expect:
  - { theme: self-harm, about: person, who: amy, severity: high, told: dsl, decided-by: look }
`

function good(text: string): Story {
  const story = readStory(text, 'two-looks.yaml')
  if (isFailure(story))
    throw new Error(story.problems.map((one) => describeProblem('', one)).join())
  return story
}

/** What is said of a file in which one text stands in the place of another. */
function saidOf(from: string | RegExp, to: string): string {
  const story = readStory(GOOD.replace(from, to), 's.yaml')
  return isFailure(story)
    ? story.problems.map((one) => describeProblem('s.yaml', one)).join('\n')
    : ''
}

test('a story is read with its times, defaults and ground truth', async (t) => {
  const story = good(GOOD)
  const [look, poem] = story.steps
  t.equal(look?.atMs, instantOf(dayOfWeek(2, 0), 12 * 60 + 33))
  t.equal(poem?.atMs, instantOf(dayOfWeek(2, 0), 12 * 60 + 30) + 15_000)
  t.equal(look?.everyMs, 40_000)
  t.same(poem?.who, ['amy'])
  t.equal(story.cast.get('amy')?.group, 'ks3')
  t.same(
    story.expect[0]?.decidedBy,
    { step: 'look', time: 2 },
    'the last time unless another is named',
  )
  t.equal(story.elseAtMost, 'low')
})

test('what is wrong is quoted, with its line and what to do', async (t) => {
  const cases: readonly (readonly [string | RegExp, string, RegExp])[] = [
    ['does: visit,', 'does: visits,', /^s\.yaml:10:.*"visits".*did you mean visit\?/m],
    ['who: amy, does', 'who: any, does', /^s\.yaml:10:.*found "any".*did you mean amy\?/m],
    ['week 2 monday 12:33', 'week 12 monday 12:33', /"week 12 monday 12:33".*weeks 1 to 10/],
    ['week 2 monday 12:33', 'monday 12:33', /a time such as week 3 tuesday 10:20/],
    ['harm.selfharm', 'harm.self-harm', /did you mean harm\.selfharm\?/],
    ['quiet-razor.test: {', 'quiet-razor.example: {', /"quiet-razor\.example".*ends in \.test/],
    ['site: poems.test', 'site: poem.test', /"poem\.test".*did you mean poems\.test\?/],
    ['decided-by: look', 'decided-by: look 3', /a number from 1 to 2/],
    ['decided-by: look', 'decided-by: looks', /did you mean look\?/],
    ['id: poem,', 'id: look,', /an id that no other step has/],
    ['times: 2, every: 40s', 'times: 2', /every, beside times/],
    ['times: 2, every: 40s', 'times: 2, evry: 40s', /unknown key, did you mean every\?/],
    ['told: dsl', 'told: everyone', /dsl, head, chair, it/],
    ['device: own-laptop, year: 9', 'device: own-laptop', /whose device it is/],
    ['year: 9 }', 'year: 9, count: 61 }', /a whole number from 1 to 60/],
    ['title: Two looks', 'title: ""', /a title: one line/],
    ['story: two-looks', '\tstory: two-looks', /replace the tab with spaces/],
  ]
  for (const [from, to, said] of cases) t.match(saidOf(from, to), said, to)
  t.match(
    saidOf(/who: amy, does: visit, site: quiet.*/, 'who: amy, does: browse, site: poems.test }'),
    /nothing with does: browse/,
  )
})

test('every shipped story is sound, is called as its file, and fits into one school together with the others', async (t) => {
  const files = shippedStoryFiles()
  const stories = files.flatMap((file) => {
    const story = readStoryFile(file)
    if (isFailure(story)) {
      t.fail(story.problems.map((one) => describeProblem(story.file, one)).join('\n'))
      return []
    }
    t.equal(`${story.id}.yaml`, basename(file))
    return [story]
  })
  const all = playStories(makeWorld(1), stories)
  if (isFailure(all)) throw new Error(all.detail)
  const devices = [...all.casting.values()].flatMap((cast) => [...cast.values()].flat())
  t.equal(new Set(devices).size, devices.length, 'nobody is in two stories')
  t.ok(all.lookups.every(({ atMs }, i) => i === 0 || atMs >= (all.lookups[i - 1]?.atMs ?? 0)))
  for (const id of ['self-harm-spiral', 'only-help', 'curriculum-extremism', 'malware-beacon'])
    t.ok(all.played.get(id)?.lookups.length, id)
})

test('a blocked site is asked for as a person does, an allowed one with its own hosts', async (t) => {
  const all = playStories(makeWorld(3, 200), [good(GOOD)])
  if (isFailure(all)) throw new Error(all.detail)
  const names = (step: string): readonly string[] =>
    all.lookups.filter((one) => one.step?.step === step).map(({ name }) => name)
  t.notOk(
    names('look').some((name) => name.startsWith('static.')),
    'an error page loads nothing',
  )
  t.ok(names('poem').every((name) => name.endsWith('poems.test')))
  const first = all.lookups.find(({ name }) => name === 'quiet-razor.test')
  t.equal(first?.category, 'harm.selfharm')
  t.equal(first?.device.owner?.year, 9)
  const apartMs = (all.played.get('two-looks')?.beganMs.get('look 2') ?? 0) - (first?.atMs ?? 0)
  t.ok(apartMs >= 40_000 && apartMs <= 43_200, `${apartMs} ms: nobody acts by the clock`)
})

test('stories that contradict each other, or do not fit the school, are refused', async (t) => {
  const world = makeWorld(3, 60)
  const other = GOOD.replace('two-looks', 'others').replace('harm.selfharm', 'harm.ed')
  const clash = playStories(world, [good(GOOD), good(other)])
  t.match(isFailure(clash) ? clash.detail : '', /quiet-razor\.test has another category/)
  const twice = playStories(world, [good(GOOD), good(GOOD)])
  t.match(isFailure(twice) ? twice.detail : '', /same id/)
  const crowd = playStories(world, [good(GOOD.replace('year: 9 }', 'year: 9, count: 60 }'))])
  t.match(isFailure(crowd) ? crowd.detail : '', /no 60 devices left for amy/)
  const known = playStories(world, [good(GOOD.replaceAll('poems.test', 'news-1.test'))])
  t.match(
    isFailure(known) ? known.detail : '',
    /news-1\.test is a site of the school's own internet/,
  )
})

test('the example of the docs is a story', async (t) => {
  const docs = readFileSync(`${import.meta.dirname}/../../docs/stories.md`, 'utf8')
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(docs) ?? []
  t.equal(good(yaml).id, 'self-harm-spiral')
})
